import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Provision } from './provision.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_CACHE_HOME/ai-orchestra/testbed`, or the same in `~/.cache`. A relative XDG_CACHE_HOME counts as unset (XDG). */
export function cacheFolder(env: Environment = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'ai-orchestra', 'testbed');
}

/** Path of a cached provision, whether or not it is there: one per name, version and platform. */
export function cacheEntry({ name, version }: Pick<Provision, 'name' | 'version'>, env?: Environment): string {
  return join(cacheFolder(env), `${name}-${version}-${process.platform}-${process.arch}`);
}
