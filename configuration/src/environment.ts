import * as z from 'zod';

/** When another variable has one of these values, this one has to be given. */
export interface RequiredWhen {
  readonly variable: string;
  readonly is: readonly string[];
}

declare module 'zod' {
  interface GlobalMeta {
    /** The texts that a variable takes, with bounds and unit: `integer, 1 to 65535`. */
    allowed?: string;
    /** Never shown, and in a cluster only ever given from a Secret. */
    secret?: boolean;
    requiredWhen?: RequiredWhen;
    /** Names that start so belong to this service alone: an unknown one is a mistake. */
    prefixes?: readonly string[];
  }
}

export type Variables = Readonly<Record<string, z.ZodType>>;
export type Values<Shape extends Variables> = { readonly [Name in keyof Shape]?: z.output<Shape[Name]> };
export type EnvironmentSchema = z.ZodObject<Variables>;

export type Report<Name> = (name: Name, allowed: string, fix: string) => void;

/** A condition between variables. It sees those that parsed, so one wrong variable neither hides nor causes another. */
export type Rule<Shape extends Variables> = (values: Values<Shape>, report: Report<keyof Shape>) => void;

export interface VariableMeta {
  readonly description?: string;
  readonly allowed?: string;
  readonly secret?: boolean;
  readonly requiredWhen?: RequiredWhen;
}

/** The meta of a field and of the fields it wraps (`optional`, `default`); the outermost wins. */
export function metaOf(field: z.core.$ZodType): VariableMeta {
  const wrapped = field instanceof z.ZodOptional || field instanceof z.ZodDefault ? metaOf(field.unwrap()) : {};
  return { ...wrapped, ...z.globalRegistry.get(field) };
}

/** Makes a field optional, except when `variable` has one of the values. */
export const requiredWhen =
  (variable: string, ...is: readonly string[]) =>
  <Field extends z.ZodType>(field: Field) =>
    field.optional().meta({ requiredWhen: { variable, is } });

/**
 * A service's environment variables as a zod object: texts in, typed values out.
 * `requiredWhen` of the fields and the rules run even when some fields are wrong, so all problems come out together.
 */
export function environment<const Shape extends Variables>(
  prefixes: readonly string[],
  variables: Shape,
  ...rules: readonly Rule<NoInfer<Shape>>[]
) {
  const conditional = Object.entries(variables).flatMap(([name, field]) => {
    const { requiredWhen, allowed = '', description = '' } = metaOf(field);
    return requiredWhen === undefined ? [] : [{ name, allowed, description, ...requiredWhen }];
  });
  return z
    .object(variables)
    .superRefine(
      (parsed, context) => {
        const wrong = new Set(context.issues.map((issue) => issue.path?.[0]));
        const values: Record<string, unknown> = Object.fromEntries(
          Object.entries(parsed).filter(([name]) => !wrong.has(name)),
        );
        const report = (name: PropertyKey, allowed: string, fix: string) =>
          context.addIssue({ code: 'custom', path: [name], message: fix, params: { rule: true, allowed } });
        for (const { name, allowed, description, variable, is } of conditional) {
          if (values[name] === undefined && !wrong.has(name) && is.includes(String(values[variable]))) {
            report(name, allowed, `Set ${name}, which ${variable}=${values[variable]} needs: ${description}`);
          }
        }
        for (const rule of rules) rule(values as Values<Shape>, report);
      },
      { when: () => true },
    )
    .meta({ prefixes });
}
