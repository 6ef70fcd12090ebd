import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './cache.ts';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** All programs of that name on PATH, in PATH's order. */
function onPath(name: string, env: Environment): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

async function versionOf(program: string, versionArgs: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...versionArgs], { timeout: 10_000 });
    return /(\d+\.\d+\.\d+)/.exec(`${stdout}\n${stderr}`)?.[1];
  } catch {
    return undefined;
  }
}

/** A patch release changes no behaviour that tests rely on; a minor release may. */
function sameMinor(found: string, wanted: string): boolean {
  return found.split('.', 2).join('.') === wanted.split('.', 2).join('.');
}

/**
 * The first program on PATH with a wanted major and minor version; otherwise why those found do not do.
 * @param wanted versions, of which patch releases do not count; or any that it tells
 */
export async function findOnPath(
  name: string,
  wanted: readonly string[] | 'any',
  versionArgs: readonly string[],
  env: Environment,
): Promise<{ readonly path: string } | { readonly refused: string }> {
  const refused: string[] = [];
  for (const path of onPath(name, env)) {
    const found = await versionOf(path, versionArgs);
    if (found && (wanted === 'any' || wanted.some((version) => sameMinor(found, version)))) return { path };
    refused.push(`${path} is ${found ?? 'of unknown version'}`);
  }
  return { refused: refused.join(', ') || `no ${name}` };
}
