import { randomInt } from 'node:crypto';
import type { Resource } from '../engine/resource.ts';
import { apiId } from './apis.ts';

const api = 'secretmanager.googleapis.com';

interface Secret {
  readonly name: string;
  readonly replication?: { readonly automatic?: unknown };
}

/** One list for all secrets. */
export const listSecrets = ['secrets', 'list'] as const;
const leaf = (name: string) => name.split('/').at(-1) ?? '';

/** The place of a value in Secret Manager. */
export function secret(name: string): Resource {
  return {
    id: `secret:${name}`,
    title: `secret ${name}`,
    api,
    needs: [apiId(api)],
    keep: { as: 'data', because: 'what was stored with its value cannot be read without it' },
    wanted: { replication: 'automatic' },
    async read(read) {
      const all = await read.json<readonly Secret[]>(...listSecrets);
      const found = all.find((one) => leaf(one.name) === name);
      return found && { fields: { replication: found.replication?.automatic === undefined ? 'chosen' : 'automatic' } };
    },
    create: () => [{ words: ['secrets', 'create', name, '--replication-policy=automatic'] }],
    update: () => undefined,
    remove: () => [{ words: ['secrets', 'delete', name] }],
    cost: { low: 0.06, high: 0.06 },
  };
}

export interface SecretValueProps {
  readonly name: string;
  /** The value to store; asked for only where there is none. It is given to gcloud on standard input. */
  readonly value: () => Promise<string>;
}

/** A secret has a value. One that has keeps it: a new password would lock out what was set up with the old one. */
export function secretValue({ name, value }: SecretValueProps): Resource {
  return {
    id: `secret-value:${name}`,
    title: `value of ${name}`,
    api,
    needs: [`secret:${name}`],
    keep: { as: 'data', because: 'it goes with its secret' },
    wanted: {},
    async read(read) {
      const all = await read.json<readonly Secret[]>(...listSecrets);
      if (!all.some((one) => leaf(one.name) === name)) return undefined;
      const versions = await read.json<readonly unknown[]>(
        'secrets',
        'versions',
        'list',
        name,
        '--filter=state=ENABLED',
        '--limit=1',
      );
      return versions.length > 0 ? { fields: {} } : undefined;
    },
    create: () => [{ words: ['secrets', 'versions', 'add', name, '--data-file=-'], input: value }],
    update: () => [],
    remove: () => [],
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits, each equally likely: no store has to escape them. */
export const generated = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
