/** The cluster that a request is about, and the operations of one. */
import { GoogleError, grpcCodes } from '../answer.ts';
import { type Cloud, fullName } from '../cloud.ts';
import type { Effect, Operation } from '../operation.ts';
import { type Call, type Fields, param } from '../route.ts';

export const api = 'container';
export const host = 'container.googleapis.com';
export const at = '/v1/projects/{project}/locations/{location}';

/** What GKE offers here. */
export const versions = { master: '1.35.4-gke.1000000', valid: ['1.35.4-gke.1000000', '1.34.6-gke.1200000'] };

export const full = (name: string) => fullName(host, name);
export const nameOf = (call: Call) =>
  decodeURIComponent(call.path)
    .replace(/^\/v1\//, '')
    .replace(/:\w+$/, '');

/** Name of the cluster that a request is about. @throws {GoogleError} where there is none */
export function clusterFound(cloud: Cloud, call: Call): { readonly name: string; readonly fields: Fields } {
  const name = `projects/${cloud.project}/locations/${param(call, 'location')}/clusters/${param(call, 'cluster')}`;
  const fields = cloud.state.get(full(name));
  if (fields === undefined) throw new GoogleError('NOT_FOUND', `Not found: ${name}.`);
  return { name, fields };
}

/** GKE does one thing at a time with a cluster. */
export function refuseWhileBusy(cloud: Cloud, cluster: string): void {
  const busy = cloud.operations.running(api, cluster);
  if (busy)
    throw new GoogleError(
      'FAILED_PRECONDITION',
      `Cluster is running incompatible operation ${busy.name.split('/').at(-1)}.`,
    );
}

export function began(
  cloud: Cloud,
  type: string,
  target: string,
  onDone: readonly Effect[],
  onFailure: readonly Effect[],
): Fields {
  const [, , , location] = target.split('/');
  const operation = cloud.operations.start({
    api,
    name: (number) => `projects/${cloud.project}/locations/${location}/operations/operation-${number}`,
    type,
    target,
    onDone,
    onFailure,
  });
  return operationShown(cloud, operation);
}

/** As GKE shows it. */
export function operationShown(
  cloud: Cloud,
  { name, type, target, done, failure, startTime, endTime }: Operation,
): Fields {
  const location = name.split('/')[3];
  const link = (path: string) =>
    `https://container.googleapis.com/v1/${path.replace(`projects/${cloud.project}`, `projects/${cloud.projectNumber}`)}`;
  return {
    name: name.split('/').at(-1),
    zone: location,
    location,
    operationType: type,
    status: done ? 'DONE' : 'RUNNING',
    selfLink: link(name),
    targetLink: link(target),
    startTime,
    ...(endTime && { endTime }),
    ...(done &&
      failure && {
        statusMessage: failure.message,
        error: { code: grpcCodes[failure.status], message: failure.message },
      }),
  };
}
