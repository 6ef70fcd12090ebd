/** Resources that are listed, created, read, changed and deleted in Google's standard way. */
import { GoogleError } from './answer.ts';
import { type Cloud, etagOf, fullName } from './cloud.ts';
import { masked, maskOf } from './field-mask.ts';
import { longRunning } from './operation.ts';
import { page } from './page.ts';
import { type Call, type Fields, type Route, route } from './route.ts';

export interface CollectionProps {
  readonly api: string;
  readonly host: string;
  /** Such as `/v1/projects/{project}/locations/{location}/repositories`. Its last word is also the field of a list. */
  readonly path: string;
  /** Parameter of the query that names a new one. */
  readonly id: string;
  /** Which changes are operations, that end later; the others are done when they are answered. */
  readonly operations: 'none' | 'all' | 'create and delete';
  /** Fields of a new one beside its name and times, from what was sent. Throws GoogleError where that is wrong. */
  readonly create: (body: Fields, name: string) => Fields;
  /** Fields that its operation sets at its end. @default none */
  readonly created?: Fields;
  /** Looks at a change before it is made, and may add to it. @default as it is */
  readonly change?: (after: Fields, before: Fields) => Fields;
  /** Throws GoogleError where it is in use. @default nothing uses it */
  readonly mayRemove?: (name: string) => void;
  /** @default true */
  readonly removable?: boolean;
  /** It must lie in a resource that is there. @default false */
  readonly within?: boolean;
  /** It has an IAM policy, and the methods by which that is read and written. @default none */
  readonly policy?: { readonly get: 'GET' | 'POST' };
  /** @default false */
  readonly etag?: boolean;
  /** The name as the API shows it. @default as in the path */
  readonly shownName?: (name: string) => string;
  readonly words: Words;
}

/** What the API says of a name. */
export interface Words {
  readonly absent: (name: string) => string;
  readonly exists: (name: string) => string;
}

/** As the newer APIs say it. */
export const resourceWords: Words = {
  absent: (name) => `Resource '${name}' was not found`,
  exists: (name) => `Resource '${name}' already exists`,
};

