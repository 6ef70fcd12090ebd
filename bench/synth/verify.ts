/** That all render the same objects: figures for different work would mean nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { output } from '../measure/round-robin.ts';
import type { Renderer } from './renderer.ts';

/** Two renderers that disagree. */
export class DifferentObjects extends Error {
  override readonly name = 'DifferentObjects';
}

/** The YAML that a renderer makes, by running it once. Its output folder must not exist before. */
export function rendered({ steps, writes, ownFolder }: Renderer, folder: string): string {
  const printed = steps(folder).map(output);
  const texts = writes ? yamlBelow(ownFolder ?? folder) : printed;
  return texts.map((text) => (text.startsWith('---') ? text : `---\n${text}`)).join('\n');
}

function yamlBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** Number of objects: only an object's own kind stands at the beginning of a line. */
export const count = (yaml: string): number => yaml.match(/^kind: /gm)?.length ?? 0;

/** @throws DifferentObjects where the numbers of objects differ */
export function sameCount(name: string, yaml: string, wanted: number) {
  if (count(yaml) !== wanted)
    throw new DifferentObjects(`${name} renders ${count(yaml)} objects, and this project ${wanted}`);
}

/** @throws DifferentObjects where any object differs in any value */
export function sameObjects(name: string, yaml: string, ours: string) {
  const [theirs, wanted] = [new Set(canonical(yaml)), new Set(canonical(ours))];
  const missing = [...wanted].filter((object) => !theirs.has(object));
  const unknown = [...theirs].filter((object) => !wanted.has(object));
  if (missing.length + unknown.length === 0) return;
  const some = (objects: readonly string[]) => objects.slice(0, 2).map((object) => `  ${object.slice(0, 2000)}`);
  throw new DifferentObjects(
    [
      `${name} does not render ${missing.length} of our objects, such as`,
      ...some(missing),
      `and renders ${unknown.length} others, such as`,
      ...some(unknown),
    ].join('\n'),
  );
}

/** Every object as JSON with sorted keys. */
function canonical(yaml: string): string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const value: unknown = document.toJS();
    return value === null ? [] : [JSON.stringify(sorted(value))];
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
