import { checkVariables, type EnvironmentSchema } from '@ai-orchestra/configuration';
import { InvalidInput } from '../../environments/problem.ts';
import { SecretKey } from './secret.ts';

/**
 * The variables of a service of ours, checked against the schema that the service itself parses at start: a missing, unknown
 * or bad one fails here, not in a pod at night.
 * @throws InvalidInput with every problem
 */
export function serviceVariables(
  service: string,
  schema: EnvironmentSchema,
  variables: Readonly<Record<string, string | SecretKey>>,
): Readonly<Record<string, string | SecretKey>> {
  const given = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value instanceof SecretKey ? ({ secret: true } as const) : value,
    ]),
  );
  const problems = checkVariables(schema, given);
  if (problems.length > 0) throw new InvalidInput(`the variables of ${service}`, problems);
  return variables;
}
