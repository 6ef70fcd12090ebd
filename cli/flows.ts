/** `npm run flows`: who talks to whom. */
import { writeFileSync } from 'node:fs';
import { flowRows } from '../charts/lib/flow-list.ts';
import { systemNamed } from './cluster.ts';
import { runCommand } from './command.ts';
import { flowPicture } from './flow-picture.ts';
import { table } from './table.ts';

const usage = `Prints who may connect to whom in a cluster, and why. There is no other flow: NetworkPolicies allow these alone.

Usage: npm run flows -- [CLUSTER] [--svg FILE] [--json]

  CLUSTER     folder of the cluster below dist/, such as dev (default: the last one, prod)
  --svg FILE  draw the picture into FILE (default for prod: docs/flows.svg)
  --json      print JSON

Exit codes: 0 done, 1 the environments are not valid, 2 wrong usage`;

await runCommand({
  usage,
  values: ['svg'],
  run: async ([name], { json, values }) => {
    const system = systemNamed(name);
    const { folder } = system.cluster;
    const rows = flowRows(system);
    console.log(
      json
        ? JSON.stringify(rows, null, 2)
        : table(
            ['from', 'to', 'ports', 'why'],
            rows.map(({ from, to, ports, why }) => [from, to, ports, why]),
          ),
    );
    const file = values.svg ?? (name === undefined ? 'docs/flows.svg' : undefined);
    if (file === undefined) return;
    writeFileSync(file, await flowPicture(`Flows of ${folder}`, rows));
    if (!json) console.log(`${rows.length} flows; the picture is in ${file}.`);
  },
});
