/** Pools of identities of others, and who provides them. @see https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, object, text } from '../cloud.ts';
import { ExpressionError, parseExpression } from '../expression.ts';
import { masked, maskOf } from '../field-mask.ts';
import { longRunning } from '../operation.ts';
import { page } from '../page.ts';
import { type Call, type Fields, type Route, route } from '../route.ts';
import { host } from './service-accounts.ts';

const pools = '/v1/projects/{project}/locations/{location}/workloadIdentityPools';
const providers = `${pools}/{pool}/providers`;
/** What is deleted can be had back for so long, and its name not be taken. */
const KEPT_SECONDS = 30 * 86_400;

export function workloadIdentityPools(cloud: Cloud): readonly Route[] {
  return [
    ...softDeleted(cloud, pools, 'workloadIdentityPoolId', () => {}),
    ...softDeleted(cloud, providers, 'workloadIdentityPoolProviderId', checkedProvider),
  ];
}

/** A provider that Google would take. @throws {GoogleError} */
function checkedProvider(fields: Fields): void {
  const mapping = object(fields.attributeMapping);
  if (mapping['google.subject'] === undefined)
    throw new GoogleError('INVALID_ARGUMENT', 'The attribute mapping must map google.subject.');
  const condition = text(fields.attributeCondition);
  for (const expression of [...Object.values(mapping).map(text), ...(condition ? [condition] : [])])
    try {
      parseExpression(expression);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new GoogleError('INVALID_ARGUMENT', `Error in attribute mapping or condition: ${error.message}`);
    }
  const used = new Set([...condition.matchAll(/assertion\.(\w+)/g)].map(([, claim]) => claim));
  if (text(object(fields.oidc).issuerUri).includes('token.actions.githubusercontent.com') && used.size === 0)
    throw new GoogleError(
      'INVALID_ARGUMENT',
      "The attribute condition must reference one of the provider's claims. For more information, see https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines",
    );
}

function softDeleted(
  cloud: Cloud,
  path: string,
  idParameter: string,
  check: (fields: Fields) => void,
): readonly Route[] {
  const { state, clock, operations } = cloud;
  const field = path.split('/').at(-1) ?? '';
  const one = `${path}/{name}`;
  const nameOf = (call: Call) =>
    decodeURIComponent(call.path)
      .replace(/^\/v1\//, '')
      .replace(/:\w+$/, '');
  /** In answers, the project is its number. */
  const shown = (name: string, fields: Fields): Fields => ({
    ...fields,
    name: name.replace(`projects/${cloud.project}/`, `projects/${cloud.projectNumber}/`),
  });
  const current = (name: string): Fields | undefined => {
    const fields = state.get(fullName(host, name));
    const expired = fields?.state === 'DELETED' && Date.parse(text(fields.expireTime)) <= clock.now;
    if (expired) state.remove(fullName(host, name));
    return expired ? undefined : fields;
  };
  const found = (name: string): Fields => {
    const fields = current(name);
    if (fields === undefined) throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
    return fields;
  };
  const begun = (type: string, name: string, fields: Fields, onDone: Fields): Fields => {
    state.set(fullName(host, name), fields);
    const operation = operations.start({
      api: 'iam',
      name: (number) => `${name}/operations/operation-${number}`,
      type,
      target: name,
      onDone: [{ merge: fullName(host, name), fields: onDone }],
      onFailure: type === 'create' ? [{ remove: fullName(host, name) }] : [],
    });
    return longRunning(operation, shown(name, { ...fields, ...onDone }));
  };
  /** What is deleted cannot be changed, and nothing can be made in it. */
  const alive = (name: string): Fields => {
    const fields = found(name);
    if (fields.state === 'DELETED')
      throw new GoogleError('FAILED_PRECONDITION', `${name} is deleted. Undelete it before you change it.`);
    return fields;
  };

  return [
    route('GET', path, (call) => {
      const deletedToo = call.query.get('showDeleted')?.toLowerCase() === 'true';
      const names = state
        .names(fullName(host, `${nameOf(call)}/*`))
        .map((name) => name.slice(fullName(host, '').length));
      const all = names.flatMap((name) => {
        const fields = current(name);
        return fields && (deletedToo || fields.state !== 'DELETED') ? [shown(name, fields)] : [];
      });
      return page(call, all, field === 'providers' ? 'workloadIdentityPoolProviders' : field);
    }),
    route('POST', path, (call) => {
      const parent = nameOf(call);
      const id = call.query.get(idParameter) ?? '';
      if (!/^[a-z0-9-]{4,32}$/.test(id) || id.startsWith('gcp-'))
        throw new GoogleError('INVALID_ARGUMENT', `Invalid ${idParameter}: ${id}`);
      const container = parent.slice(0, parent.lastIndexOf('/'));
      if (field === 'providers') alive(container);
      const name = `${parent}/${id}`;
      if (current(name) !== undefined) throw new GoogleError('ALREADY_EXISTS', 'Requested entity already exists');
      check(call.body);
      return begun('create', name, { ...call.body, name }, { state: 'ACTIVE' });
    }),
    route('GET', one, (call) => shown(nameOf(call), found(nameOf(call)))),
    route('PATCH', one, (call) => {
      const name = nameOf(call);
      const after = masked(alive(name), call.body, maskOf(call.query.get('updateMask')));
      check(after);
      return begun('update', name, { ...after, name }, {});
    }),
    route('DELETE', one, (call) => {
      const name = nameOf(call);
      const fields = alive(name);
      return begun('delete', name, { ...fields, state: 'DELETED', expireTime: clock.timestamp(KEPT_SECONDS) }, {});
    }),
    route('POST', `${one}:undelete`, (call) => {
      const name = nameOf(call);
      const { expireTime: _, ...fields } = found(name);
      if (fields.state !== 'DELETED') throw new GoogleError('FAILED_PRECONDITION', `${name} is not deleted.`);
      return begun('undelete', name, { ...fields, state: 'ACTIVE' }, {});
    }),
    route('GET', `${one}/operations/{operation}`, (call) => {
      const operation = operations.look('iam', nameOf(call));
      if (operation === undefined) throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
      return longRunning(operation, shown(operation.target, found(operation.target)));
    }),
  ];
}
