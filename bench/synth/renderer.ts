import type { Step } from '../measure/round-robin.ts';

/** A way to render the objects: this project or another tool, with its input in place. */
export interface Renderer {
  readonly name: string;
  /** The processes that render every environment, into `folder` if it writes. */
  readonly steps: (folder: string) => readonly Step[];
  /** Whether it writes into `folder`; otherwise it prints. */
  readonly writes: boolean;
  /** Folder that it writes to whatever it is told. @default none */
  readonly ownFolder?: string;
}
