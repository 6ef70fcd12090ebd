/**
 * Whether `TESTBED_SKIP` (names separated by commas) names any of these: the condition of `describe.skipIf`, so that what
 * was left out shows as skipped in the summary. A server that is missing but not named there is an error, never a skip.
 */
export function skipped(...names: readonly string[]): boolean {
  const listed = (process.env.TESTBED_SKIP ?? '').split(',').map((name) => name.trim());
  return names.some((name) => listed.includes(name));
}
