/** Clusters. @see https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1 */
import { GoogleError } from '../answer.ts';
import { type Cloud, object, objects, type Service, text } from '../cloud.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { newCluster, refuseUnusable } from './container-cluster.ts';
import {
  api,
  at,
  began,
  clusterFound,
  full,
  host,
  nameOf,
  operationShown,
  refuseWhileBusy,
  versions,
} from './container-operation.ts';
import { newPool, poolRoutes } from './container-pools.ts';
import { methodFields, updated } from './container-update.ts';
import { kubernetesPoolName } from './service-accounts.ts';

const clusters = `${at}/clusters`;
const one = `${clusters}/{cluster}`;

/** A cluster as it is shown: with its pools, which are resources of their own. */
function shown(cloud: Cloud, name: string): Fields {
  const fields = cloud.state.get(full(name)) ?? {};
  const nodePools = cloud.state.list(full(`${name}/nodePools/*`));
  const nodes = nodePools.reduce((sum, pool) => sum + Number(pool.initialNodeCount ?? 0), 0);
  return {
    ...fields,
    ...(nodePools.length > 0 && { nodePools, nodeConfig: nodePools[0]?.config }),
    currentNodeCount: nodes * (Array.isArray(fields.locations) ? fields.locations.length : 1),
  };
}

export const container = (cloud: Cloud): Service => ({
  api,
  host,
  base: '',
  alwaysOn: false,
  routes: [...clusterRoutes(cloud), ...poolRoutes(cloud), ...operationRoutes(cloud), ...configRoutes()],
});

function clusterRoutes(cloud: Cloud): readonly Route[] {
  const { state } = cloud;
  const change = (type: string, call: Call, fields: Fields): Fields => {
    const { name } = clusterFound(cloud, call);
    state.merge(full(name), { status: 'RECONCILING' });
    const running = { merge: full(name), fields: { status: 'RUNNING' } };
    return began(cloud, type, name, [{ merge: full(name), fields: { ...fields, status: 'RUNNING' } }], [running]);
  };
  return [
    route('GET', clusters, (call) => {
      const names = state.names(full(`${nameOf(call)}/*`)).map((name) => name.slice(full('').length));
      return names.length === 0 ? {} : { clusters: names.map((name) => shown(cloud, name)) };
    }),
    route('POST', clusters, (call) => {
      const given = object(call.body.cluster);
      const name = `${nameOf(call)}/${text(given.name)}`;
      if (!/^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/.test(text(given.name)))
        throw new GoogleError('INVALID_ARGUMENT', `Invalid value for field "cluster.name": "${text(given.name)}".`);
      if (state.get(full(name)) !== undefined) throw new GoogleError('ALREADY_EXISTS', `Already exists: ${name}.`);
      refuseUnusable(cloud, given, name);
      const { nodePools, ...rest } = given;
      const cluster = newCluster(cloud, name, rest);
      state.set(full(name), { ...cluster, status: 'PROVISIONING' });
      const pools = objects(nodePools).map((pool) => `${name}/nodePools/${text(pool.name)}`);
      for (const [index, pool] of objects(nodePools).entries())
        state.set(full(pools[index] ?? ''), { ...newPool(cloud, cluster, pool), status: 'PROVISIONING' });
      if (object(cluster.workloadIdentityConfig).workloadPool !== undefined)
        state.set(kubernetesPoolName(cloud.project), {});
      const end = (status: string) => [name, ...pools].map((one) => ({ merge: full(one), fields: { status } }));
      return began(cloud, 'CREATE_CLUSTER', name, end('RUNNING'), end('ERROR'));
    }),
    route('GET', one, (call) => shown(cloud, clusterFound(cloud, call).name)),
    route('PUT', one, (call) => {
      const { name, fields } = clusterFound(cloud, call);
      refuseWhileBusy(cloud, name);
      const { cluster, pool } = updated(cloud, fields, object(call.body.update));
      if (pool) {
        const poolName = `${name}/nodePools/${pool.id}`;
        const before = state.get(full(poolName));
        if (before === undefined) throw new GoogleError('NOT_FOUND', `Not found: ${poolName}.`);
        return began(cloud, 'UPDATE_CLUSTER', poolName, [{ merge: full(poolName), fields: pool.fields(before) }], []);
      }
      return change('UPDATE_CLUSTER', call, cluster);
    }),
    ...Object.entries(methodFields).map(([verb, fields]) =>
      route('POST', `${one}:${verb}`, (call) => {
        const { name, fields: before } = clusterFound(cloud, call);
        refuseWhileBusy(cloud, name);
        const changed = fields(call.body, before);
        // These are done when they are answered, in the operation too.
        return change('UPDATE_CLUSTER', call, changed);
      }),
    ),
    route('DELETE', one, (call) => {
      const { name } = clusterFound(cloud, call);
      refuseWhileBusy(cloud, name);
      state.merge(full(name), { status: 'STOPPING' });
      const failed = { merge: full(name), fields: { status: 'ERROR' } };
      return began(cloud, 'DELETE_CLUSTER', name, [{ remove: full(name) }], [failed]);
    }),
  ];
}

function operationRoutes(cloud: Cloud): readonly Route[] {
  const path = `${at}/operations`;
  return [
    route('GET', `${path}/{operation}`, (call) => {
      const operation = cloud.operations.look(api, nameOf(call));
      if (operation === undefined) throw new GoogleError('NOT_FOUND', `Not found: ${nameOf(call)}.`);
      return operationShown(cloud, operation);
    }),
    route('GET', path, (call) => {
      const location = param(call, 'location');
      const own = cloud.operations.list(api).filter(({ name }) => location === '-' || name.split('/')[3] === location);
      return own.length === 0 ? {} : { operations: own.map((operation) => operationShown(cloud, operation)) };
    }),
  ];
}

const configRoutes = (): readonly Route[] => [
  route('GET', `${at}/serverConfig`, () => ({
    defaultClusterVersion: versions.master,
    validMasterVersions: versions.valid,
    validNodeVersions: versions.valid,
    defaultImageType: 'COS_CONTAINERD',
    validImageTypes: ['COS_CONTAINERD', 'UBUNTU_CONTAINERD'],
    channels: ['RAPID', 'REGULAR', 'STABLE'].map((channel) => ({
      channel,
      defaultVersion: versions.master,
      validVersions: versions.valid,
    })),
  })),
];
