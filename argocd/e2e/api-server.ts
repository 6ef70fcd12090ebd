import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answersOk } from '../../testbed/process/answers.ts';
import { supervise } from '../../testbed/process/supervisor.ts';
import { type Restartable, restartable } from '../../testbed/servers/argocd/restartable.ts';
import type { ApiServer } from '../../testbed/servers/kubernetes/control-plane.ts';

/**
 * A running API server as one that can be killed and started again: with the same arguments, and so at the same address, with
 * the same keys and data. Its own `stop` still removes its folder.
 */
export async function restartableApiServer({ pid, folder, logFile, url }: ApiServer): Promise<Restartable> {
  // As the system knows them; none of them holds a space.
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  const [command = '', ...args] = stdout.trim().split(/\s+/);
  let isFirst = true;
  return restartable(async () => {
    if (isFirst) {
      isFirst = false;
      return { pid, logFile, stop: () => killed(pid) };
    }
    const next = await supervise({ command, args, folder, logFile });
    while (!(await answersOk(`${url}/readyz`))) await sleep(50);
    return { pid: next.pid, logFile, stop: next.stop };
  });
}

/** Ends a process with SIGKILL, and waits for its end. Idempotent. */
async function killed(pid: number): Promise<void> {
  for (let signal: 'SIGKILL' | 0 = 'SIGKILL'; ; signal = 0) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    await sleep(20);
  }
}
