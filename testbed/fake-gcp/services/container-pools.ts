/** Node pools. */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, object, text } from '../cloud.ts';
import { joined } from '../field-mask.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { refuseUnknownAccount, withoutDefaults } from './container-cluster.ts';
import { began, clusterFound, full, nameOf, refuseWhileBusy, versions } from './container-operation.ts';

const pools = '/v1/projects/{project}/locations/{location}/clusters/{cluster}/nodePools';
const one = `${pools}/{pool}`;

/** As GKE shows it: with what it puts in where nothing was sent. */
export function newPool(cloud: Cloud, cluster: Fields, given: Fields): Fields {
  const whole = {
    selfLink: `${text(cluster.selfLink)}/nodePools/${text(given.name)}`,
    version: versions.master,
    locations: cluster.locations,
    podIpv4CidrSize: 24,
    upgradeSettings: { maxSurge: 1, strategy: 'SURGE' },
    etag: etagOf(cloud),
    ...given,
    management: { autoRepair: true, autoUpgrade: true, ...object(given.management) },
    config: {
      machineType: 'e2-medium',
      diskSizeGb: 100,
      diskType: 'pd-balanced',
      imageType: 'COS_CONTAINERD',
      serviceAccount: 'default',
      ...object(given.config),
      kubeletConfig: { insecureKubeletReadonlyPortEnabled: false, ...object(object(given.config).kubeletConfig) },
      shieldedInstanceConfig: {
        enableIntegrityMonitoring: true,
        ...object(object(given.config).shieldedInstanceConfig),
      },
    },
  };
  // gcloud prints 0 nodes where there is none, and GKE shows the field only where there are some.
  return withoutDefaults(whole) as Fields;
}

/** Fields of a change of a pool that are fields of its machines. */
const configFields = new Set([
  'imageType',
  'machineType',
  'diskType',
  'diskSizeGb',
  'workloadMetadataConfig',
  'kubeletConfig',
  'linuxNodeConfig',
  'gcfsConfig',
  'gvnic',
  'loggingConfig',
  'resourceManagerTags',
]);
/** Those that wrap what they hold. */
const unwrapped: Readonly<Record<string, string>> = {
  labels: 'labels',
  taints: 'taints',
  tags: 'tags',
  resourceLabels: 'labels',
};
const own = new Set(['upgradeSettings', 'locations', 'queuedProvisioning']);
const notAChange = new Set(['name', 'clusterId', 'nodePoolId', 'projectId', 'zone', 'etag']);

function changed(before: Fields, body: Fields): Fields {
  const config: Record<string, unknown> = { ...object(before.config) };
  const fields: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    const inner = unwrapped[field];
    if (configFields.has(field)) {
      const old = config[field];
      config[field] = typeof value === 'object' ? joined(object(old), object(value)) : value;
    } else if (inner) config[field] = object(value)[inner];
    else if (field === 'nodeNetworkConfig') fields.networkConfig = joined(object(before.networkConfig), object(value));
    else if (field === 'nodeVersion') fields.version = value;
    else if (own.has(field)) fields[field] = value;
    else if (!notAChange.has(field))
      throw new GoogleError('INVALID_ARGUMENT', `Invalid JSON payload received. Unknown name "${field}".`);
  }
  return { ...fields, config: withoutDefaults(config) };
}

export function poolRoutes(cloud: Cloud): readonly Route[] {
  const { state } = cloud;
  const found = (call: Call): { readonly name: string; readonly fields: Fields; readonly cluster: string } => {
    const { name: cluster } = clusterFound(cloud, call);
    const name = `${cluster}/nodePools/${param(call, 'pool')}`;
    const fields = state.get(full(name));
    if (fields === undefined) throw new GoogleError('NOT_FOUND', `Not found: ${name}.`);
    return { name, fields, cluster };
  };
  const change = (type: string, call: Call, fields: (before: Fields) => Fields): Fields => {
    const { name, fields: before, cluster } = found(call);
    refuseWhileBusy(cloud, cluster);
    const after = fields(before);
    state.merge(full(name), { status: 'RECONCILING' });
    const end = { merge: full(name), fields: { ...after, status: 'RUNNING' } };
    return began(cloud, type, name, [end], [{ merge: full(name), fields: { status: 'RUNNING_WITH_ERROR' } }]);
  };
  return [
    route('GET', pools, (call) => {
      const nodePools = state.list(full(`${clusterFound(cloud, call).name}/nodePools/*`));
      return nodePools.length === 0 ? {} : { nodePools };
    }),
    route('POST', pools, (call) => {
      const { name: cluster, fields } = clusterFound(cloud, call);
      const given = object(call.body.nodePool);
      const name = `${cluster}/nodePools/${text(given.name)}`;
      if (state.get(full(name)) !== undefined) throw new GoogleError('ALREADY_EXISTS', `Already exists: ${name}.`);
      refuseWhileBusy(cloud, cluster);
      refuseUnknownAccount(cloud, object(given.config).serviceAccount);
      state.set(full(name), { ...newPool(cloud, fields, given), status: 'PROVISIONING' });
      const end = (status: string) => ({ merge: full(name), fields: { status } });
      return began(cloud, 'CREATE_NODE_POOL', name, [end('RUNNING')], [end('ERROR')]);
    }),
    route('GET', one, (call) => found(call).fields),
    route('PUT', one, (call) => change('UPGRADE_NODES', call, (before) => changed(before, call.body))),
    route('POST', `${one}:setManagement`, (call) =>
      change('SET_NODE_POOL_MANAGEMENT', call, () => ({ management: withoutDefaults(call.body.management) })),
    ),
    route('POST', `${one}:setAutoscaling`, (call) =>
      change('UPDATE_CLUSTER', call, () => ({ autoscaling: withoutDefaults(call.body.autoscaling) })),
    ),
    route('POST', `${one}:setSize`, (call) =>
      change('SET_NODE_POOL_SIZE', call, () => ({ initialNodeCount: call.body.nodeCount })),
    ),
    route('DELETE', one, (call) => {
      const { name, cluster } = found(call);
      refuseWhileBusy(cloud, cluster);
      state.merge(full(name), { status: 'STOPPING' });
      const failed = { merge: full(name), fields: { status: 'ERROR' } };
      return began(cloud, 'DELETE_NODE_POOL', nameOf(call), [{ remove: full(name) }], [failed]);
    }),
  ];
}
