/** Networks and what is in them. @see https://cloud.google.com/compute/docs/reference/rest/v1 */
import { GoogleError, grpcCodes } from '../answer.ts';
import { type Cloud, fullName, isObject, objects, type Service, text } from '../cloud.ts';
import { joined } from '../field-mask.ts';
import type { Operation } from '../operation.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { type Kind, kinds } from './compute-kinds.ts';

const api = 'compute';
export const host = 'compute.googleapis.com';
const root = 'https://www.googleapis.com/compute/v1/';

/** `projects/p/global/networks/n` of a whole address, or of a part of it. */
export function reference(cloud: Cloud, given: unknown): string {
  const whole = text(given).replace(/^https?:\/\/.*?\/(?=projects\/)/, '');
  return /^(?:global|regions|zones)\//.test(whole) ? `projects/${cloud.project}/${whole}` : whole;
}

export function compute(cloud: Cloud): Service {
  const places = ['global', 'regions/{region}', 'zones/{zone}'];
  return {
    api,
    host,
    base: '/compute/v1',
    alwaysOn: false,
    errors: 'older',
    routes: [
      ...Object.entries(kinds).flatMap(([collection, kind]) => [
        ...kind.places.flatMap((place) => kindRoutes(cloud, `/projects/{project}/${place}/${collection}`, kind)),
        route('GET', `/projects/{project}/aggregated/${collection}`, (call) => aggregated(cloud, call, collection)),
      ]),
      ...subnetworkMethods(cloud),
      ...places.flatMap((place) => operationRoutes(cloud, `/projects/{project}/${place}/operations`)),
      route('GET', '/projects/{project}/regions/{region}', (call) => ({
        kind: 'compute#region',
        name: param(call, 'region'),
        status: 'UP',
        selfLink: root + call.path.slice(1),
        zones: ['a', 'b', 'c'].map((zone) => `${root}projects/${cloud.project}/zones/${param(call, 'region')}-${zone}`),
      })),
      route('GET', '/projects/{project}/zones/{zone}', (call) => ({
        kind: 'compute#zone',
        name: param(call, 'zone'),
        status: 'UP',
        selfLink: root + call.path.slice(1),
        region: `${root}projects/${cloud.project}/regions/${param(call, 'zone').replace(/-[a-z]$/, '')}`,
      })),
    ],
  };
}

const nameOf = (call: Call) => decodeURIComponent(call.path).slice(1);
const absent = (name: string) =>
  new GoogleError('NOT_FOUND', `The resource '${name}' was not found`, { reason: 'notFound' });

function found(cloud: Cloud, name: string): Fields {
  const fields = cloud.state.get(fullName(host, name));
  if (fields === undefined) throw absent(name);
  return fields;
}

/** Bytes that change with each change: who writes must have read the newest. */
const fingerprint = (cloud: Cloud) => Buffer.from(`fp-${cloud.state.next('etag')}`).toString('base64');

function began(cloud: Cloud, type: string, name: string, more: Pick<Operation, 'onDone' | 'onFailure'>): Fields {
  const parent = name.split('/').slice(0, -2).join('/');
  return operationShown(
    cloud.operations.start({
      api,
      name: (number) => `${parent}/operations/operation-${String(number).padStart(13, '0')}`,
      type,
      target: name,
      more: { targetId: found(cloud, name).id },
      ...more,
    }),
  );
}

function operationShown({ name, type, target, done, failure, startTime, endTime, more }: Operation): Fields {
  const place = name.split('/').slice(0, -2).join('/');
  return {
    kind: 'compute#operation',
    id: `9${name.replace(/\D/g, '').slice(-17)}`,
    name: name.split('/').at(-1),
    operationType: type,
    targetLink: root + target,
    ...more,
    status: done ? 'DONE' : 'RUNNING',
    progress: done ? 100 : 0,
    user: 'owner@example.test',
    insertTime: startTime,
    startTime,
    ...(endTime && { endTime }),
    selfLink: root + name,
    ...(place.includes('/regions/') && { region: root + place }),
    ...(done &&
      failure && {
        error: { errors: [{ code: failure.status, message: failure.message }] },
        httpErrorStatusCode: grpcCodes[failure.status] === 8 ? 403 : 400,
        httpErrorMessage: failure.status,
      }),
  };
}

function operationRoutes(cloud: Cloud, path: string): readonly Route[] {
  const shown = (call: Call): Fields => {
    const name = nameOf(call).replace(/\/wait$/, '');
    const operation = cloud.operations.look(api, name);
    if (operation === undefined) throw absent(name);
    return operationShown(operation);
  };
  return [
    route('GET', `${path}/{operation}`, shown),
    route('POST', `${path}/{operation}/wait`, shown, { reads: true }),
    route('GET', path, (call) => {
      const own = cloud.operations.list(api).filter(({ name }) => name.startsWith(`${nameOf(call)}/`));
      return page(call, own.map(operationShown), 'items', 'maxResults');
    }),
  ];
}

