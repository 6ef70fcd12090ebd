import { generateKeyPair, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';

/** What proves to a cluster who a client is. */
export interface Access {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Bearer token of a cluster administrator (group `system:masters`). */
  readonly token: string;
  /** PEM file that the server's certificate is checked with. */
  readonly caFile: string;
}

/** A kubeconfig with one cluster, user and context, all named `testbed`. */
export function kubeconfig({ url, token, caFile }: Access): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'testbed', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'testbed', user: { token } }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'testbed' } }],
    'current-context': 'testbed',
  });
}

/** Writes a token file for the API server with one administrator, and returns its token. */
export function writeTokenFile(file: string): string {
  const token = randomBytes(24).toString('hex');
  writeFileSync(file, `${token},testbed-admin,testbed-admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}

/** Writes the key pair that signs and checks service account tokens. RSA, because GKE's tokens are RS256. */
export async function writeServiceAccountKeys(folder: string): Promise<{ privateKey: string; publicKey: string }> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const files = { privateKey: join(folder, 'service-account.key'), publicKey: join(folder, 'service-account.pub') };
  writeFileSync(files.privateKey, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(files.publicKey, keys.publicKey.export({ type: 'spki', format: 'pem' }));
  return files;
}
