import { createHash } from 'node:crypto';
import type { Found, Resource } from '../engine/resource.ts';
import type { Reader } from '../gcloud/reader.ts';
import { apisId } from './apis.ts';

const api = 'firestore.googleapis.com';
const data = { as: 'data', because: 'it holds long-term memory' } as const;
const leaf = (name: string) => name.split('/').at(-1) ?? '';

interface Database {
  readonly name: string;
  readonly locationId?: string;
  readonly type?: string;
  readonly deleteProtectionState?: string;
  readonly pointInTimeRecoveryEnablement?: string;
  readonly deleteTime?: string;
}

const databaseId = (database: string) => `firestore:${database}`;

async function find(read: Reader, database: string): Promise<Database | undefined> {
  const all = await read.json<readonly Database[]>('firestore', 'databases', 'list');
  return all.find((one) => leaf(one.name) === database && one.deleteTime === undefined);
}

/** Nothing below a database can be asked for where there is none. */
const within = (database: string, look: (read: Reader) => Promise<Found | undefined>) => async (read: Reader) =>
  (await find(read, database)) === undefined ? undefined : look(read);

/** Long-term memory: can be read as it was at any minute of the last seven days, and not be deleted by accident. */
export function firestoreDatabase(database: string, location: string): Resource {
  const flag = `--database=${database}`;
  return {
    id: databaseId(database),
    title: `Firestore database ${database}`,
    api,
    needs: [apisId],
    returnsEarly: true,
    keep: data,
    wanted: {
      location,
      type: 'FIRESTORE_NATIVE',
      'delete protection': true,
      'point-in-time recovery': true,
    },
    async read(read) {
      const found = await find(read, database);
      return (
        found && {
          fields: {
            location: found.locationId ?? '',
            type: found.type ?? '',
            'delete protection': found.deleteProtectionState === 'DELETE_PROTECTION_ENABLED',
            'point-in-time recovery': found.pointInTimeRecoveryEnablement === 'POINT_IN_TIME_RECOVERY_ENABLED',
          },
        }
      );
    },
    create: () => [
      {
        words: [
          'firestore',
          'databases',
          'create',
          flag,
          `--location=${location}`,
          '--type=firestore-native',
          '--delete-protection',
          '--enable-pitr',
        ],
      },
    ],
    update: (changes) =>
      changes.some(({ field }) => field === 'location' || field === 'type')
        ? undefined
        : [{ words: ['firestore', 'databases', 'update', flag, '--delete-protection', '--enable-pitr'] }],
    remove: () => [
      { words: ['firestore', 'databases', 'update', flag, '--no-delete-protection'] },
      { words: ['firestore', 'databases', 'delete', flag] },
    ],
    cost: 'unknown',
  };
}

interface Field {
  readonly name: string;
  readonly ttlConfig?: { readonly state?: string };
  readonly indexConfig?: { readonly indexes?: readonly unknown[]; readonly usesAncestorConfig?: boolean };
}

/** Documents go by themselves after the time in this field; the memory service's own reads are exact without it. */
export function firestoreTtl(database: string, collectionGroup: string, field: string): Resource {
  const where = [field, `--collection-group=${collectionGroup}`, `--database=${database}`];
  return {
    id: `firestore-ttl:${database}:${collectionGroup}:${field}`,
    title: `TTL of ${database}/${collectionGroup} by ${field}`,
    api,
    needs: [databaseId(database)],
    keep: data,
    wanted: { ttl: true },
    read: within(database, async (read) => {
      const all = await read.json<readonly Field[]>('firestore', 'fields', 'ttls', 'list', `--database=${database}`);
      const found = all.find(({ name }) => name.endsWith(`/collectionGroups/${collectionGroup}/fields/${field}`));
      const state = found?.ttlConfig?.state;
      if (state === undefined) return undefined;
      return { fields: { ttl: state !== 'NEEDS_REPAIR' } };
    }),
    create: () => [{ words: ['firestore', 'fields', 'ttls', 'update', ...where, '--enable-ttl', '--async'] }],
    update: () => [{ words: ['firestore', 'fields', 'ttls', 'update', ...where, '--enable-ttl', '--async'] }],
    remove: () => [],
  };
}

export interface CompositeIndex {
  readonly collectionGroup: string;
  readonly queryScope: string;
  readonly fields: readonly { readonly fieldPath: string; readonly order?: string; readonly arrayConfig?: string }[];
}

interface Index {
  readonly name: string;
  readonly queryScope?: string;
  readonly state?: string;
  readonly fields?: readonly { readonly fieldPath: string; readonly order?: string; readonly arrayConfig?: string }[];
}

/** Google adds the field __name__ at the end of each. */
const shape = (index: Pick<CompositeIndex, 'fields'>) =>
  index.fields
    .filter(({ fieldPath }) => fieldPath !== '__name__')
    .map(({ fieldPath, order, arrayConfig }) => `${fieldPath} ${order ?? arrayConfig ?? ''}`)
    .join(', ');

