/** One thing wrong with an environment: what was given, what is allowed, what to do. Never holds a secret. */
export interface Problem {
  /** Name of the variable. */
  readonly path: string;
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
}

export function formatProblem({ path, given, allowed, fix }: Problem): string {
  return `${path}: given ${given}; allowed: ${allowed}. ${fix}`;
}

const LONGEST_SHOWN = 80;

/** A value as a problem shows it: quoted, short, and without the login that a URL may carry. */
export function shown(value: string): string {
  const text = value.replace(/\/\/[^/@]*@/g, '//(hidden)@');
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
