import type { Size } from '../../environments/units.ts';

const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'] as const;

/**
 * An amount of memory or disk as the API server writes it: `1Ti`, not `1024Gi`. In any other form, what is live would differ
 * from what is in git.
 */
export function quantity(amount: Size | number): string {
  let [value, unit] = [typeof amount === 'number' ? Math.ceil(amount) : amount.toKibibytes() * 1024, 0];
  while (value > 0 && value % 1024 === 0 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value}${units[unit]}`;
}
