/** Indexes and fields of a database. */
import { GoogleError } from '../answer.ts';
import { type Cloud, isObject, object, objects, text } from '../cloud.ts';
import { masked, maskOf } from '../field-mask.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { began, database, databaseFound, full, nameOf } from './firestore-database.ts';

const group = `${database}/collectionGroups/{group}`;

export const firestoreIndexes = (cloud: Cloud): readonly Route[] => [...indexRoutes(cloud), ...fieldRoutes(cloud)];

function indexRoutes(cloud: Cloud): readonly Route[] {
  const { state } = cloud;
  const found = (call: Call): Fields => {
    databaseFound(cloud, call);
    const fields = state.get(full(nameOf(call)));
    if (fields === undefined) throw new GoogleError('NOT_FOUND', `No index with name ${nameOf(call)} was found.`);
    return fields;
  };
  const shape = ({ queryScope, fields }: Fields) => JSON.stringify([queryScope, objects(fields)]);
  return [
    route('GET', `${group}/indexes`, (call) => {
      databaseFound(cloud, call);
      return page(call, state.list(full(`${nameOf(call)}/*`)), 'indexes');
    }),
    route('POST', `${group}/indexes`, (call) => {
      const { name: owner } = databaseFound(cloud, call);
      const given = objects(call.body.fields);
      if (given.length < 2)
        throw new GoogleError(
          'INVALID_ARGUMENT',
          'this index is not necessary, configure using single field index controls',
        );
      const last = text(given.at(-1)?.order) || 'ASCENDING';
      const fields = given.some(({ fieldPath }) => fieldPath === '__name__')
        ? given
        : [...given, { fieldPath: '__name__', order: last }];
      const index = { queryScope: 'COLLECTION', density: 'SPARSE_ALL', ...call.body, fields };
      if (state.list(full(`${nameOf(call)}/*`)).some((other) => shape(other) === shape(index)))
        throw new GoogleError('ALREADY_EXISTS', 'index already exists');
      const name = `${nameOf(call)}/CICAgO${String(state.next('index')).padStart(6, '0')}`;
      state.set(full(name), { ...index, name, state: 'CREATING' });
      const ready = { merge: full(name), fields: { state: 'READY' } };
      return began(cloud, 'index', owner, name, [ready], [{ merge: full(name), fields: { state: 'NEEDS_REPAIR' } }]);
    }),
    route('GET', `${group}/indexes/{index}`, found),
    route('DELETE', `${group}/indexes/{index}`, (call) => {
      found(call);
      state.remove(full(nameOf(call)));
      return {};
    }),
  ];
}

/** What every field has that nobody changed. */
const automatic = (name: string) => ({
  indexes: [
    { queryScope: 'COLLECTION', fields: [{ fieldPath: '*', order: 'ASCENDING' }], state: 'READY' },
    { queryScope: 'COLLECTION', fields: [{ fieldPath: '*', order: 'DESCENDING' }], state: 'READY' },
    { queryScope: 'COLLECTION', fields: [{ fieldPath: '*', arrayConfig: 'CONTAINS' }], state: 'READY' },
  ],
  usesAncestorConfig: true,
  ancestorField: name.replace(/\/collectionGroups\/.*/, '/collectionGroups/__default__/fields/*'),
});

/** A field that was changed is listed; each other is as Google's default for all says. */
function fieldRoutes(cloud: Cloud): readonly Route[] {
  const { state } = cloud;
  const current = (name: string): Fields => state.get(full(name)) ?? { name, indexConfig: automatic(name) };
  return [
    route('GET', `${group}/fields`, (call) => {
      databaseFound(cloud, call);
      const filter = call.query.get('filter') ?? '';
      const fits = ({ ttlConfig, indexConfig }: Fields) =>
        (filter.includes('ttlConfig:*') && isObject(ttlConfig)) ||
        (filter.includes('usesAncestorConfig:false') && object(indexConfig).usesAncestorConfig !== true);
      return page(call, state.list(full(`${nameOf(call)}/*`)).filter(fits), 'fields');
    }),
    route('GET', `${group}/fields/{field*}`, (call) => {
      databaseFound(cloud, call);
      return current(nameOf(call));
    }),
    route('PATCH', `${group}/fields/{field*}`, (call) => {
      const { name: owner } = databaseFound(cloud, call);
      const name = nameOf(call);
      const mask = maskOf(call.query.get('updateMask') ?? 'indexConfig,ttlConfig');
      const before = current(name);
      const { ttlConfig, indexConfig, ...rest } = masked(before, call.body, mask);
      const siblings = state.list(full(`${owner}/collectionGroups/${param(call, 'group')}/fields/*`));
      if (isObject(ttlConfig) && siblings.some((other) => other.name !== name && isObject(other.ttlConfig)))
        throw new GoogleError(
          'FAILED_PRECONDITION',
          `A collection group can have one field with TTL: ${param(call, 'group')} has another.`,
        );
      const ttl = isObject(ttlConfig) ? { ttlConfig: { ...ttlConfig, state: 'CREATING' } } : { ttlConfig: undefined };
      const indexes = mask.includes('indexConfig')
        ? { indexConfig: isObject(indexConfig) ? { indexes: [], ...indexConfig } : automatic(name) }
        : { indexConfig };
      const after = { ...rest, ...indexes, ...(mask.includes('ttlConfig') ? ttl : { ttlConfig }), name };
      state.set(full(name), after);
      const active = isObject(ttlConfig) ? { ttlConfig: { ...ttlConfig, state: 'ACTIVE' } } : {};
      return began(cloud, 'field', owner, name, [{ merge: full(name), fields: active }], []);
    }),
  ];
}
