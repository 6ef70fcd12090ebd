import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder, removeFolder } from '../process/supervisor.ts';
import { cacheEntry, cacheFolder, type Environment } from './cache.ts';
import { containersAnswer, copyFromImage } from './container.ts';
import { withLock } from './lock.ts';
import { findOnPath } from './path.ts';
import { showProgress } from './progress.ts';
import { NotProvided, type Provided, type Provision, variableOf } from './provision.ts';

type Search = { readonly found: Provided } | { readonly found?: never; readonly tried: readonly string[] };

async function search(provision: Provision, env: Environment): Promise<Search> {
  const { name, version, versionArgs, alsoOnPath = [] } = provision;
  const tried: string[] = [];

  const variable = variableOf(name);
  const given = env[variable];
  if (given) {
    if (existsSync(given)) return { found: { path: given, origin: 'environment' } };
    // No further search: who names a file means that file.
    throw new NotProvided(provision, [`${variable}: ${given} does not exist`]);
  }
  tried.push(`${variable}: not set`);

  if (versionArgs) {
    const result = await findOnPath(name, alsoOnPath === 'any' ? 'any' : [version, ...alsoOnPath], versionArgs, env);
    if ('path' in result) return { found: { path: result.path, origin: 'PATH' } };
    tried.push(`PATH: ${result.refused}`);
  }

  const cached = cacheEntry(provision, env);
  if (existsSync(cached)) return { found: { path: cached, origin: 'cache' } };
  tried.push(`cache: no ${cached}`);
  return { tried };
}

async function make(provision: Provision, env: Environment, tried: string[]): Promise<'container' | 'build'> {
  const entry = cacheEntry(provision, env);
  const folder = await createFolder('.making-', cacheFolder(env));
  const done = showProgress(`making ${provision.name} ${provision.version}`);
  try {
    const target = join(folder, 'made');
    const refused = provision.image && (await copyFromImage(provision.image, target, env));
    const taken = provision.image !== undefined && refused === undefined;
    if (refused) tried.push(`container: ${refused}`);
    if (!taken) await provision.make({ target, folder });
    // A rename within one file system: the entry is there whole or not at all.
    renameSync(target, entry);
    done(taken ? 'taken from its image' : 'built');
    return taken ? 'container' : 'build';
  } catch (error) {
    done('failed');
    throw error;
  } finally {
    await removeFolder(folder);
  }
}

/** Where it is now, without building it. Throws NotProvided when its variable names a file that does not exist. */
export async function locate(provision: Provision, env: Environment = process.env): Promise<Provided | undefined> {
  return (await search(provision, env)).found;
}

/**
 * The provision's path: from its environment variable, from PATH when major and minor version match, from the cache, from
 * its image where a container runtime answers, or built now, which takes up to minutes and tells its progress on standard error. Processes build one at a time: linking
 * Kubernetes takes gigabytes. Throws NotProvided.
 */
export async function provide(provision: Provision, env: Environment = process.env): Promise<Provided> {
  const first = await search(provision, env);
  if (first.found) return first.found;
  const { name, version } = provision;
  let waited: ((outcome: string) => void) | undefined;
  return withLock(
    join(cacheFolder(env), 'build.lock'),
    async (): Promise<Provided> => {
      waited?.('done');
      const again = await search(provision, env);
      if (again.found) return again.found;
      const tried = [...again.tried];
      const origin = await make(provision, env, tried).catch((error: Error) => {
        throw new NotProvided(provision, [...tried, `build: ${error.message}`]);
      });
      return { path: cacheEntry(provision, env), origin };
    },
    () => {
      waited = showProgress(`waiting for another build before ${name} ${version}`);
    },
  );
}

/**
 * The provision where it is, else its stand-in where that is, else the provision out of its image, else the stand-in made
 * now. So no test run takes an image in place of a stand-in that is there; `build <name>` does. Throws NotProvided.
 */
export async function provideOrStandIn(
  provision: Provision & { readonly standIn: Provision },
  env: Environment = process.env,
): Promise<Provided & { readonly provision: Provision }> {
  const { standIn } = provision;
  for (const choice of [provision, standIn]) {
    const found = await locate(choice, env);
    if (found) return { ...found, provision: choice };
  }
  if (await containersAnswer(env)) {
    try {
      return { ...(await provide(provision, env)), provision };
    } catch (error) {
      if (!(error instanceof NotProvided)) throw error;
    }
  }
  return { ...(await provide(standIn, env)), provision: standIn };
}
