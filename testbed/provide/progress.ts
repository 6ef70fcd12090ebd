export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

function elapsed(since: number): string {
  return `${Math.round((Date.now() - since) / 1_000)} s`;
}

/**
 * Tells on standard error that something takes its time: on a terminal one line that counts seconds, elsewhere (CI logs)
 * a line at the start and every 15 s.
 * @returns ends it, with what came of it: `built`, `failed`
 */
export function showProgress(what: string, terminal: Terminal = process.stderr): (outcome: string) => void {
  const start = Date.now();
  const line = (text: string) => `testbed: ${text}`;
  const show = terminal.isTTY
    ? () => terminal.write(`\r\u001b[K${line(`${what} ... ${elapsed(start)}`)}`)
    : () => terminal.write(`${line(`${what} ... ${elapsed(start)}`)}\n`);
  show();
  const timer = setInterval(show, terminal.isTTY ? 1_000 : 15_000);
  timer.unref();
  return (outcome) => {
    clearInterval(timer);
    terminal.write(`${terminal.isTTY ? '\r\u001b[K' : ''}${line(`${what}: ${outcome} after ${elapsed(start)}`)}\n`);
  };
}
