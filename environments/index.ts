/** The environments of this repository, checked. */
import { dev } from './dev.ts';
import { brokenInvariants } from './invariants.ts';
import { parseEnvironment } from './parse.ts';
import { InvalidInput, type Problem } from './problem.ts';
import { prod } from './prod.ts';
import { parseRelease, type Release, releaseRecords } from './releases.ts';
import type { Environment, Region } from './schema.ts';
import { staging } from './staging.ts';

/** A cluster: an environment in one of its regions, and the images that it runs. */
export interface Cluster {
  /** Folder below dist/, such as `prod-us-central1`. */
  readonly folder: string;
  readonly environment: Environment;
  readonly region: Region;
  readonly release: Release;
}

/** The environments as written, in the order of promotion. */
export const written: Readonly<Record<Environment['name'], unknown>> = { dev, staging, prod };

/** Where the settings of an environment are, from the folder of the repository. */
export const environmentFile = (name: Environment['name']) => `environments/${name}.ts`;

/**
 * Checks the environments and their release records, alone and against each other.
 * @throws InvalidInput with every problem at once
 */
export function clusters(
  input: Readonly<Record<string, unknown>> = written,
  records: Readonly<Record<string, unknown>> = releaseRecords,
): Cluster[] {
  const problems: Problem[] = [];
  const parsed = Object.entries(input).flatMap(([name, value]) => {
    const { environment, problems: ownProblems } = parseEnvironment(value, name);
    const { release, problems: releaseProblems } = parseRelease(records[name], name as Environment['name']);
    problems.push(...ownProblems, ...releaseProblems);
    if (environment && environment.name !== name)
      problems.push({
        path: `${name}.name`,
        given: `'${environment.name}'`,
        allowed: `'${name}'`,
        fix: `write '${name}'`,
      });
    return environment ? [{ environment, release }] : [];
  });
  problems.push(...brokenInvariants(parsed.map(({ environment }) => environment)));
  if (problems.length > 0) throw new InvalidInput('environments/', problems);
  return parsed.flatMap(({ environment, release }) =>
    release ? environment.regions.map((region) => ({ folder: region.folder, environment, region, release })) : [],
  );
}
