import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../testing/clusters.ts';
import { folder, type Installed } from './installed.ts';

/** `npm run gitops -- status`, run as a person would. */
export async function statusCommand({ kubeconfigFile }: Installed): Promise<{ code: number; table: string }> {
  const environment = { ...process.env, KUBECONFIG: kubeconfigFile };
  const command = ['cli/gitops.ts', 'status', '--env', folder];
  return promisify(execFile)(process.execPath, command, { cwd: root, env: environment, encoding: 'utf8' }).then(
    ({ stdout }) => ({ code: 0, table: stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, table: stdout }),
  );
}
