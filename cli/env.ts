/** `npm run env`: what an environment says, and what differs between two. */

import { differences } from '../environments/diff.ts';
import { clusters } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { leaves, pathText, settings, valueText } from '../environments/settings.ts';
import { runCommand, UsageError } from './command.ts';
import { table } from './table.ts';

const usage = `Shows and compares the environments.

Usage: npm run env -- <command> [--json]

Commands:
  diff A B    what differs between two environments, as a table
  show A      every setting of an environment
  settings    every setting there is: unit, default, what is allowed, meaning

Exit codes: 0 done, 1 the environments are not valid, 2 wrong usage`;

function environmentNamed(name: string | undefined): Environment {
  const all = [...new Set(clusters().map(({ environment }) => environment))];
  const found = all.find((environment) => environment.name === name);
  if (!found)
    throw new UsageError(
      `${name ?? 'nothing'} is not an environment; there are ${all.map((environment) => environment.name).join(', ')}`,
    );
  return found;
}

await runCommand({
  usage,
  run: ([command, ...names], { json }) => {
    const print = (value: unknown, text: () => string) => console.log(json ? JSON.stringify(value, null, 2) : text());
    if (command === 'diff' && names.length === 2) {
      const [left, right] = [environmentNamed(names[0]), environmentNamed(names[1])];
      const rows = differences(left, right);
      print(rows, () =>
        table(
          ['setting', left.name, right.name],
          rows.map((row) => [row.path, row.left ?? '-', row.right ?? '-']),
        ),
      );
    } else if (command === 'show' && names.length === 1) {
      const rows = leaves(environmentNamed(names[0])).map(({ path, value }) => ({
        setting: pathText(path),
        value: valueText(value),
      }));
      print(rows, () =>
        table(
          ['setting', 'value'],
          rows.map((row) => [row.setting, row.value]),
        ),
      );
    } else if (command === 'settings' && names.length === 0) {
      const rows = settings().map(({ path, info }) => ({
        setting: path,
        unit: info.unit,
        default: info.default === undefined ? '-' : valueText(info.default),
        allowed: info.allowed,
        meaning: info.meaning,
      }));
      print(rows, () =>
        table(
          ['setting', 'unit', 'default', 'allowed', 'meaning'],
          rows.map((row) => Object.values(row)),
        ),
      );
    } else throw new UsageError(`'${[command, ...names].join(' ').trim()}' is not a command`);
  },
});
