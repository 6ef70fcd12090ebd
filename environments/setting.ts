/**
 * Builders for the leaves of the schema. Each carries, beside its check, what a person needs to set it right:
 * meaning, unit, default and bounds. Error messages, `npm run env -- settings` and the docs all read these.
 */
import * as z from 'zod';
import { Budget, Cpu, Duration, Size } from './units.ts';

/** What is said about a setting, apart from its check. */
export interface SettingMeta<T = unknown> {
  /** What the setting does, in one sentence. */
  readonly meaning: string;
  /** The value the deploy guide recommends; a new environment starts from it. It is never filled in silently. */
  readonly default?: T;
  /** What must hold between environments; checked by invariants.ts. */
  readonly across?: 'prod-at-least-staging';
  /** The values that only dev may have, with the reason. */
  readonly devOnly?: { readonly is: (value: T) => boolean; readonly because: string };
}

/** `SettingMeta` completed by the builder: its type, its unit and what is allowed, in words. */
export interface SettingInfo extends SettingMeta {
  readonly type: string;
  readonly unit: string;
  readonly allowed: string;
  /** What to write to mend a bad value. */
  readonly fix: string;
}

const infos = new WeakMap<z.ZodType, SettingInfo>();

/** What is known of a setting, or undefined for a group of settings. */
export function settingInfo(schema: z.ZodType): SettingInfo | undefined {
  return infos.get(schema);
}

function setting<S extends z.ZodType>(
  schema: S,
  meta: SettingMeta<z.output<S>>,
  words: { type: string; unit: string; allowed: string; fix: string },
): S {
  infos.set(schema, { ...meta, ...words } as SettingInfo);
  return schema;
}

/** A whole number within bounds. `unit` names what is counted. */
export function count(unit: string, min: number, max: number, meta: SettingMeta<number>) {
  return setting(z.number().int().min(min).max(max), meta, {
    type: 'number',
    unit,
    allowed: `a whole number from ${min} to ${max}`,
    fix: `write a number of ${unit}, such as ${meta.default ?? min}`,
  });
}

/** A share in percent, 1 to 100. */
export function percent(meta: SettingMeta<number>) {
  return setting(z.number().int().min(1).max(100), meta, {
    type: 'number',
    unit: '%',
    allowed: 'a whole number from 1 to 100',
    fix: `write a percentage, such as ${meta.default ?? 70}`,
  });
}

/** A switch. */
export function flag(meta: SettingMeta<boolean>) {
  return setting(z.boolean(), meta, {
    type: 'boolean',
    unit: '-',
    allowed: 'true or false',
    fix: `write ${meta.default ?? true} or ${!(meta.default ?? true)}, without quotes`,
  });
}

/** One of a fixed list of words. */
export function choice<const T extends readonly [string, ...string[]]>(values: T, meta: SettingMeta<T[number]>) {
  return setting<z.ZodType<T[number], T[number]>>(z.enum(values) as never, meta, {
    type: 'string',
    unit: '-',
    allowed: values.map((value) => `'${value}'`).join(' or '),
    fix: `write one of ${values.map((value) => `'${value}'`).join(', ')}`,
  });
}

/** Text of a given form. `allowed` says the form in words, `example` shows it. */
export function text(pattern: RegExp, allowed: string, example: string, meta: SettingMeta<string>) {
  return setting(z.string().regex(pattern), meta, {
    type: 'string',
    unit: '-',
    allowed,
    fix: `write something like '${meta.default ?? example}'`,
  });
}

/** A DNS name without a trailing dot. */
export function domain(example: string, meta: SettingMeta<string>) {
  return text(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'a DNS name in lower case, such as agents.example.com',
    example,
    meta,
  );
}

/** An IPv4 range in CIDR form. */
export function cidr(example: string, meta: SettingMeta<string>) {
  return setting(z.cidrv4(), meta, {
    type: 'string',
    unit: '-',
    allowed: 'an IPv4 range in CIDR form',
    fix: `write a range such as '${meta.default ?? example}'`,
  });
}

/** An absolute https URL. */
export function httpsUrl(example: string, meta: SettingMeta<string>) {
  return setting(z.url({ protocol: /^https$/ }), meta, {
    type: 'string',
    unit: '-',
    allowed: 'an absolute URL that starts with https://',
    fix: `write a URL such as '${meta.default ?? example}'`,
  });
}

