/** Has the user's gcloud look at every planned command before the first runs: flags that it lacks show before anything changed. */
import * as z from 'zod';
import { type Command, typed } from './command.ts';
import type { Gcloud } from './gcloud.ts';

const verdicts = z.array(
  z.object({ command_string: z.string(), success: z.boolean(), error_message: z.string().nullish() }),
);

export interface Linted {
  /** Without the optional flags that this gcloud lacks. */
  readonly commands: readonly Command[];
  /** What is left out, and what is then not so. */
  readonly notices: readonly string[];
  /** What this gcloud cannot do; nothing may be changed then. */
  readonly refusals: readonly { readonly command: string; readonly said: string }[];
}

/** One call of gcloud for all commands, and one more for each round of flags that it lacks. @throws {GcloudFailed} */
export async function lint(gcloud: Gcloud, commands: readonly Command[]): Promise<Linted> {
  const notices = new Set<string>();
  let current = [...commands];
  for (;;) {
    const failed = await failures(gcloud, current);
    if (failed.size === 0) return { commands: current, notices: [...notices], refusals: [] };
    let dropped = false;
    current = current.map((command) => {
      const said = failed.get(typed(command));
      const missing = Object.entries(command.optional ?? {}).filter(([flag]) => said?.includes(flag));
      if (missing.length === 0) return command;
      dropped = true;
      for (const [flag, meaning] of missing) notices.add(`This gcloud has no ${flag}: ${meaning}`);
      const flags = missing.map(([flag]) => flag);
      return {
        ...command,
        words: command.words.filter((word) => !flags.some((flag) => word === flag || word.startsWith(`${flag}=`))),
      };
    });
    if (!dropped)
      return {
        commands: current,
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
  });
  return new Map(
    verdicts
      .parse(JSON.parse(printed))
      .filter(({ success }) => !success)
      .map(({ command_string, error_message }) => [command_string, error_message ?? 'not valid']),
  );
}
