/** `npm run roles`: which workload may do what in Google Cloud. */

import type { CloudRole } from '../charts/lib/workload.ts';
import { systemNamed } from './cluster.ts';
import { runCommand } from './command.ts';
import { table } from './table.ts';

const usage = `Prints the Google Cloud roles that workloads of a cluster need. The bootstrap binds each straight to the ServiceAccount.

Usage: npm run roles -- [CLUSTER] [--json]

  CLUSTER     folder of the cluster below dist/, such as dev (default: the last one, prod)

Exit codes: 0 done, 1 the environments are not valid, 2 wrong usage`;

function resourceText(resource: CloudRole['resource']): string {
  if (resource.kind === 'bucket') return `bucket ${resource.name}`;
  return resource.kind === 'firestore' ? `Firestore database ${resource.database}` : 'project';
}

await runCommand({
  usage,
  run: ([name], { json }) => {
    const rows = systemNamed(name).topology.workloads.flatMap(({ namespace, name: account, props }) =>
      (props.cloudRoles ?? []).map(({ role, resource, why }) => ({
        serviceAccount: `${namespace}/${account}`,
        role,
        on: resource,
        why,
      })),
    );
    console.log(
      json
        ? JSON.stringify(rows, null, 2)
        : table(
            ['ServiceAccount', 'role', 'on', 'why'],
            rows.map(({ serviceAccount, role, on, why }) => [serviceAccount, role, resourceText(on), why]),
          ),
    );
  },
});
