/** What must hold between environments, whatever each says for itself. */
import type { Problem } from './problem.ts';
import type { Environment } from './schema.ts';
import { infoAt, leaves, pathText, valueText } from './settings.ts';
import { Budget, Cpu, Duration, Size } from './units.ts';

/** Checks the environments against each other. */
export function brokenInvariants(environments: readonly Environment[]): Problem[] {
  const named = (name: Environment['name']) => environments.find((environment) => environment.name === name);
  const [staging, prod] = [named('staging'), named('prod')];
  return [
    ...environments.filter((environment) => environment.name !== 'dev').flatMap(devOnlyValues),
    ...(staging && prod ? belowStaging(staging, prod) : []),
    ...sharedFolders(environments),
    ...sharedProjects(environments),
  ];
}

/** A switch that is there for dev alone, found in another environment. */
function devOnlyValues(environment: Environment): Problem[] {
  return leaves(environment).flatMap(({ path, value }) => {
    const devOnly = infoAt(path)?.devOnly;
    return devOnly?.is(value)
      ? [
          {
            path: pathText([environment.name, ...path]),
            given: valueText(value),
            allowed: `that value in dev only: ${devOnly.because}`,
            fix: 'choose another value',
          },
        ]
      : [];
  });
}

/** What is rehearsed in staging must not be larger or safer than what users rely on. */
function belowStaging(staging: Environment, prod: Environment): Problem[] {
  const inProd = new Map(leaves(prod).map(({ path, value }) => [pathText(path), value]));
  return leaves(staging).flatMap(({ path, value }) => {
    const at = pathText(path);
    if (infoAt(path)?.across !== 'prod-at-least-staging' || !inProd.has(at)) return [];
    const given = inProd.get(at);
    return magnitude(given) >= magnitude(value)
      ? []
      : [
          {
            path: `prod.${at}`,
            given: valueText(given),
            allowed: `at least what staging has (${valueText(value)})`,
            fix: 'raise it in prod, or lower it in staging first',
          },
        ];
  });
}

function magnitude(value: unknown): number {
  if (value instanceof Duration) return value.toMilliseconds();
  if (value instanceof Size) return value.toKibibytes();
  if (value instanceof Cpu) return value.millis;
  if (value instanceof Budget) return value.usd;
  return Number(value);
}

/** Two clusters in one folder would overwrite each other. */
function sharedFolders(environments: readonly Environment[]): Problem[] {
  const owners = new Map<string, string>();
  return environments.flatMap((environment) =>
    environment.regions.flatMap(({ folder }, index) => {
      const path = `${environment.name}.regions[${index}].folder`;
      const owner = owners.get(folder);
      owners.set(folder, owner ?? path);
      return owner
        ? [
            {
              path,
              given: valueText(folder),
              allowed: `a folder of its own; ${owner} has this one`,
              fix: `write '${environment.name}'`,
            },
          ]
        : [];
    }),
  );
}

/** A project shared with prod shares its quotas, its secrets and its administrators. */
function sharedProjects(environments: readonly Environment[]): Problem[] {
  const prod = environments.find((environment) => environment.name === 'prod');
  return environments
    .filter((environment) => environment !== prod && environment.googleCloud.projectId === prod?.googleCloud.projectId)
    .map((environment) => ({
      path: `${environment.name}.googleCloud.projectId`,
      given: valueText(environment.googleCloud.projectId),
      allowed: 'a project that prod does not use',
      fix: 'give each environment its own project',
    }));
}
