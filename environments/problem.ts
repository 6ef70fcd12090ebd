import type { Problem } from '@ai-orchestra/configuration';

export type { Problem };

/** Thrown with every mistake of an input at once. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[]) {
    super(
      [
        `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${what}`,
        ...problems.map(
          ({ path, given, allowed, fix }) =>
            `  ${path}\n    given    ${given}\n    allowed  ${allowed}\n    to do    ${fix}`,
        ),
      ].join('\n'),
    );
    this.problems = problems;
  }
}