/** A time of day or week in cron's five fields, in UTC. */
export function cron(meta: SettingMeta<string>) {
  const field = String.raw`(\*|[0-9]{1,2}(-[0-9]{1,2})?(,[0-9]{1,2}(-[0-9]{1,2})?)*)(/[0-9]{1,2})?`;
  return setting(z.string().regex(new RegExp(`^${field}( ${field}){4}$`)), meta, {
    type: 'string',
    unit: 'cron, UTC',
    allowed: 'five cron fields: minute hour day-of-month month day-of-week',
    fix: `write a schedule such as '${meta.default ?? '0 3 * * *'}'`,
  });
}

const bounded = (at: number, min: number, max: number) => at >= min && at <= max;

/** A span of time between two bounds. */
export function duration(min: Duration, max: Duration, meta: SettingMeta<Duration>) {
  return setting(
    z.custom<Duration>(
      (value) =>
        value instanceof Duration && bounded(value.toMilliseconds(), min.toMilliseconds(), max.toMilliseconds()),
    ),
    meta,
    {
      type: 'Duration',
      unit: 'time',
      allowed: `a Duration from ${min.toHumanString()} to ${max.toHumanString()}`,
      fix: `write a Duration, such as Duration.${codeOf(meta.default ?? min)}`,
    },
  );
}

/** A span of time between two bounds, or `'permanent'`. */
export function durationOrPermanent(min: Duration, max: Duration, meta: SettingMeta<Duration | 'permanent'>) {
  return setting(
    z.custom<Duration | 'permanent'>(
      (value) =>
        value === 'permanent' ||
        (value instanceof Duration && bounded(value.toMilliseconds(), min.toMilliseconds(), max.toMilliseconds())),
    ),
    meta,
    {
      type: "Duration | 'permanent'",
      unit: 'time',
      allowed: `a Duration from ${min.toHumanString()} to ${max.toHumanString()}, or 'permanent'`,
      fix: `write a Duration, such as Duration.${codeOf(min)}, or 'permanent'`,
    },
  );
}

/** An amount of memory or disk between two bounds. */
export function size(min: Size, max: Size, meta: SettingMeta<Size>) {
  return setting(
    z.custom<Size>(
      (value) => value instanceof Size && bounded(value.toKibibytes(), min.toKibibytes(), max.toKibibytes()),
    ),
    meta,
    {
      type: 'Size',
      unit: 'bytes',
      allowed: `a Size from ${min.asString()} to ${max.asString()}`,
      fix: `write a Size, such as Size.gibibytes(${Math.max(1, Math.floor((meta.default ?? min).toGibibytes({ rounding: 2 })))})`,
    },
  );
}

/** CPU time between two bounds. */
export function cpu(min: Cpu, max: Cpu, meta: SettingMeta<Cpu>) {
  return setting(
    z.custom<Cpu>((value) => value instanceof Cpu && bounded(value.millis, min.millis, max.millis)),
    meta,
    {
      type: 'Cpu',
      unit: 'cores',
      allowed: `a Cpu from ${min.asString()} to ${max.asString()}`,
      fix: `write a Cpu, such as Cpu.millis(${(meta.default ?? min).millis})`,
    },
  );
}

/** Money to spend in a month. */
export function budget(meta: SettingMeta<Budget>) {
  return setting(
    z.custom<Budget>((value) => value instanceof Budget && bounded(value.usd, 1, 1_000_000)),
    meta,
    {
      type: 'Budget',
      unit: 'USD a month',
      allowed: 'a Budget from $1 to $1000000 a month',
      fix: `write a Budget, such as Budget.usdPerMonth(${meta.default?.usd ?? 600})`,
    },
  );
}

function codeOf(span: Duration | 'permanent'): string {
  if (span === 'permanent') return "days(30), or 'permanent'";
  const seconds = span.toSeconds();
  if (seconds % 86_400 === 0) return `days(${seconds / 86_400})`;
  if (seconds % 3_600 === 0) return `hours(${seconds / 3_600})`;
  if (seconds % 60 === 0) return `minutes(${seconds / 60})`;
  return `seconds(${seconds})`;
}
