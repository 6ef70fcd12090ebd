/** Which APIs a project has switched on. @see https://cloud.google.com/service-usage/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, type Service } from '../cloud.ts';
import { longRunning } from '../operation.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, route } from '../route.ts';

const api = 'serviceusage';
const host = 'serviceusage.googleapis.com';

/** On in every new project. @see https://cloud.google.com/service-usage/docs/enabled-service#default */
export const onFromTheStart = [
  'cloudapis',
  'datastore',
  'logging',
  'monitoring',
  'servicemanagement',
  'serviceusage',
  'storage',
  'storage-api',
  'storage-component',
].map((name) => `${name}.googleapis.com`);

/** Can be switched on only where the project is paid for. */
const paid = /^(?:compute|container|artifactregistry|secretmanager|cloudkms|gkebackup|dns|file|certificatemanager)\./;

export function serviceUsage(cloud: Cloud): Service {
  const { project, projectNumber, state, operations } = cloud;
  const full = (service: string) => fullName(host, `projects/${project}/services/${service}`);
  const shown = (service: string): Fields => ({
    name: `projects/${projectNumber}/services/${service}`,
    parent: `projects/${projectNumber}`,
    config: { name: service },
    state: state.get(full(service))?.state ?? 'DISABLED',
  });
  for (const service of onFromTheStart)
    if (state.get(full(service)) === undefined) state.set(full(service), { state: 'ENABLED' });

  const switchTo = (to: 'ENABLED' | 'DISABLED', services: readonly string[], prefix: string): Fields => {
    for (const service of services) {
      if (!/^[a-z][a-z0-9-]*\.googleapis\.com$/.test(service))
        throw new GoogleError('PERMISSION_DENIED', `Not found or permission denied for service(s): ${service}.`);
      if (to === 'ENABLED' && paid.test(service) && cloud.billingAccount === undefined)
        throw new GoogleError(
          'FAILED_PRECONDITION',
          `Billing account for project '${projectNumber}' is not found. Billing must be enabled for activation of service(s) '${service}' to proceed.`,
        );
    }
    for (const service of services) if (state.get(full(service)) === undefined) state.set(full(service), {});
    const operation = operations.start({
      api,
      name: (number) => `operations/${prefix}.p2-${projectNumber}-${number}`,
      type: to === 'ENABLED' ? 'enable' : 'disable',
      target: `projects/${project}/services/${services[0]}`,
      onDone: services.map((service) => ({ merge: full(service), fields: { state: to } })),
    });
    return longRunning(operation, { service: shown(services[0] ?? '') });
  };

  return {
    api,
    host,
    base: '',
    alwaysOn: true,
    routes: [
      route('GET', '/v1/projects/{project}/services', (call) => {
        const wanted = /state:(\w+)/.exec(call.query.get('filter') ?? '')?.[1];
        const all = state.names(full('*')).map((name) => shown(name.split('/').at(-1) ?? ''));
        return page(
          call,
          all.filter((service) => wanted === undefined || service.state === wanted),
          'services',
        );
      }),
      route('GET', '/v1/projects/{project}/services/{service}', (call) => shown(param(call, 'service'))),
      route('POST', '/v1/projects/{project}/services/{service}:enable', (call) =>
        switchTo('ENABLED', [param(call, 'service')], 'acf'),
      ),
      route('POST', '/v1/projects/{project}/services/{service}:disable', (call) =>
        switchTo('DISABLED', [param(call, 'service')], 'acdf'),
      ),
      route('POST', '/v1/projects/{project}/services:batchEnable', (call) => {
        const { serviceIds } = call.body as { readonly serviceIds?: readonly string[] };
        return switchTo('ENABLED', serviceIds ?? [], 'acat');
      }),
      route('GET', '/v1/operations/{operation}', (call: Call) => {
        const found = operations.look(api, `operations/${param(call, 'operation')}`);
        if (found === undefined) throw new GoogleError('NOT_FOUND', 'Operation not found.');
        return longRunning(found, {});
      }),
    ],
  };
}