function kindRoutes(cloud: Cloud, path: string, kind: Kind): readonly Route[] {
  const { state } = cloud;
  const full = (name: string) => fullName(host, name);
  const insert = (call: Call): Fields => {
    const id = text(call.body.name);
    if (!/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(id))
      throw new GoogleError('INVALID_ARGUMENT', `Invalid value for field 'resource.name': '${id}'.`);
    const name = `${nameOf(call)}/${id}`;
    if (state.get(full(name)) !== undefined)
      throw new GoogleError('ALREADY_EXISTS', `The resource '${name}' already exists`, { reason: 'alreadyExists' });
    for (const field of kind.references ?? [])
      if (call.body[field] !== undefined) found(cloud, reference(cloud, call.body[field]));
    const place = name.split('/').slice(0, 4).join('/');
    const scope = name.includes('/regions/') ? 'region' : 'zone';
    state.set(full(name), {
      kind: `compute#${kind.kind}`,
      id: state.uniqueId(),
      creationTimestamp: cloud.clock.timestamp(),
      selfLink: root + name,
      ...(!name.includes('/global/') && { [scope]: root + place }),
      ...kind.defaults(call.body, state.next('address')),
      ...call.body,
      ...(kind.fingerprint && { fingerprint: fingerprint(cloud) }),
    });
    return began(cloud, 'insert', name, { onDone: [], onFailure: [{ remove: full(name) }] });
  };
  const patch = (call: Call): Fields => {
    const name = nameOf(call);
    const before = found(cloud, name);
    if (call.body.fingerprint !== undefined && call.body.fingerprint !== before.fingerprint)
      throw new GoogleError('ABORTED', 'Invalid fingerprint.', { reason: 'conditionNotMet' });
    const fields = {
      ...joined(before, call.body),
      ...(kind.fingerprint && { fingerprint: fingerprint(cloud) }),
    };
    return began(cloud, 'patch', name, { onDone: [{ merge: full(name), fields }], onFailure: [] });
  };
  const remove = (call: Call): Fields => {
    const name = nameOf(call);
    found(cloud, name);
    const user = usersOf(cloud, name);
    if (user !== undefined)
      throw new GoogleError(
        'INVALID_ARGUMENT',
        `The ${kind.kind} resource '${name}' is already being used by '${user}'`,
        { reason: 'resourceInUseByAnotherResource' },
      );
    return began(cloud, 'delete', name, { onDone: [{ remove: full(name) }], onFailure: [] });
  };
  return [
    route('GET', path, (call) => page(call, state.list(full(`${nameOf(call)}/*`)), 'items', 'maxResults')),
    route('POST', path, insert),
    route('GET', `${path}/{name}`, (call) => found(cloud, nameOf(call))),
    route('PATCH', `${path}/{name}`, patch),
    route('DELETE', `${path}/{name}`, remove),
  ];
}

/** Something that names a resource, and so keeps it from being deleted. */
function usersOf(cloud: Cloud, name: string): string | undefined {
  const named = (value: unknown): boolean =>
    typeof value === 'string' ? reference(cloud, value) === name : isObject(value) && Object.values(value).some(named);
  const mine = cloud.state.names(fullName(host, `projects/${cloud.project}/*/*/*`));
  const others = cloud.state.names(fullName(host, `projects/${cloud.project}/global/*`));
  const clusters = cloud.state.names(fullName('container.googleapis.com', 'projects/*/locations/*/clusters/*'));
  const user = [...mine, ...others, ...clusters].find((other) => {
    const { network, subnetwork, networkConfig, address } = cloud.state.get(other) ?? {};
    return other !== fullName(host, name) && [network, subnetwork, networkConfig, address].some(named);
  });
  return user?.replace(/^\/\/[^/]+\//, '');
}

function aggregated(cloud: Cloud, call: Call, collection: string): Fields {
  const scopes = new Map<string, Fields[]>();
  const patterns = [
    `projects/${cloud.project}/global/${collection}/*`,
    `projects/${cloud.project}/*/*/${collection}/*`,
  ];
  for (const name of patterns.flatMap((pattern) => cloud.state.names(fullName(host, pattern)))) {
    const path = name.slice(fullName(host, '').length).split('/');
    const scope = path[2] === 'global' ? 'global' : `${path[2]}/${path[3]}`;
    scopes.set(scope, [...(scopes.get(scope) ?? []), cloud.state.get(name) ?? {}]);
  }
  const items = Object.fromEntries([...scopes].map(([scope, own]) => [scope, { [collection]: own }]));
  return { kind: `compute#aggregatedList`, id: call.path.slice(1), items };
}

/** What has a method of its own. */
function subnetworkMethods(cloud: Cloud): readonly Route[] {
  const one = '/projects/{project}/regions/{region}/subnetworks/{name}';
  const changing = (type: string, fields: (call: Call, before: Fields) => Fields) => (call: Call) => {
    const name = nameOf(call).replace(/\/\w+$/, '');
    const changed = { ...fields(call, found(cloud, name)), fingerprint: fingerprint(cloud) };
    return began(cloud, type, name, { onDone: [{ merge: fullName(host, name), fields: changed }], onFailure: [] });
  };
  return [
    route(
      'POST',
      `${one}/setPrivateIpGoogleAccess`,
      changing('setPrivateIpGoogleAccess', ({ body }) => ({ privateIpGoogleAccess: body.privateIpGoogleAccess })),
    ),
    route(
      'POST',
      `${one}/expandIpCidrRange`,
      changing('expandIpCidrRange', ({ body }, before) => {
        const size = (range: unknown) => Number(text(range).split('/')[1]);
        if (!(size(body.ipCidrRange) < size(before.ipCidrRange)))
          throw new GoogleError('INVALID_ARGUMENT', 'Invalid IPCidrRange: a range can grow, and not shrink.');
        return { ipCidrRange: body.ipCidrRange };
      }),
    ),
  ];
}

/** Whether a subnetwork has a secondary range. */
export const hasRange = (subnetwork: Fields, name: unknown): boolean =>
  objects(subnetwork.secondaryIpRanges).some(({ rangeName }) => rangeName === name);
