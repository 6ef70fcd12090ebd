/** Service accounts. @see https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, fullName, object, text } from '../cloud.ts';
import { policyRoutes } from '../collection.ts';
import { masked, maskOf } from '../field-mask.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';

export const host = 'iam.googleapis.com';
const path = '/v1/projects/{project}/serviceAccounts';
const one = `${path}/{email}`;

/** Full name of a service account, which its email alone tells. */
export const serviceAccountName = (project: string, email: string) =>
  fullName(host, `projects/${project}/serviceAccounts/${email}`);

export function serviceAccounts(cloud: Cloud): readonly Route[] {
  const { project, state, policies } = cloud;
  const full = (email: string) => serviceAccountName(project, email);
  const found = (call: Call): Fields => {
    const wanted = param(call, 'email');
    const account = state.get(full(wanted)) ?? all().find(({ uniqueId }) => uniqueId === wanted);
    if (account === undefined) throw new GoogleError('NOT_FOUND', 'Unknown service account');
    return account;
  };
  const all = () => state.list(full('*'));
  const changed = (call: Call, fields: Fields): Fields => {
    const before = found(call);
    return state.set(full(text(before.email)), { ...before, ...fields, etag: etagOf(cloud) });
  };
  return [
    route('GET', path, (call) => page(call, all(), 'accounts')),
    route('POST', path, (call) => {
      const id = text(call.body.accountId);
      if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id))
        throw new GoogleError(
          'INVALID_ARGUMENT',
          `Invalid service account ID "${id}": it must be 6 to 30 lowercase letters, digits and hyphens.`,
        );
      const email = `${id}@${project}.iam.gserviceaccount.com`;
      if (state.get(full(email)) !== undefined)
        throw new GoogleError(
          'ALREADY_EXISTS',
          `Service account ${id} already exists within project projects/${project}.`,
        );
      const { displayName, description } = object(call.body.serviceAccount);
      return state.set(full(email), {
        name: `projects/${project}/serviceAccounts/${email}`,
        projectId: project,
        uniqueId: state.uniqueId(),
        email,
        oauth2ClientId: state.uniqueId(),
        etag: etagOf(cloud),
        ...(displayName ? { displayName } : {}),
        ...(description ? { description } : {}),
      });
    }),
    route('GET', one, found),
    route('PATCH', one, (call) => {
      const mask = maskOf(text(call.body.updateMask));
      return changed(call, masked(found(call), object(call.body.serviceAccount), mask));
    }),
    route('DELETE', one, (call) => {
      const email = text(found(call).email);
      state.remove(full(email));
      policies.remove(full(email));
      return {};
    }),
    route('POST', `${one}:enable`, (call) => {
      changed(call, { disabled: undefined });
      return {};
    }),
    route('POST', `${one}:disable`, (call) => {
      changed(call, { disabled: true });
      return {};
    }),
    // gcloud asks for keys to see that there are none; only Google's own are here, as nobody makes any.
    route('GET', `${one}/keys`, (call) => {
      const { name } = found(call);
      const system = { name: `${text(name)}/keys/0`, keyType: 'SYSTEM_MANAGED', keyAlgorithm: 'KEY_ALG_RSA_2048' };
      return call.query.getAll('keyTypes').includes('USER_MANAGED') ? {} : { keys: [system] };
    }),
    ...policyRoutes(cloud, host, one, 'POST', (name) => {
      if (state.get(full(name.split('/').at(-1) ?? '')) === undefined)
        throw new GoogleError('NOT_FOUND', 'Unknown service account');
    }),
    route('GET', `/v1/projects/{project}/roles`, () => ({})),
  ];
}

/**
 * Refuses a member that is not there, as Google does: a service account that nobody made, one of Google's own whose API is
 * off, and Kubernetes service accounts before the project has had a cluster with Workload Identity.
 */
export function memberMustExist(
  state: Cloud['state'],
  project: string,
  projectNumber: string,
  enabled: (service: string) => boolean,
): (member: string) => void {
  const agents: Readonly<Record<string, string>> = {
    'container-engine-robot': 'container.googleapis.com',
    'gcp-sa-gkebackup': 'gkebackup.googleapis.com',
    'compute-system': 'compute.googleapis.com',
  };
  return (member) => {
    const email = /^serviceAccount:(.+@.+)$/.exec(member)?.[1];
    const own = email?.endsWith(`@${project}.iam.gserviceaccount.com`);
    const agent = /^service-(\d+)@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(email ?? '');
    const service = agent ? agents[agent[2] ?? ''] : undefined;
    const missing =
      (own && state.get(serviceAccountName(project, email ?? '')) === undefined) ||
      (service && (agent?.[1] !== projectNumber || !enabled(service)));
    if (missing) throw new GoogleError('INVALID_ARGUMENT', `Service account ${email} does not exist.`);
    const pool = `${project}.svc.id.goog`;
    if (member.includes(pool) && state.get(kubernetesPoolName(project)) === undefined)
      throw new GoogleError(
        'INVALID_ARGUMENT',
        `Identity Pool does not exist (${pool}). Please check that you specified a valid resource name as returned in the \`name\` attribute in the configuration API.`,
      );
  };
}

/** There, and never gone, from a project's first cluster with Workload Identity on. */
export const kubernetesPoolName = (project: string) => `//internal/pools/${project}.svc.id.goog`;
