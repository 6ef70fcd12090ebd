/** The last look at a row: fields that are hidden by their name are taken out, also those that no sample had. */
import type { Matches } from './patterns.ts';

/**
 * The row without fields that are hidden by name, at any depth. The same object where nothing was hidden.
 * @param denies of any collection that was read
 */
export function handOut<Row>(row: Row, denies: Matches): Row {
  return without(row, denies) as Row;
}

function without(value: unknown, denies: Matches): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => without(item, denies));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (denies(key) || (key.includes('.') && key.split('.').some(denies))) changed = true;
    else {
      const shown = without(item, denies);
      changed ||= shown !== item;
      kept.push([key, shown]);
    }
  }
  return changed ? Object.fromEntries(kept) : value;
}
