/** A deployment is stages, one after the other: each says what it does, how long it took, and where it failed, what to do. */
import { KubectlFailed } from '../argo-cd/kubectl.ts';
import { WrongManifest } from '../argo-cd/release.ts';
import { GcloudFailed } from '../gcloud/failure.ts';
import { ProgramFailed } from './program.ts';

/** Told to the person who waits. */
export type Tell = (line: string) => void;

export interface Stage {
  readonly name: string;
  /** @returns what is so now, in a few words @throws {StageFailed} or what a program's failure is */
  run(tell: Tell): Promise<string>;
}

export interface StageResult {
  readonly stage: string;
  readonly seconds: number;
  /** What is so now. */
  readonly outcome: string;
}

/** Why a stage ended: for people and, with the same fields, as JSON. */
export interface Failure {
  readonly stage: string;
  /** As it can be typed; none where no program was asked. */
  readonly command?: string;
  readonly said: string;
  readonly fix: string;
}

/** A stage cannot go on, and knows what is to be done. */
export class StageFailed extends Error {
  override readonly name = 'StageFailed';
  readonly command: string | undefined;
  readonly fix: string;

  constructor(said: string, fix: string, command?: string) {
    super(said);
    this.fix = fix;
    this.command = command;
  }
}

export interface Deployed {
  readonly results: readonly StageResult[];
  /** Of the stage that was not finished; those after it were not begun. */
  readonly failure?: Failure;
}

/** Runs stages in their order until one fails. What a stage did stays, and is found done by the next run. */
export async function runStages(stages: readonly Stage[], tell: Tell): Promise<Deployed> {
  const results: StageResult[] = [];
  for (const [index, stage] of stages.entries()) {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    tell(`[${index + 1}/${stages.length}] ${stage.name}`);
    try {
      const outcome = await stage.run((line) => tell(`  ${clock(seconds()).padStart(11)}  ${line}`));
      results.push({ stage: stage.name, seconds: Math.round(seconds()), outcome });
      tell(`ok ${stage.name}: ${outcome} (${clock(seconds())})`);
    } catch (error) {
      tell(`!! ${stage.name} (${clock(seconds())})`);
      return { results, failure: failureOf(stage.name, error) };
    }
  }
  return { results };
}

const again = 'Mend it, and run the command again: what is done is found done, and it goes on from there.';

/** @throws what is no failure of a stage but a mistake of this program */
function failureOf(stage: string, error: unknown): Failure {
  if (error instanceof StageFailed)
    return { stage, ...(error.command && { command: error.command }), said: error.message, fix: error.fix };
  if (error instanceof GcloudFailed) return { stage, command: error.command, said: error.said, fix: error.fix };
  if (error instanceof ProgramFailed) return { stage, command: error.command, said: error.said, fix: again };
  if (error instanceof KubectlFailed)
    return { stage, command: error.command, said: error.message.slice(error.command.length + 2), fix: again };
  if (error instanceof WrongManifest) return { stage, said: error.message, fix: 'Do as it says; nothing was applied.' };
  throw error;
}

export const failureText = ({ stage, command, said, fix }: Failure): string =>
  [
    stage,
    ...(command ? [`  command  ${command}`] : []),
    `  said     ${said.trim().split('\n').join('\n           ') || 'nothing'}`,
    `  to do    ${fix}`,
  ].join('\n');

/** `4.2 s`, `12 min 3 s` */
export function clock(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
