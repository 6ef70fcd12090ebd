/** @see https://cloud.google.com/kms/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, type Service } from '../cloud.ts';
import { collection } from '../collection.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, route } from '../route.ts';

export const host = 'cloudkms.googleapis.com';
const api = 'cloudkms';
const rings = '/v1/projects/{project}/locations/{location}/keyRings';
const keys = `${rings}/{ring}/cryptoKeys`;
const versions = `${keys}/{key}/cryptoKeyVersions`;

const words = (kind: string) => ({
  absent: (name: string) => `${kind} ${name} not found.`,
  exists: (name: string) => `${kind} ${name} already exists.`,
});

/** Key rings and keys are never deleted, only their versions destroyed. */
export function kms(cloud: Cloud): Service {
  const { state, clock } = cloud;
  const versionName = (call: Call) =>
    decodeURIComponent(call.path)
      .replace(/^\/v1\//, '')
      .replace(/:\w+$/, '');
  const changed = (call: Call, fields: Fields): Fields => {
    const name = versionName(call);
    const before = state.get(fullName(host, name));
    if (before === undefined) throw new GoogleError('NOT_FOUND', `CryptoKeyVersion ${name} not found.`);
    return state.set(fullName(host, name), { ...before, ...fields });
  };
  return {
    api,
    host,
    base: '',
    alwaysOn: false,
    routes: [
      ...collection(cloud, {
        api,
        host,
        path: rings,
        id: 'keyRingId',
        operations: 'none',
        removable: false,
        policy: { get: 'GET' },
        words: words('KeyRing'),
        create: () => ({}),
      }),
      ...collection(cloud, {
        api,
        host,
        path: keys,
        id: 'cryptoKeyId',
        operations: 'none',
        removable: false,
        within: true,
        policy: { get: 'GET' },
        words: words('CryptoKey'),
        create: (body, name) => {
          const algorithm = 'GOOGLE_SYMMETRIC_ENCRYPTION';
          const now = clock.timestamp();
          const primary = {
            name: `${name}/cryptoKeyVersions/1`,
            state: 'ENABLED',
            protectionLevel: 'SOFTWARE',
            algorithm,
            createTime: now,
            generateTime: now,
          };
          state.set(fullName(host, primary.name), primary);
          const versionTemplate = { protectionLevel: 'SOFTWARE', algorithm };
          return { versionTemplate, destroyScheduledDuration: '2592000s', ...body, primary };
        },
        change: (after) => {
          if (after.rotationPeriod !== undefined && after.nextRotationTime === undefined)
            throw new GoogleError('INVALID_ARGUMENT', 'next_rotation_time must be set with rotation_period.');
          return after;
        },
      }),
      route('GET', versions, (call) => {
        const key = versionName(call).replace(/\/cryptoKeyVersions$/, '');
        if (state.get(fullName(host, key)) === undefined)
          throw new GoogleError('NOT_FOUND', `CryptoKey ${key} not found.`);
        return page(call, state.list(fullName(host, `${key}/cryptoKeyVersions/*`)), 'cryptoKeyVersions');
      }),
      route('GET', `${versions}/{version}`, (call) => changed(call, {})),
      route('POST', `${versions}/{version}:destroy`, (call) =>
        changed(call, { state: 'DESTROY_SCHEDULED', destroyTime: clock.timestamp(30 * 86_400) }),
      ),
      route('POST', `${versions}/{version}:restore`, (call) =>
        changed(call, { state: 'DISABLED', destroyTime: undefined }),
      ),
      route('GET', '/v1/projects/{project}/locations/{location}', (call) => ({
        name: `projects/${param(call, 'project')}/locations/${param(call, 'location')}`,
        locationId: param(call, 'location'),
      })),
    ],
  };
}
