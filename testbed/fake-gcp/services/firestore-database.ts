/** The database that a request is about, and the operations of one. */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName } from '../cloud.ts';
import { type Effect, longRunning } from '../operation.ts';
import { type Call, type Fields, param } from '../route.ts';

export const api = 'firestore';
export const host = 'firestore.googleapis.com';
export const databases = '/v1/projects/{project}/databases';
export const database = `${databases}/{database}`;

export const full = (name: string) => fullName(host, name);
export const nameOf = (call: Call) => decodeURIComponent(call.path).replace(/^\/v1\//, '');

/** The database that a request is about. @throws {GoogleError} where there is none */
export function databaseFound(cloud: Cloud, call: Call): { readonly name: string; readonly fields: Fields } {
  const id = param(call, 'database');
  const name = `projects/${cloud.project}/databases/${id}`;
  const fields = cloud.state.get(full(name));
  if (fields === undefined)
    throw new GoogleError('NOT_FOUND', `Project '${cloud.project}' or database '${id}' does not exist.`);
  return { name, fields };
}

/** Operations of Firestore are below their database. */
export function began(
  cloud: Cloud,
  type: string,
  owner: string,
  target: string,
  onDone: readonly Effect[],
  onFailure: readonly Effect[] = [],
): Fields {
  const operation = cloud.operations.start({
    api,
    name: (number) => `${owner}/operations/AiA${String(number).padStart(12, '0')}`,
    type,
    target,
    onDone,
    onFailure,
  });
  return longRunning(operation, cloud.state.get(full(target)));
}
