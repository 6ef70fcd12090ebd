/** The bucket that a request is about. */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName } from '../cloud.ts';
import { type Call, type Fields, param } from '../route.ts';

export const host = 'storage.googleapis.com';
export const bucketName = (bucket: string) => fullName(host, bucket);

/** @throws {GoogleError} where there is none */
export function bucketFound(cloud: Cloud, call: Call): { readonly bucket: string; readonly fields: Fields } {
  const bucket = param(call, 'bucket');
  const fields = cloud.state.get(bucketName(bucket));
  if (fields === undefined) throw new GoogleError('NOT_FOUND', 'The specified bucket does not exist.');
  return { bucket, fields };
}
