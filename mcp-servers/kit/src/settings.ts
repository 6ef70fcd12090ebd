import { formatProblem, type Problem } from '@ai-orchestra/configuration';

/** Settings are wrong, in a way that only opening a server shows; it ends with code 2, and the message has every mistake. */
export class SettingsMistakes extends Error {
  override readonly name = 'SettingsMistakes';
  readonly problems: readonly Problem[];

  /** @param where the file, or the variable, that the mistakes are in */
  constructor(where: string, problems: readonly Problem[]) {
    const count = `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in ${where}`;
    super([count, ...problems.map(formatProblem)].join('\n  '));
    this.problems = problems;
  }
}
