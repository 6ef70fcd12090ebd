/** What the measured processes share with `../child.ts`, which starts them: settings in, one line of JSON out when they are ready. */

/** A setting. @throws where it is not set */
export function text(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export const number = (name: string): number => Number(text(name));

/** Tells that this process is ready, and what the one that started it needs to know. */
export function ready(told: Readonly<Record<string, unknown>> = {}): void {
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ ready: true, ...told })}\n`);
}