/** An index that a query of the memory service needs; without it, Firestore refuses the query. */
export function firestoreIndex(database: string, index: CompositeIndex): Resource {
  const { collectionGroup, fields } = index;
  const what = shape(index);
  return {
    id: `firestore-index:${database}:${collectionGroup}:${createHash('sha256').update(what).digest('hex').slice(0, 8)}`,
    title: `index of ${database}/${collectionGroup}: ${what}`,
    api,
    needs: [databaseId(database)],
    keep: data,
    wanted: {},
    read: within(database, async (read) => {
      const all = await read.json<readonly Index[]>(
        'firestore',
        'indexes',
        'composite',
        'list',
        `--database=${database}`,
      );
      const found = all.find(
        (one) =>
          one.name.includes(`/collectionGroups/${collectionGroup}/`) && shape({ fields: one.fields ?? [] }) === what,
      );
      return found && { fields: {} };
    }),
    create: () => [
      {
        words: [
          'firestore',
          'indexes',
          'composite',
          'create',
          `--database=${database}`,
          `--collection-group=${collectionGroup}`,
          '--query-scope=collection',
          ...fields.map(({ fieldPath, order, arrayConfig }) =>
            order === undefined
              ? `--field-config=field-path=${fieldPath},array-config=${(arrayConfig ?? 'contains').toLowerCase()}`
              : `--field-config=field-path=${fieldPath},order=${order.toLowerCase()}`,
          ),
          '--async',
        ],
      },
    ],
    update: () => [],
    remove: () => [],
  };
}

/** A field without the indexes that Firestore makes by itself: each costs a write, and one on a time gets hot. */
export function firestoreFieldWithoutIndexes(database: string, collectionGroup: string, field: string): Resource {
  return {
    id: `firestore-field:${database}:${collectionGroup}:${field}`,
    title: `no index of ${database}/${collectionGroup} by ${field}`,
    api,
    needs: [databaseId(database)],
    keep: data,
    wanted: { indexes: 0 },
    read: within(database, async (read) => {
      const all = await read.json<readonly Field[]>('firestore', 'indexes', 'fields', 'list', `--database=${database}`);
      const found = all.find(({ name }) => name.endsWith(`/collectionGroups/${collectionGroup}/fields/${field}`));
      if (found?.indexConfig === undefined || found.indexConfig.usesAncestorConfig === true) return undefined;
      return { fields: { indexes: found.indexConfig.indexes?.length ?? 0 } };
    }),
    create: () => [
      {
        words: [
          'firestore',
          'indexes',
          'fields',
          'update',
          field,
          `--database=${database}`,
          `--collection-group=${collectionGroup}`,
          '--disable-indexes',
          '--async',
        ],
      },
    ],
    update: () => [
      {
        words: [
          'firestore',
          'indexes',
          'fields',
          'update',
          field,
          `--database=${database}`,
          `--collection-group=${collectionGroup}`,
          '--disable-indexes',
          '--async',
        ],
      },
    ],
    remove: () => [],
  };
}

interface Schedule {
  readonly name: string;
  readonly dailyRecurrence?: unknown;
  readonly weeklyRecurrence?: unknown;
  readonly retention?: string;
}

/** Firestore keeps a daily backup seven days at most, and a weekly one fourteen weeks. */
export function firestoreBackups(database: string, every: 'day' | 'week'): Resource {
  const [recurrence, retention, seconds] =
    every === 'day' ? (['daily', '7d', 7 * 86_400] as const) : (['weekly', '14w', 14 * 7 * 86_400] as const);
  const has = (schedule: Schedule) =>
    (every === 'day' ? schedule.dailyRecurrence : schedule.weeklyRecurrence) !== undefined;
  const list = ['firestore', 'backups', 'schedules', 'list', `--database=${database}`] as const;
  return {
    id: `firestore-backups:${database}:${every}`,
    title: `${recurrence} backups of Firestore database ${database}`,
    api,
    needs: [databaseId(database)],
    keep: data,
    wanted: { retention: `${seconds}s` },
    read: within(database, async (read) => {
      const found = (await read.json<readonly Schedule[]>(...list)).find(has);
      return found && { fields: { retention: found.retention ?? '', name: leaf(found.name) } };
    }),
    create: () => [
      {
        words: [
          'firestore',
          'backups',
          'schedules',
          'create',
          `--database=${database}`,
          `--recurrence=${recurrence}`,
          ...(every === 'week' ? ['--day-of-week=SUN'] : []),
          `--retention=${retention}`,
        ],
      },
    ],
    update: (_changes, found) => [
      {
        words: [
          'firestore',
          'backups',
          'schedules',
          'update',
          `--database=${database}`,
          `--backup-schedule=${String(found.fields.name)}`,
          `--retention=${retention}`,
        ],
      },
    ],
    remove: () => [],
  };
}
