/** `npm run secrets`: which secret, which key, who reads it. */
import { secretUses } from '../charts/lib/external-secrets.ts';
import { systemNamed } from './cluster.ts';
import { runCommand } from './command.ts';
import { table } from './table.ts';

const usage = `Prints every value that pods of a cluster read from Secret Manager, and who reads it. It knows no value.

Usage: npm run secrets -- [CLUSTER] [--json]

  CLUSTER     folder of the cluster below dist/, such as dev (default: the last one, prod)

Exit codes: 0 done, 1 the environments are not valid, 2 wrong usage`;

await runCommand({
  usage,
  run: ([name], { json }) => {
    const rows = secretUses(systemNamed(name)).map(({ secret, key, namespace, readers }) => {
      const { meaning, origin } = secret.keys[key] ?? { meaning: '', origin: { generate: 0 } };
      return {
        secretManager: secret.remoteName(key),
        secret: `${namespace}/${secret.name}`,
        key,
        readers: [...new Set(readers)].sort().join(', '),
        origin: 'generate' in origin ? `generated, ${origin.generate} letters and digits` : origin.provided,
        meaning,
      };
    });
    console.log(
      json
        ? JSON.stringify(rows, null, 2)
        : table(
            ['Secret Manager', 'Secret', 'key', 'read by', 'comes from', 'meaning'],
            rows.map((row) => Object.values(row)),
          ),
    );
  },
});
