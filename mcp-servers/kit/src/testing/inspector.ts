import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** A server as the inspector's command line is told of it. */
export type InspectorTarget =
  | { readonly url: string; readonly token?: string }
  | { readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> };

export interface Inspected {
  /** 0: answered; 5: a tool's error, or no such tool. */
  readonly exitCode: number;
  /** The answer's `result`; undefined where there was none. */
  readonly result: unknown;
  readonly stderr: string;
}

const answer = z.looseObject({ result: z.unknown().optional() });
const packageFile = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json');
const { bin } = createRequire(import.meta.url)(packageFile) as { bin: Record<string, string> };
/** Milliseconds. */
const PATIENCE = 120_000;

/**
 * Asks a server with the inspector's command line, as a person would.
 * @param method such as `tools/list`; with `tools/call`, `tool` names the tool
 */
export async function inspect(
  target: InspectorTarget,
  method: string,
  tool?: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> },
): Promise<Inspected> {
  const script = join(dirname(packageFile), bin.inspector ?? bin['mcp-inspector'] ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'inspector-'));
  const options = ['--method', method, '--format', 'json'];
  if (tool !== undefined) options.push('--tool-name', tool.name, '--tool-args-json', JSON.stringify(tool.arguments));
  const args =
    'url' in target
      ? [
          target.url,
          '--transport',
          'http',
          ...(target.token ? ['--header', `Authorization: Bearer ${target.token}`] : []),
          ...options,
        ]
      : [
          '--transport',
          'stdio',
          ...options,
          ...Object.entries(target.env ?? {}).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
          '--',
          ...target.command,
        ];
  try {
    return await new Promise((resolve, reject) => {
      // It keeps what it learns of servers in the home folder.
      const env = { ...process.env, HOME: folder };
      execFile(process.execPath, [script, '--cli', ...args], { timeout: PATIENCE, env }, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        const { result } = stdout.trim() === '' ? {} : answer.parse(JSON.parse(stdout));
        resolve({ exitCode: error === null ? 0 : Number(error.code), result, stderr });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
