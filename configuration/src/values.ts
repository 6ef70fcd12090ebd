import * as z from 'zod';

// Each kind reads one text into one value and says which texts it takes (`allowed`).

function reading<Value>(allowed: string, read: (text: string) => Value | undefined, secret = false) {
  return z
    .transform((text: unknown, context): Value => {
      const value = typeof text === 'string' ? read(text) : undefined;
      if (value !== undefined) return value;
      context.addIssue(allowed);
      return z.NEVER;
    })
    .meta(secret ? { allowed, secret } : { allowed });
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
}

export function integer({ min, max, unit }: Range) {
  const allowed = `integer, ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`;
  return reading(allowed, (text) => (/^-?\d+$/.test(text) ? within(Number(text), min, max) : undefined));
}

export function decimal({ min, max }: Range) {
  return reading(`number, ${min} to ${max}`, (text) =>
    /^-?\d+(\.\d+)?$/.test(text) ? within(Number(text), min, max) : undefined,
  );
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

export const port = () => integer({ min: 1, max: 65_535 });
export const seconds = (min: number, max: number) => integer({ min, max, unit: 'seconds' });
export const milliseconds = (min: number, max: number) => integer({ min, max, unit: 'milliseconds' });
export const bytes = (min: number, max: number) => integer({ min, max, unit: 'bytes' });

export function choice<const Options extends readonly string[]>(...options: Options) {
  return reading(options.join(' | '), (given): Options[number] | undefined =>
    options.find((option) => option === given),
  );
}

export function flag() {
  return reading('true | false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));
}

export function text(allowed: string, pattern: RegExp) {
  return reading(allowed, matching(pattern));
}

/** A password, key or token. White space around it is a mistake made when the secret was stored. */
export function secret(shortest = 1) {
  const allowed = `text of at least ${shortest} character${shortest === 1 ? '' : 's'}, no white space at its ends`;
  return reading(allowed, (given) => (given.length >= shortest && given.trim() === given ? given : undefined), true);
}

export const name = () => text('letters, digits, "_", "-", at most 63', /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
export const word = () => text('text without white space', /^\S+$/);
export const host = () => text('host name or IP address', /^[A-Za-z0-9.:_-]+$/);
export const absolutePath = () => text('absolute path', /^\/\S*$/);

export function url() {
  return reading('http or https URL without a login', (given) => (parseUrl(given) === undefined ? undefined : given));
}

/** What a token's trust rests on: nobody on the way may change what is fetched from there. */
export function trustedUrl() {
  return reading('https URL without a login (http only for this machine)', (given) => {
    const parsed = parseUrl(given);
    return parsed?.protocol === 'https:' || (parsed && isLoopback(parsed.hostname)) ? given : undefined;
  });
}

function parseUrl(given: string): URL | undefined {
  const parsed = URL.parse(given);
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  return isHttp && parsed.username === '' && parsed.password === '' ? parsed : undefined;
}

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Texts with commas between them. */
export function list(allowed: string, pattern: RegExp) {
  return listOf(`comma-separated: ${allowed}`, matching(pattern));
}

export function listOf<Item>(allowed: string, read: (item: string) => Item | undefined) {
  return reading(allowed, (given): readonly Item[] | undefined => {
    const items = given.split(',').map((item) => read(item.trim()));
    return items.every((item) => item !== undefined) ? items : undefined;
  });
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export function hostPorts(defaultPort: number) {
  return listOf(`comma-separated: host or host:port (${defaultPort})`, (item): HostPort | undefined => {
    const [, host, port = String(defaultPort)] =
      /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?$/.exec(item) ?? [];
    const number = within(Number(port), 1, 65_535);
    return host === undefined || number === undefined ? undefined : { host, port: number };
  });
}
