import { randomInt } from 'node:crypto';
import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'secretmanager.googleapis.com';

interface Secret {
  readonly name: string;
  readonly replication?: { readonly automatic?: unknown };
}

export interface SecretProps {
  readonly name: string;
  /** The value to store; asked for only where there is none. It is given to gcloud on standard input. */
  readonly value: () => Promise<string>;
}

/** A value in Secret Manager. One that is there stays: a new password would lock out what was set up with the old one. */
export function secret({ name, value }: SecretProps): Resource {
  return {
    id: `secret:${name}`,
    title: `secret ${name}`,
    api,
    needs: [apisId],
    keep: { as: 'data', because: 'what was stored with its value cannot be read without it' },
    wanted: { replication: 'automatic', value: 'set' },
    async read(read) {
      const all = await read.json<readonly Secret[]>('secrets', 'list');
      const found = all.find((one) => one.name.split('/').at(-1) === name);
      if (found === undefined) return undefined;
      const versions = await read.json<readonly unknown[]>(
        'secrets',
        'versions',
        'list',
        name,
        '--filter=state=ENABLED',
        '--limit=1',
      );
      return {
        fields: {
          replication: found.replication?.automatic === undefined ? 'chosen' : 'automatic',
          value: versions.length > 0 ? 'set' : 'none',
        },
      };
    },
    create: () => [
      { words: ['secrets', 'create', name, '--replication-policy=automatic', '--data-file=-'], input: value },
    ],
    update: (changes) =>
      changes.some(({ field }) => field === 'replication')
        ? undefined
        : [{ words: ['secrets', 'versions', 'add', name, '--data-file=-'], input: value }],
    remove: () => [{ words: ['secrets', 'delete', name] }],
    cost: { low: 0.06, high: 0.06 },
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits, each equally likely: no store has to escape them. */
export const generated = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
