/** A certificate for a host of Google that gcloud lets nobody stand in for by a setting. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  readonly certificateFile: string;
  readonly key: string;
  readonly certificate: string;
}

/** Signed by itself, for a day, in a folder. Needs openssl on PATH; throws where it cannot be run. */
export async function makeCertificate(host: string, folder: string): Promise<Certificate> {
  const keyFile = join(folder, 'key.pem');
  const certificateFile = join(folder, 'certificate.pem');
  const files = ['-keyout', keyFile, '-out', certificateFile];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, ...files]);
  return {
    certificateFile,
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
  };
}
