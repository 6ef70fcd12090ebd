export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
/** Writes one line. Only what is passed is written: never a question, a row or a token. */
export type Log = (level: Level, message: string, fields?: Fields) => void;

const severity = { debug: 10, info: 20, warn: 30, error: 40 } as const;
/** As Google Cloud's log viewer has them. */
const names = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;

/** One line of JSON for each event. */
export function createLog(least: Level, write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    if (severity[level] < severity[least]) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), severity: names[level], message, ...fields })}\n`);
  };
}

/** Name, message and first place of an error; its causes' names and messages. For the log alone: it may name hosts. */
export function told(error: unknown): string {
  const lines: string[] = [];
  for (let one = error; one !== undefined && lines.length < 4; one = one instanceof Error ? one.cause : undefined) {
    lines.push(one instanceof Error ? `${one.name}: ${one.message}` : String(one));
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = stack.split('\n').find((line) => line.startsWith('    at '));
  return [lines.join(' | '), place?.trim()].filter(Boolean).join(' ');
}
