import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'cloudkms.googleapis.com';
const forever = { as: 'forever', because: 'Google never deletes key rings and keys' } as const;
const leaf = (name: string) => name.split('/').at(-1) ?? '';

interface Key {
  readonly name: string;
  readonly purpose?: string;
  readonly rotationPeriod?: string;
}

export function keyRing(name: string, location: string): Resource {
  return {
    id: `key-ring:${location}`,
    title: `key ring ${name}`,
    api,
    needs: [apisId],
    keep: forever,
    wanted: {},
    async read(read) {
      const all = await read.json<readonly { readonly name: string }[]>(
        'kms',
        'keyrings',
        'list',
        `--location=${location}`,
      );
      return all.some((one) => leaf(one.name) === name) ? { fields: {} } : undefined;
    },
    create: () => [{ words: ['kms', 'keyrings', 'create', name, `--location=${location}`] }],
    update: () => [],
    remove: () => [],
  };
}

const ROTATION_DAYS = 90;

/** Encrypts the Secrets of a cluster once more before they reach etcd. Rotated four times a year; old versions still decrypt. */
export function key(name: string, ring: string, location: string, now: () => number): Resource {
  const where = [name, `--keyring=${ring}`, `--location=${location}`];
  const rotation = () => [
    `--rotation-period=${ROTATION_DAYS}d`,
    `--next-rotation-time=${new Date(now() + ROTATION_DAYS * 86_400_000).toISOString().slice(0, 19)}Z`,
  ];
  return {
    id: `key:${location}`,
    title: `key ${ring}/${name}`,
    api,
    needs: [`key-ring:${location}`],
    keep: forever,
    wanted: { purpose: 'ENCRYPT_DECRYPT', rotation: `${ROTATION_DAYS * 86_400}s` },
    async read(read) {
      const rings = await read.json<readonly { readonly name: string }[]>(
        'kms',
        'keyrings',
        'list',
        `--location=${location}`,
      );
      if (!rings.some((one) => leaf(one.name) === ring)) return undefined;
      const all = await read.json<readonly Key[]>('kms', 'keys', 'list', `--keyring=${ring}`, `--location=${location}`);
      const found = all.find((one) => leaf(one.name) === name);
      return found && { fields: { purpose: found.purpose ?? '', rotation: found.rotationPeriod ?? 'never' } };
    },
    create: () => [{ words: ['kms', 'keys', 'create', ...where, '--purpose=encryption', ...rotation()] }],
    update: (changes) =>
      changes.some(({ field }) => field === 'purpose')
        ? undefined
        : [{ words: ['kms', 'keys', 'update', ...where, ...rotation()] }],
    remove: () => [],
    cost: { low: 0.06, high: 0.48 },
  };
}
