/** Has the user's gcloud look at every planned command before the first runs: flags that it lacks show before anything changed. */
import * as z from 'zod';
import { type Command, typed } from './command.ts';
import type { Gcloud } from './gcloud.ts';

const verdicts = z.array(
  z.object({ command_string: z.string(), success: z.boolean(), error_message: z.string().nullish() }),
);

export interface Linted {
  /** Optional flags that this gcloud lacks. */
  readonly missing: ReadonlySet<string>;
  /** What is left out, and what is then not so. */
  readonly notices: readonly string[];
  /** What this gcloud cannot do; nothing may be changed then. */
  readonly refusals: readonly { readonly command: string; readonly said: string }[];
}

/** The linter loads each group of commands that it looks at: a third of a second of CPU each. */
const LINTER_TIMEOUT = 600_000;
const verb = /^(?:add|create|delete|disable|enable|import|remove|rm|set|undelete|update)(?:-[a-z-]+)?$/;

/** The command without its values: of those that are alike in this, the linter says the same. */
function shape({ words }: Command): string {
  const bare = words.filter((word) => !word.startsWith('-'));
  const flags = words.filter((word) => word.startsWith('-')).map((word) => word.split('=', 1)[0] ?? word);
  return [...bare.slice(0, 2), ...bare.slice(2).filter((word) => verb.test(word)), bare.length, ...flags.sort()].join(
    ' ',
  );
}

/** One command of each shape. */
export const oneOfEach = (commands: readonly Command[]): readonly Command[] => [
  ...new Map(commands.map((command) => [shape(command), command])).values(),
];

/** A command without those of its optional flags that gcloud lacks. */
export function without(command: Command, missing: ReadonlySet<string>): Command {
  const dropped = Object.keys(command.optional ?? {}).filter((flag) => missing.has(flag));
  if (dropped.length === 0) return command;
  return { ...command, words: command.words.filter((word) => !dropped.includes(word.split('=', 1)[0] ?? word)) };
}

/** One call of gcloud for all commands, and one more for each round of flags that it lacks. @throws {GcloudFailed} */
export async function lint(gcloud: Gcloud, commands: readonly Command[]): Promise<Linted> {
  const notices = new Set<string>();
  const missing = new Set<string>();
  for (;;) {
    const current = commands.map((command) => without(command, missing));
    const failed = await failures(gcloud, current);
    const before = missing.size;
    for (const command of current) {
      const said = failed.get(typed(command));
      for (const [flag, meaning] of Object.entries(command.optional ?? {}))
        if (!missing.has(flag) && said?.includes(flag)) {
          missing.add(flag);
          notices.add(`This gcloud has no ${flag}: ${meaning}`);
        }
    }
    if (missing.size === before)
      return {
        missing,
        notices: [...notices],
        refusals: [...failed].map(([command, said]) => ({ command, said })),
      };
  }
}

async function failures(gcloud: Gcloud, commands: readonly Command[]): Promise<ReadonlyMap<string, string>> {
  const strings = [...new Set(commands.map(typed))];
  const text = JSON.stringify(strings.map((command_string, id) => ({ id: String(id), command_string })));
  const printed = await gcloud.run({
    words: ['meta', 'lint-gcloud-commands', '--commands-file={file}'],
    files: [{ name: 'commands.json', text }],
    timeout: LINTER_TIMEOUT,
  });
  return new Map(
    verdicts
      .parse(JSON.parse(printed))
      .filter(({ success }) => !success)
      .map(({ command_string, error_message }) => [command_string, error_message ?? 'not valid']),
  );
}
