/**
 * Times commands from the start of their process to its end, each run in a process of its own. Rounds go through all commands
 * in turn, so that whatever slows the machine for a while slows them alike.
 */
import { spawnSync } from 'node:child_process';
import { type Figure, figure } from './figure.ts';

/** One process of a command. */
export interface Step {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables beside those of `cleanEnvironment`. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Something to time. */
export interface Command {
  readonly name: string;
  /**
   * The processes of one run, one after the other. A run that writes gets a folder of its own, named by `run`: some file
   * systems (ext4) take ten times as long to make files while others were just deleted.
   */
  readonly steps: (run: string) => readonly Step[];
}

/** A command that failed, with what it said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** A command whose first run takes longer than this, in ms, is run no more than `slowRuns` times. */
const slow = 10_000;
const slowRuns = 3;

/**
 * Runs every command once without counting it, which warms caches, and then `runs` times.
 * @param progress told before each round
 * @returns the figures in ms, by name of the command
 */
export function roundRobin(
  commands: readonly Command[],
  runs: number,
  progress: (round: number) => void = () => {},
): Map<string, Figure> {
  const times = new Map(commands.map(({ name }) => [name, [] as number[]]));
  const limits = new Map(
    commands.map((command) => [command.name, once(command, 'warm') > slow ? Math.min(runs, slowRuns) : runs]),
  );
  for (let round = 1; round <= runs; round++) {
    progress(round);
    for (const command of commands)
      if (round <= (limits.get(command.name) ?? 0)) times.get(command.name)?.push(once(command, `run${round}`));
  }
  return new Map([...times].map(([name, own]) => [name, figure(own)]));
}

/** Runs a command and throws its output away. */
function once({ name, steps }: Command, run: string): number {
  const prepared = steps(run);
  const started = performance.now();
  for (const step of prepared) {
    const { status, error, stderr } = spawnSync(step.file, step.args, {
      ...place(step),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (error || status !== 0) throw new CommandFailed(`${name} failed: ${error?.message ?? stderr.toString()}`);
  }
  return performance.now() - started;
}

/** What a step prints. */
export function output(step: Step): string {
  const { status, error, stdout, stderr } = spawnSync(step.file, step.args, {
    ...place(step),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (error || status !== 0) throw new CommandFailed(`${step.file} failed: ${error?.message ?? stderr}`);
  return stdout;
}

const place = ({ cwd, env }: Step) => ({ cwd, env: { ...cleanEnvironment, ...env } });

/** This process's variables without those that change how Node or a peer runs. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_|CDK8S_|HELM_|npm_|KUSTOMIZE_)/.test(name)),
);
