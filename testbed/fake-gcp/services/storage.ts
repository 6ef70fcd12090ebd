/** Buckets and their objects. @see https://cloud.google.com/storage/docs/json_api/v1 */
import { GoogleError, RawAnswer } from '../answer.ts';
import { type Cloud, object, type Service, text } from '../cloud.ts';
import { page } from '../page.ts';
import { type Fields, type Route, route } from '../route.ts';
import { bucketFound, bucketName, host } from './storage-bucket.ts';
import { objectRoutes } from './storage-objects.ts';

const buckets = '/storage/v1/b';
const one = `${buckets}/{bucket}`;

export const storage = (cloud: Cloud): Service => ({
  api: 'storage',
  host,
  base: '',
  alwaysOn: false,
  errors: 'older',
  routes: [...bucketRoutes(cloud), ...policyRoutes(cloud), ...objectRoutes(cloud)],
});

/** null takes a field away; objects are joined; everything else is replaced. */
function patched(before: Fields, given: Fields): Fields {
  const next: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(given)) {
    if (value === null) delete next[field];
    else if (typeof value === 'object' && !Array.isArray(value))
      next[field] = patched(object(before[field]), object(value));
    else next[field] = value;
  }
  return next;
}

function bucketRoutes(cloud: Cloud): readonly Route[] {
  const { state, clock, projectNumber, project } = cloud;
  const softDelete = () => ({ retentionDurationSeconds: '604800', effectiveTime: clock.timestamp() });
  return [
    route('GET', buckets, (call) => {
      const asked = call.query.get('project');
      if (asked !== project && asked !== projectNumber)
        throw new GoogleError('PERMISSION_DENIED', `${asked ?? 'nobody'} does not have storage.buckets.list access.`);
      return { kind: 'storage#buckets', ...page(call, state.list(bucketName('*')), 'items', 'maxResults') };
    }),
    route('POST', buckets, (call) => {
      const name = text(call.body.name);
      if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name))
        throw new GoogleError('INVALID_ARGUMENT', `Invalid bucket name: '${name}'`);
      if (state.get(bucketName(name)) !== undefined)
        throw new GoogleError(
          'ALREADY_EXISTS',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { reason: 'conflict' },
        );
      const now = clock.timestamp();
      const location = (text(call.body.location) || 'US').toUpperCase();
      const fields = state.set(bucketName(name), {
        kind: 'storage#bucket',
        id: name,
        selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
        projectNumber,
        timeCreated: now,
        updated: now,
        metageneration: '1',
        storageClass: 'STANDARD',
        rpo: 'DEFAULT',
        etag: 'CAE=',
        ...patched(
          {
            softDeletePolicy: softDelete(),
            iamConfiguration: {
              bucketPolicyOnly: { enabled: false },
              uniformBucketLevelAccess: { enabled: false },
              publicAccessPrevention: 'inherited',
            },
          },
          call.body,
        ),
        location,
        locationType: /^[A-Z]+$/.test(location) ? 'multi-region' : 'region',
      });
      cloud.policies.set(bucketName(name), {
        bindings: [
          {
            role: 'roles/storage.legacyBucketOwner',
            members: [`projectEditor:${project}`, `projectOwner:${project}`],
          },
          { role: 'roles/storage.legacyBucketReader', members: [`projectViewer:${project}`] },
        ],
      });
      return fields;
    }),
    route('GET', one, (call) => bucketFound(cloud, call).fields),
    route('PATCH', one, (call) => {
      const { bucket, fields } = bucketFound(cloud, call);
      const expected = call.query.get('ifMetagenerationMatch');
      if (expected !== null && expected !== fields.metageneration)
        throw new GoogleError('ABORTED', 'At least one of the pre-conditions you specified did not hold.');
      const metageneration = String(Number(fields.metageneration) + 1);
      const etag = Buffer.from(metageneration).toString('base64');
      return state.set(bucketName(bucket), {
        ...patched(fields, call.body),
        metageneration,
        etag,
        updated: clock.timestamp(),
      });
    }),
    route('DELETE', one, (call) => {
      const { bucket } = bucketFound(cloud, call);
      if (state.names(`${bucketName(bucket)}/o/*`).length > 0)
        throw new GoogleError('ABORTED', 'The bucket you tried to delete is not empty.', { reason: 'conflict' });
      state.remove(bucketName(bucket));
      cloud.policies.remove(bucketName(bucket));
      return new RawAnswer(204, {});
    }),
    route('GET', `${one}/storageLayout`, (call) => {
      const { bucket, fields } = bucketFound(cloud, call);
      return {
        kind: 'storage#storageLayout',
        bucket,
        location: fields.location,
        locationType: fields.locationType,
        hierarchicalNamespace: { enabled: false },
      };
    }),
    route('GET', `${one}/managedFolders`, (call) => {
      bucketFound(cloud, call);
      return { kind: 'storage#managedFolders' };
    }),
  ];
}

function policyRoutes(cloud: Cloud): readonly Route[] {
  const shown = (bucket: string, version: number): Fields => ({
    kind: 'storage#policy',
    resourceId: `projects/_/buckets/${bucket}`,
    ...cloud.policies.get(bucketName(bucket), version),
  });
  return [
    route('GET', `${one}/iam`, (call) => {
      const { bucket } = bucketFound(cloud, call);
      return shown(bucket, Number(call.query.get('optionsRequestedPolicyVersion') ?? 1));
    }),
    route('PUT', `${one}/iam`, (call) => {
      const { bucket, fields } = bucketFound(cloud, call);
      const access = object(object(fields.iamConfiguration).uniformBucketLevelAccess);
      const conditional = JSON.stringify(call.body).includes('"condition"');
      if (conditional && access.enabled !== true)
        throw new GoogleError('INVALID_ARGUMENT', 'Conditions need uniform bucket-level access.');
      cloud.policies.set(bucketName(bucket), call.body);
      return shown(bucket, 3);
    }),
  ];
}
