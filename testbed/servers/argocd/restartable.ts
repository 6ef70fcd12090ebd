import type { Server } from '../../process/server.ts';

/** A server that tests end in the middle of its work and start again, at the same address. */
export interface Restartable {
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Of the process that runs now; gone while none does. */
  readonly logFile: string;
  /** Ends it with SIGKILL, and waits for its end. Idempotent. */
  kill(): Promise<void>;
  /** Starts it and waits until it is ready, after ending the one that runs. */
  restart(): Promise<void>;
}

/** Starts a server that can be started again: `start` must give it the same address each time. */
export async function restartable(
  start: () => Promise<Pick<Server, 'pid' | 'logFile' | 'stop'>>,
): Promise<Restartable> {
  let server = await start();
  return {
    get pid() {
      return server.pid;
    },
    get logFile() {
      return server.logFile;
    },
    kill: () => server.stop(),
    restart: async () => {
      await server.stop();
      server = await start();
    },
  };
}
