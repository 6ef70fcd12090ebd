/** @see https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, leaf, object, type Service, text } from '../cloud.ts';
import { collection, operationRoutes, resourceWords as words } from '../collection.ts';

const api = 'certificatemanager';
const host = 'certificatemanager.googleapis.com';
const at = '/v1/projects/{project}/locations/{location}';

export function certificateManager(cloud: Cloud): Service {
  const { state } = cloud;
  const place = { api, host, operations: 'all', words } as const;
  const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);
  /** The number of the project, where the API shows it. */
  const withId = (name: string) => name.replace(`projects/${cloud.projectNumber}/`, `projects/${cloud.project}/`);
  const inUse = (name: string, by: string) =>
    new GoogleError('FAILED_PRECONDITION', `can't delete ${leaf(name)}: it is used by ${by}`);
  const locationOf = (name: string) => name.split('/').slice(0, 4).join('/');
  const mustBeThere = (name: string) => {
    if (state.get(fullName(host, withId(name))) === undefined)
      throw new GoogleError('NOT_FOUND', words.absent(withId(name)));
  };
  const usedBy = (pattern: string, uses: (name: string) => readonly string[], name: string) =>
    state.names(fullName(host, pattern)).find((user) => uses(user).map(withId).includes(name));

  return {
    api,
    host,
    base: '',
    alwaysOn: false,
    routes: [
      ...collection(cloud, {
        ...place,
        path: `${at}/dnsAuthorizations`,
        id: 'dnsAuthorizationId',
        create: (body) => ({
          ...body,
          type: body.type ?? 'FIXED_RECORD',
          dnsResourceRecord: {
            name: `_acme-challenge.${text(body.domain)}.`,
            type: 'CNAME',
            data: `${state.uniqueId()}.0.authorize.certificatemanager.goog.`,
          },
        }),
        mayRemove: (name) => {
          const uses = (user: string) => names(object(state.get(user)?.managed).dnsAuthorizations);
          const user = usedBy(`${locationOf(name)}/certificates/*`, uses, name);
          if (user) throw inUse(name, user);
        },
      }),
      ...collection(cloud, {
        ...place,
        path: `${at}/certificates`,
        id: 'certificateId',
        create: (body) => {
          const managed = object(body.managed);
          for (const authorization of names(managed.dnsAuthorizations)) mustBeThere(authorization);
          const attempts = names(managed.domains).map((domain) => ({ domain, state: 'AUTHORIZING' }));
          return {
            ...body,
            managed: { ...managed, state: 'PROVISIONING', authorizationAttemptInfo: attempts },
            sanDnsnames: names(managed.domains),
          };
        },
        mayRemove: (name) => {
          const uses = (user: string) => names(state.get(user)?.certificates);
          const user = usedBy(`${locationOf(name)}/certificateMaps/*/certificateMapEntries/*`, uses, name);
          if (user) throw inUse(name, user);
        },
      }),
      ...collection(cloud, {
        ...place,
        path: `${at}/certificateMaps`,
        id: 'certificateMapId',
        create: (body) => body,
        mayRemove: (name) => {
          const [entry] = state.names(fullName(host, `${name}/certificateMapEntries/*`));
          if (entry) throw inUse(name, entry);
        },
      }),
      ...collection(cloud, {
        ...place,
        path: `${at}/certificateMaps/{map}/certificateMapEntries`,
        id: 'certificateMapEntryId',
        within: true,
        create: (body) => {
          for (const certificate of names(body.certificates)) mustBeThere(certificate);
          return { ...body, state: 'PENDING' };
        },
        created: { state: 'ACTIVE' },
      }),
      ...operationRoutes(cloud, api, host, `${at}/operations`),
    ],
  };
}
