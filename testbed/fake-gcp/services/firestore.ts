/** Databases and their settings; documents are the emulator's. @see https://cloud.google.com/firestore/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, type Service, text } from '../cloud.ts';
import { masked, maskOf } from '../field-mask.ts';
import { longRunning } from '../operation.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { api, began, database, databaseFound, databases, full, host, nameOf } from './firestore-database.ts';
import { firestoreIndexes } from './firestore-indexes.ts';

export const firestore = (cloud: Cloud): Service => ({
  api,
  host,
  base: '',
  alwaysOn: false,
  routes: [...databaseRoutes(cloud), ...scheduleRoutes(cloud), ...firestoreIndexes(cloud), ...operationRoutes(cloud)],
});

function databaseRoutes(cloud: Cloud): readonly Route[] {
  const { state, clock } = cloud;
  const recovery = (fields: Fields) => ({
    versionRetentionPeriod:
      fields.pointInTimeRecoveryEnablement === 'POINT_IN_TIME_RECOVERY_ENABLED' ? '604800s' : '3600s',
  });
  return [
    route('GET', databases, (call) => page(call, state.list(full(`${nameOf(call)}/*`)), 'databases')),
    route('POST', databases, (call) => {
      const id = call.query.get('databaseId') ?? '';
      if (id !== '(default)' && !/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/.test(id))
        throw new GoogleError('INVALID_ARGUMENT', `database_id '${id}' is invalid`);
      const name = `${nameOf(call)}/${id}`;
      if (state.get(full(name)) !== undefined)
        throw new GoogleError('ALREADY_EXISTS', 'Database already exists. Please use another database_id');
      if (!text(call.body.locationId)) throw new GoogleError('INVALID_ARGUMENT', 'locationId is missing.');
      const now = clock.timestamp();
      const fields = {
        uid: crypto.randomUUID(),
        createTime: now,
        updateTime: now,
        earliestVersionTime: now,
        concurrencyMode: 'PESSIMISTIC',
        appEngineIntegrationMode: 'DISABLED',
        keyPrefix: '',
        pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED',
        deleteProtectionState: 'DELETE_PROTECTION_DISABLED',
        databaseEdition: 'STANDARD',
        freeTier: state.names(full(`${nameOf(call)}/*`)).length === 0,
        ...call.body,
        ...recovery(call.body),
        name,
        etag: etagOf(cloud),
      };
      // It is listed when its operation has ended, and not before.
      if (cloud.operations.running(api, name))
        throw new GoogleError('ABORTED', `${name} is the subject of a conflict.`);
      state.set(`//internal/firestore/${name}`, fields);
      return began(cloud, 'create', name, name, [{ move: `//internal/firestore/${name}`, to: full(name) }], []);
    }),
    route('GET', database, (call) => databaseFound(cloud, call).fields),
    route('PATCH', database, (call) => {
      const { name, fields } = databaseFound(cloud, call);
      const after = masked(fields, call.body, maskOf(call.query.get('updateMask')));
      if (after.locationId !== fields.locationId)
        throw new GoogleError('INVALID_ARGUMENT', 'The location of a database cannot be changed.');
      const changed = { ...after, ...recovery(after), name, updateTime: clock.timestamp(), etag: etagOf(cloud) };
      return began(cloud, 'update', name, name, [{ merge: full(name), fields: changed }]);
    }),
    route('DELETE', database, (call) => {
      const { name, fields } = databaseFound(cloud, call);
      if (fields.deleteProtectionState === 'DELETE_PROTECTION_ENABLED')
        throw new GoogleError(
          'FAILED_PRECONDITION',
          `The database ${param(call, 'database')} has delete protection enabled. Please disable the protection and try again.`,
        );
      return began(cloud, 'delete', name, name, [{ remove: full(name) }]);
    }),
  ];
}

function scheduleRoutes(cloud: Cloud): readonly Route[] {
  const { state, clock } = cloud;
  const path = `${database}/backupSchedules`;
  const found = (call: Call): Fields => {
    const fields = state.get(full(nameOf(call)));
    if (fields === undefined) throw new GoogleError('NOT_FOUND', `Backup schedule '${nameOf(call)}' does not exist.`);
    return fields;
  };
  const seconds = (value: unknown) => Number(/^(\d+)s$/.exec(text(value))?.[1] ?? 0);
  const checked = (fields: Fields): Fields => {
    const daily = fields.dailyRecurrence !== undefined;
    if (daily === (fields.weeklyRecurrence !== undefined))
      throw new GoogleError('INVALID_ARGUMENT', 'A backup schedule has one recurrence.');
    const most = (daily ? 7 : 98) * 86_400;
    if (seconds(fields.retention) === 0 || seconds(fields.retention) > most)
      throw new GoogleError('INVALID_ARGUMENT', `retention must be at most ${most}s.`);
    return fields;
  };
  return [
    route('GET', path, (call) => {
      const { name } = databaseFound(cloud, call);
      return page(call, state.list(full(`${name}/backupSchedules/*`)), 'backupSchedules');
    }),
    // Nothing tells two that are equal apart but their ids: who asks twice has two.
    route('POST', path, (call) => {
      const { name } = databaseFound(cloud, call);
      const id = `${name}/backupSchedules/${crypto.randomUUID()}`;
      const now = clock.timestamp();
      return state.set(full(id), { ...checked(call.body), name: id, createTime: now, updateTime: now });
    }),
    route('GET', `${path}/{schedule}`, found),
    route('PATCH', `${path}/{schedule}`, (call) => {
      const after = masked(found(call), call.body, maskOf(call.query.get('updateMask') ?? 'retention'));
      return state.set(full(nameOf(call)), { ...checked(after), name: nameOf(call), updateTime: clock.timestamp() });
    }),
    route('DELETE', `${path}/{schedule}`, (call) => {
      found(call);
      state.remove(full(nameOf(call)));
      return {};
    }),
    route('GET', '/v1/projects/{project}/locations/{location}/backups', (call) =>
      page(call, state.list(full(`${nameOf(call)}/*`)), 'backups'),
    ),
  ];
}

function operationRoutes(cloud: Cloud): readonly Route[] {
  const path = `${database}/operations`;
  return [
    route('GET', `${path}/{operation}`, (call) => {
      const operation = cloud.operations.look(api, nameOf(call));
      if (operation === undefined) throw new GoogleError('NOT_FOUND', `Operation ${nameOf(call)} does not exist.`);
      return longRunning(operation, cloud.state.get(full(operation.target)));
    }),
    route('GET', path, (call) => {
      const own = cloud.operations.list(api).filter(({ name }) => name.startsWith(`${nameOf(call)}/`));
      return page(
        call,
        own.map((operation) => longRunning(operation, undefined)),
        'operations',
      );
    }),
  ];
}
