import type { Measure } from './result.ts';

/** How a bench is to run. */
export interface Settings {
  /** Folder of the repository. */
  readonly root: string;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
  /** A first look: smaller sizes, fewer runs. */
  readonly quick: boolean;
  /** Runs that count, of each command. @default the bench's own number */
  readonly runs: number | undefined;
  /** Says on standard error what is being measured. */
  readonly progress: (what: string) => void;
}

/** Something that `npm run bench -- NAME` measures. */
export interface Bench {
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  readonly run: (settings: Settings) => Promise<{
    readonly versions: Readonly<Record<string, string>>;
    readonly measures: readonly Measure[];
  }>;
}
