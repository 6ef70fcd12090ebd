import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

export type Revision = '2026-07-28' | '2025-11-25';

export interface ScenarioResult {
  readonly scenario: string;
  readonly passed: number;
  /** Ids of the checks that failed. */
  readonly failed: readonly string[];
}

const checks = z.array(z.looseObject({ id: z.string(), status: z.string() }));
/** Milliseconds for one run of the suite. */
const PATIENCE = 240_000;

const suite = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'));

/** Scenarios that a server has to pass to conform to a revision, as the suite has frozen them. */
export function scoredScenarios(revision: Revision): readonly string[] {
  const text = readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8');
  const [, server = ''] = /^server:\n((?:\s*- .*\n|\s*#.*\n)+)/m.exec(text) ?? [];
  return [...server.matchAll(/^\s*- (\S+)/gm)].map(([, name = '']) => name);
}

/** Runs every scenario that a revision asks of servers, scored or not. */
export const runRequirements = (url: string, revision: Revision) => run(url, ['--requirements', revision]);

/**
 * Runs the scenarios that call nothing by a name that servers of this project do not have.
 * @returns those checks that failed, as `revision scenario check`; none: it conforms as far as can be told without a fixture
 */
export async function failuresWithoutFixture(
  url: string,
): Promise<{ readonly passed: number; readonly failed: readonly string[] }> {
  let passed = 0;
  const failed: string[] = [];
  for (const [revision, scenarios] of Object.entries(withoutFixture)) {
    // All at once: to load the suite for each scenario would take longer than to run those that need a fixture in vain.
    const results = await runRequirements(url, revision as Revision);
    for (const scenario of scenarios) {
      const result = results.find((one) => one.scenario === scenario);
      if (result === undefined || result.passed === 0) failed.push(`${revision} ${scenario} did not run`);
      passed += result?.passed ?? 0;
      for (const id of result?.failed ?? []) {
        if (!ofFixture.has(id)) failed.push(`${revision} ${scenario} ${id}`);
      }
    }
  }
  return { passed, failed };
}

/** `logging-set-level` is not among them: servers of this project log to stderr, and declare no logging. */
const withoutFixture = {
  '2026-07-28': [
    'server-stateless',
    'tools-list',
    'dns-rebinding-protection',
    'server-sse-multiple-streams',
    'caching',
    'http-header-validation',
  ],
  '2025-11-25': ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection', 'server-sse-multiple-streams'],
} as const satisfies Record<Revision, readonly string[]>;

/** Checks of `server-stateless` that call tools of the fixture. */
const ofFixture: ReadonlySet<string> = new Set([
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
]);

async function run(url: string, args: readonly string[]): Promise<ScenarioResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const script = join(suite, 'dist', 'index.js');
    const told = await program(process.execPath, [script, 'server', '--url', url, '-o', folder, ...args]);
    const results = readdirSync(folder)
      .sort()
      .map((name) => resultOf(name, checks.parse(JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')))));
    if (results.length === 0) throw new Error(`The conformance suite ran nothing:\n${told}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder is named `server-<scenario>-<time>`. */
function resultOf(folder: string, all: z.output<typeof checks>): ScenarioResult {
  return {
    scenario: folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, ''),
    passed: all.filter(({ status }) => status === 'SUCCESS').length,
    failed: all.filter(({ status }) => status === 'FAILURE').map(({ id }) => id),
  };
}

/** The suite's exit code says that something failed, and its files say what. */
const program = (command: string, args: readonly string[]) =>
  new Promise<string>((resolve) => {
    execFile(command, args, { timeout: PATIENCE, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
