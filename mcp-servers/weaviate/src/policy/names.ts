import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Property } from '../catalogue/collection.ts';
import type { Visible } from './visible.ts';

const MOST_NAMES = 20;

/** What a caller may name instead of a property that is not there, or not to be seen: the two are told alike. */
export function namesLike(_name: string, visible: Visible): string {
  const names = [...visible.properties.keys()];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return `; ${visible.name} has ${shown === '' ? 'none that can be read' : shown}${names.length > MOST_NAMES ? ', …' : ''}`;
}

/** A property that a caller names. @throws {ToolRefusal} `argument` where it is not there, or not to be seen */
export function propertyOf(name: string, visible: Visible, argument: string): Property {
  const property = visible.properties.get(name);
  if (property !== undefined) return property;
  throw new ToolRefusal(
    'argument',
    `${argument}: no property ${JSON.stringify(name)}${namesLike(name, visible)}.`,
    'Name one of these.',
  );
}
