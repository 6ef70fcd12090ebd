/** @see https://cloud.google.com/secret-manager/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { crc32c } from '../checksum.ts';
import { type Cloud, etagOf, fullName, leaf, object, type Service, text } from '../cloud.ts';
import { collection } from '../collection.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, route } from '../route.ts';

const api = 'secretmanager';
const host = 'secretmanager.googleapis.com';
const secrets = '/v1/projects/{project}/secrets';
const versions = `${secrets}/{secret}/versions`;
const one = `${versions}/{version}`;

/** The value of a version, in base64: beside the version, as no answer but that of `access` has it. */
const payloadName = (name: string) => `//internal/payloads/${name}`;

export function secretManager(cloud: Cloud): Service {
  const { project, projectNumber, state, clock } = cloud;
  const numbered = (name: string) => name.replace(`projects/${project}/`, `projects/${projectNumber}/`);
  const secretName = (call: Call) => `projects/${project}/secrets/${param(call, 'secret')}`;
  const secretFound = (call: Call): string => {
    const name = secretName(call);
    if (state.get(fullName(host, name)) === undefined)
      throw new GoogleError('NOT_FOUND', `Secret [${numbered(name)}] not found.`);
    return name;
  };
  /** The newest first. */
  const versionsOf = (secret: string): readonly string[] =>
    state
      .names(fullName(host, `${secret}/versions/*`))
      .map((name) => name.slice(fullName(host, '').length))
      .sort((a, b) => Number(leaf(b)) - Number(leaf(a)));
  const versionFound = (call: Call): { readonly name: string; readonly fields: Fields } => {
    const secret = secretFound(call);
    const wanted = param(call, 'version');
    const name = wanted === 'latest' ? versionsOf(secret)[0] : `${secret}/versions/${wanted}`;
    const fields = name === undefined ? undefined : state.get(fullName(host, name));
    if (name === undefined || fields === undefined)
      throw new GoogleError('NOT_FOUND', `Secret Version [${numbered(`${secret}/versions/${wanted}`)}] not found.`);
    return { name, fields };
  };
  const shown = (name: string, fields: Fields) => ({ ...fields, name: numbered(name) });
  const setState = (to: string) => (call: Call) => {
    const { name, fields } = versionFound(call);
    if (fields.state === 'DESTROYED')
      throw new GoogleError('FAILED_PRECONDITION', `Secret Version [${numbered(name)}] is in DESTROYED state.`);
    if (to === 'DESTROYED') state.remove(payloadName(name));
    return shown(name, state.set(fullName(host, name), { ...fields, state: to, etag: etagOf(cloud) }));
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
        path: secrets,
        id: 'secretId',
        operations: 'none',
        policy: { get: 'GET' },
        etag: true,
        shownName: numbered,
        words: {
          absent: (name) => `Secret [${numbered(name)}] not found.`,
          exists: (name) => `Secret [${numbered(name)}] already exists.`,
        },
        create: (body) => {
          const replication = object(body.replication);
          if (Object.keys(replication).length !== 1)
            throw new GoogleError('INVALID_ARGUMENT', 'A secret must have a replication policy.');
          return body;
        },
      }),
      route('POST', `${secrets}/{secret}:addVersion`, (call) => {
        const secret = secretFound(call);
        const payload = object(call.body.payload);
        const data = text(payload.data);
        const bytes = Buffer.from(data, 'base64');
        if (bytes.length > 65_536) throw new GoogleError('INVALID_ARGUMENT', 'The payload is larger than 64 KiB.');
        const checked = payload.dataCrc32c !== undefined;
        if (checked && Number(payload.dataCrc32c) !== crc32c(bytes))
          throw new GoogleError('INVALID_ARGUMENT', 'Payload checksum does not match the data.');
        const name = `${secret}/versions/${state.next(`versions of ${secret}`)}`;
        state.set(payloadName(name), { data });
        const fields = {
          createTime: clock.timestamp(),
          state: 'ENABLED',
          etag: etagOf(cloud),
          ...(checked && { clientSpecifiedPayloadChecksum: true }),
        };
        return shown(name, state.set(fullName(host, name), fields));
      }),
      route('GET', versions, (call) => {
        const wanted = /state\s*[:=]\s*"?(\w+)/.exec(call.query.get('filter') ?? '')?.[1];
        const all = versionsOf(secretFound(call)).map((name) => shown(name, state.get(fullName(host, name)) ?? {}));
        return page(
          call,
          all.filter((fields) => wanted === undefined || object(fields).state === wanted),
          'versions',
        );
      }),
      route('GET', one, (call) => {
        const { name, fields } = versionFound(call);
        return shown(name, fields);
      }),
      route('GET', `${one}:access`, (call) => {
        const { name, fields } = versionFound(call);
        if (fields.state !== 'ENABLED')
          throw new GoogleError(
            'FAILED_PRECONDITION',
            `Secret Version [${numbered(name)}] is in ${text(fields.state)} state.`,
          );
        const data = text(state.get(payloadName(name))?.data);
        return {
          name: numbered(name),
          payload: { data, dataCrc32c: String(crc32c(Buffer.from(data, 'base64'))) },
        };
      }),
      route('POST', `${one}:enable`, setState('ENABLED')),
      route('POST', `${one}:disable`, setState('DISABLED')),
      route('POST', `${one}:destroy`, setState('DESTROYED')),
    ],
  };
}
