/** Objects of a bucket: what was uploaded, whole. One generation of each; a new one replaces it. */
import { createHash } from 'node:crypto';
import { GoogleError, RawAnswer } from '../answer.ts';
import { crc32cBase64 } from '../checksum.ts';
import { type Cloud, text } from '../cloud.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, type Route, route } from '../route.ts';
import { bucketFound, bucketName } from './storage-bucket.ts';

const objects = '/storage/v1/b/{bucket}/o';
const upload = '/upload/storage/v1/b/{bucket}/o';
const download = '/download/storage/v1/b/{bucket}/o/{object*}';

const objectName = (bucket: string, name: string) => `${bucketName(bucket)}/o/${encodeURIComponent(name)}`;
const contentName = (bucket: string, name: string) => `//internal/objects/${bucket}/${encodeURIComponent(name)}`;

export function objectRoutes(cloud: Cloud): readonly Route[] {
  const { state, clock } = cloud;
  const found = (call: Call): { readonly bucket: string; readonly name: string; readonly fields: Fields } => {
    const { bucket } = bucketFound(cloud, call);
    const name = param(call, 'object');
    const fields = state.get(objectName(bucket, name));
    if (fields === undefined) throw new GoogleError('NOT_FOUND', `No such object: ${bucket}/${name}`);
    return { bucket, name, fields };
  };
  const store = (call: Call, bucket: string, given: Fields, content: Buffer): Fields => {
    const name = text(given.name);
    if (name === '') throw new GoogleError('INVALID_ARGUMENT', 'Required parameter: name', { reason: 'required' });
    const generation = String(1_700_000_000_000_000 + state.next('generation'));
    const now = clock.timestamp();
    state.set(contentName(bucket, name), { base64: content.toString('base64') });
    return state.set(objectName(bucket, name), {
      kind: 'storage#object',
      id: `${bucket}/${name}/${generation}`,
      bucket,
      generation,
      metageneration: '1',
      contentType: 'application/octet-stream',
      storageClass: 'STANDARD',
      timeCreated: now,
      updated: now,
      ...given,
      name,
      size: String(content.length),
      md5Hash: createHash('md5').update(content).digest('base64'),
      crc32c: crc32cBase64(content),
      etag: Buffer.from(generation).toString('base64'),
      // gcloud downloads from there and nowhere else.
      mediaLink: `http://${call.headers.host}/download/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`,
    });
  };
  const insert = (call: Call): Fields | RawAnswer => {
    const { bucket } = bucketFound(cloud, call);
    const type = call.query.get('uploadType') ?? 'media';
    const named = { name: call.query.get('name') ?? '' };
    if (type === 'media') return store(call, bucket, { ...named, contentType: call.headers['content-type'] }, call.raw);
    if (type === 'multipart') {
      const { metadata, content } = parts(call);
      return store(call, bucket, { ...named, ...metadata }, content);
    }
    // The object comes by later requests to the address that this one gives.
    const id = String(state.next('upload'));
    state.set(`//internal/uploads/${id}`, { ...named, ...call.body, base64: '' });
    const location = `http://${call.headers.host}${call.path}?uploadType=resumable&upload_id=${id}`;
    return new RawAnswer(200, { location, 'content-length': '0' });
  };
  const append = (call: Call): Fields | RawAnswer => {
    const { bucket } = bucketFound(cloud, call);
    const key = `//internal/uploads/${call.query.get('upload_id')}`;
    const begun = state.get(key);
    if (begun === undefined) throw new GoogleError('NOT_FOUND', 'The upload does not exist.');
    const { base64, ...metadata } = begun;
    const content = Buffer.concat([Buffer.from(text(base64), 'base64'), call.raw]);
    const range = /^bytes (?:\d+-\d+|\*)\/(\d+|\*)$/.exec(text(call.headers['content-range']));
    const total = range?.[1] === '*' ? undefined : Number(range?.[1] ?? content.length);
    if (total === undefined || content.length < total) {
      state.set(key, { ...metadata, base64: content.toString('base64') });
      return new RawAnswer(308, content.length > 0 ? { range: `bytes=0-${content.length - 1}` } : {});
    }
    state.remove(key);
    return store(call, bucket, metadata, content);
  };

  const media = (call: Call): RawAnswer => {
    const { bucket, name, fields } = found(call);
    const content = Buffer.from(text(state.get(contentName(bucket, name))?.base64), 'base64');
    const headers = { 'content-type': text(fields.contentType), 'x-goog-hash': `crc32c=${text(fields.crc32c)}` };
    const range = /^bytes=(\d+)-(\d*)$/.exec(text(call.headers.range));
    if (range === null || content.length === 0) return new RawAnswer(200, headers, content);
    const from = Number(range[1]);
    const to = Math.min(range[2] ? Number(range[2]) : Number.POSITIVE_INFINITY, content.length - 1);
    if (from > to) return new RawAnswer(416, { 'content-range': `bytes */${content.length}` });
    const part = { ...headers, 'content-range': `bytes ${from}-${to}/${content.length}` };
    return new RawAnswer(206, part, content.subarray(from, to + 1));
  };

  return [
    route('GET', objects, (call) => {
      const { bucket } = bucketFound(cloud, call);
      const prefix = call.query.get('prefix') ?? '';
      const all = state.list(`${bucketName(bucket)}/o/*`).filter(({ name }) => text(name).startsWith(prefix));
      const delimiter = call.query.get('delimiter');
      const isBelow = ({ name }: Fields) => delimiter !== null && text(name).slice(prefix.length).includes(delimiter);
      const first = ({ name }: Fields) => text(name).slice(0, text(name).indexOf(delimiter ?? '', prefix.length) + 1);
      const prefixes = [...new Set(all.filter(isBelow).map(first))];
      const items = page(
        call,
        all.filter((one) => !isBelow(one)),
        'items',
        'maxResults',
      );
      return { kind: 'storage#objects', ...items, ...(prefixes.length > 0 && { prefixes }) };
    }),
    route('GET', `${objects}/{object*}`, (call) =>
      call.query.get('alt') === 'media' ? media(call) : found(call).fields,
    ),
    route('GET', download, media),
    route('DELETE', `${objects}/{object*}`, (call) => {
      const { bucket, name } = found(call);
      state.remove(objectName(bucket, name));
      state.remove(contentName(bucket, name));
      return new RawAnswer(204, {});
    }),
    route('POST', upload, insert),
    route('PUT', upload, append),
  ];
}

/** What was sent about an object, and the object. */
function parts(call: Call): { readonly metadata: Fields; readonly content: Buffer } {
  const boundary = /boundary=['"]?([^'";]+)/.exec(text(call.headers['content-type']))?.[1];
  const all = call.raw.toString('latin1').split(`--${boundary}`).slice(1, -1);
  const [metadata = '{}', content = ''] = all.map((part) => {
    const begin = part.search(/\r?\n\r?\n/);
    return part
      .slice(begin)
      .replace(/^\r?\n\r?\n/, '')
      .replace(/\r?\n$/, '');
  });
  return {
    metadata: JSON.parse(Buffer.from(metadata, 'latin1').toString('utf8')) as Fields,
    content: Buffer.from(content, 'latin1'),
  };
}
