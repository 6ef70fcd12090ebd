/** What the services of the fake cloud share. */
import type { Clock } from './clock.ts';
import type { Identities } from './identity.ts';
import type { Operations } from './operation.ts';
import type { Policies } from './policy.ts';
import type { Fields, Route } from './route.ts';
import type { State } from './state.ts';

/** Where clusters of the fake cloud are reached: a real API server on this machine. */
export interface ClusterEndpoint {
  /** `127.0.0.1:16443` */
  readonly endpoint: string;
  /** PEM of the certificate authority of the endpoint, in base64. */
  readonly caCertificate: string;
}

export interface Cloud {
  readonly project: string;
  readonly projectNumber: string;
  /** `000000-000000-000000`; undefined where the project is not paid for. */
  readonly billingAccount: string | undefined;
  readonly clock: Clock;
  readonly state: State;
  readonly operations: Operations;
  readonly policies: Policies;
  readonly identities: Identities;
  readonly cluster: ClusterEndpoint;
}

export interface Service {
  /** Name of gcloud's property for its address, such as `container`. */
  readonly api: string;
  /** `container.googleapis.com` */
  readonly host: string;
  /** What stands before the paths of the routes, such as `/compute/v1`. */
  readonly base: string;
  /** It answers also where the project has not switched it on. */
  readonly alwaysOn: boolean;
  /** How it refuses. @default 'newer' */
  readonly errors?: 'older';
  readonly routes: readonly Route[];
}

/** Full name of a resource of an API. */
export const fullName = (host: string, name: string): `//${string}` => `//${host}/${name}`;

/** Bytes, as gcloud takes them. */
export const etagOf = (cloud: Cloud): string => Buffer.from(`etag-${cloud.state.next('etag')}`).toString('base64');

/** The last part of a name. */
export const leaf = (name: string): string => name.split('/').at(-1) ?? '';

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objects = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const object = (value: unknown): Fields => (isObject(value) ? value : {});
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