/** The name in a path of a route: without version and verb. */
const nameIn = (path: string) =>
  decodeURIComponent(path)
    .replace(/^\/v\d\w*\//, '')
    .replace(/:\w+$/, '');

export function collection(cloud: Cloud, props: CollectionProps): readonly Route[] {
  const { api, host, path, id, operations, create, created = {}, change, mayRemove, words } = props;
  const { state, clock, policies } = cloud;
  const field = path.split('/').at(-1) ?? '';
  const one = `${path}/{name}`;
  const full = (name: string) => fullName(host, name);
  const shown = (name: string, fields: Fields) => ({ ...fields, name: props.shownName?.(name) ?? name });

  const found = (name: string): Fields => {
    const fields = state.get(full(name));
    if (fields === undefined) throw new GoogleError('NOT_FOUND', words.absent(name));
    return fields;
  };

  const answered = (type: 'create' | 'update' | 'delete', name: string, fields: Fields, operation: Outcome): Fields => {
    if (operations === 'all' || (operations === 'create and delete' && type !== 'update'))
      return begin(type, name, operation);
    for (const effect of operation.onDone)
      if ('remove' in effect) state.remove(effect.remove);
      else state.merge(effect.merge, effect.fields);
    return type === 'delete' ? {} : shown(name, fields);
  };

  const begin = (type: string, name: string, { onDone, onFailure }: Outcome): Fields => {
    const [place = ''] = /^projects\/[^/]+\/locations\/[^/]+/.exec(name) ?? [];
    const operation = cloud.operations.start({
      api,
      name: (number) => `${place}/operations/operation-${number}`,
      type,
      target: name,
      onDone,
      onFailure,
    });
    const after = state.get(full(name));
    return longRunning(operation, after && shown(name, after));
  };

  const refuseWhileBusy = (name: string): void => {
    const busy = cloud.operations.running(api, name);
    if (busy)
      throw new GoogleError('ABORTED', `unable to queue the operation: ${busy.name} is the subject of a conflict`);
  };

  const make = (call: Call): Fields => {
    const parent = nameIn(call.path);
    const name = `${parent}/${call.query.get(id) ?? ''}`;
    if (!/^[a-zA-Z][\w.-]{0,254}$/.test(call.query.get(id) ?? ''))
      throw new GoogleError('INVALID_ARGUMENT', `Invalid ${id}: '${call.query.get(id) ?? ''}'`);
    const container = parent.slice(0, parent.lastIndexOf('/'));
    if (props.within && state.get(full(container)) === undefined)
      throw new GoogleError('NOT_FOUND', words.absent(container));
    if (state.get(full(name)) !== undefined) throw new GoogleError('ALREADY_EXISTS', words.exists(name));
    const now = clock.timestamp();
    const fields = {
      createTime: now,
      updateTime: now,
      ...create(call.body, name),
      name,
      ...(props.etag && { etag: etagOf(cloud) }),
    };
    state.set(full(name), fields);
    return answered('create', name, fields, {
      onDone: [{ merge: full(name), fields: created }],
      onFailure: [{ remove: full(name) }],
    });
  };

  const update = (call: Call): Fields => {
    const name = nameIn(call.path);
    const before = found(name);
    refuseWhileBusy(name);
    const wanted = masked(before, call.body, maskOf(call.query.get('updateMask')));
    const after = {
      ...(change?.(wanted, before) ?? wanted),
      name,
      updateTime: clock.timestamp(),
      ...(props.etag && { etag: etagOf(cloud) }),
    };
    // A field that the mask empties is gone; merging alone would keep it.
    const gone = Object.keys(before).filter((key) => !(key in after));
    const fields = { ...after, ...Object.fromEntries(gone.map((key) => [key, undefined])) };
    return answered('update', name, after, { onDone: [{ merge: full(name), fields }], onFailure: [] });
  };

  const remove = (call: Call): Fields => {
    const name = nameIn(call.path);
    found(name);
    refuseWhileBusy(name);
    mayRemove?.(name);
    policies.remove(full(name));
    return answered('delete', name, {}, { onDone: [{ remove: full(name) }], onFailure: [] });
  };

  const read = (call: Call): Fields => {
    const name = nameIn(call.path);
    return shown(name, found(name));
  };

  const list = (call: Call): Fields => {
    const pattern = full(`${nameIn(call.path)}/*`);
    const all = state.names(pattern).map((name) => shown(name.slice(full('').length), state.get(name) ?? {}));
    return page(call, all, field);
  };

  return [
    route('GET', path, list),
    route('POST', path, make),
    route('GET', one, read),
    route('PATCH', one, update),
    ...((props.removable ?? true) ? [route('DELETE', one, remove)] : []),
    ...(props.policy ? policyRoutes(cloud, host, one, props.policy.get, (name) => void found(name)) : []),
  ];
}

interface Outcome {
  readonly onDone: readonly ({ readonly merge: string; readonly fields: Fields } | { readonly remove: string })[];
  readonly onFailure: readonly { readonly remove: string }[];
}

/** How the policy of a resource is read and written. */
export function policyRoutes(
  { policies }: Cloud,
  host: string,
  path: string,
  get: 'GET' | 'POST',
  mustExist: (name: string) => void,
): readonly Route[] {
  const named = (call: Call) => {
    const name = nameIn(call.path);
    mustExist(name);
    return fullName(host, name);
  };
  const version = (call: Call) => {
    const options = call.body.options as { readonly requestedPolicyVersion?: number } | undefined;
    return options?.requestedPolicyVersion ?? Number(call.query.get('options.requestedPolicyVersion') ?? 1);
  };
  return [
    route(get, `${path}:getIamPolicy`, (call) => ({ ...policies.get(named(call), version(call)) }), { reads: true }),
    route('POST', `${path}:setIamPolicy`, (call) => ({ ...policies.set(named(call), call.body.policy) })),
  ];
}

/** Where operations are looked at. */
export function operationRoutes(cloud: Cloud, api: string, host: string, path: string): readonly Route[] {
  const shown = (name: string) => {
    const operation = cloud.operations.look(api, name);
    if (operation === undefined) throw new GoogleError('NOT_FOUND', `Operation ${name} was not found`);
    return longRunning(operation, cloud.state.get(fullName(host, operation.target)));
  };
  return [
    route('GET', `${path}/{operation}`, (call) => shown(nameIn(call.path))),
    route('GET', path, (call) => {
      const own = cloud.operations.list(api).filter(({ name }) => name.startsWith(nameIn(call.path)));
      return page(
        call,
        own.map((operation) => longRunning(operation, undefined)),
        'operations',
      );
    }),
  ];
}
