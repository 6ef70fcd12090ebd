import { type EnvironmentSchema, metaOf, type RequiredWhen } from './environment.ts';

/** What documentation and charts need to know of one variable. */
export interface Description {
  readonly name: string;
  /** True when it has to be given always; see `requiredWhen` for the conditional ones. */
  readonly required: boolean;
  readonly requiredWhen?: RequiredWhen;
  readonly secret: boolean;
  /** As one would write it in the environment; undefined: none. */
  readonly default: string | undefined;
  readonly allowed: string;
  readonly meaning: string;
}

export function describeVariables(schema: EnvironmentSchema): Description[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description = '', allowed = '', secret = false, requiredWhen } = metaOf(field);
    const unset = field.safeParse(undefined);
    return {
      name,
      required: !unset.success,
      ...(requiredWhen === undefined ? {} : { requiredWhen }),
      secret,
      default: unset.data === undefined ? undefined : String(unset.data),
      allowed,
      meaning: description,
    };
  });
}
