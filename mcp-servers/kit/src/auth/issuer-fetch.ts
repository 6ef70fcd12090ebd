import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface IssuerFetchOptions {
  /** PEM; not set: the trusted CAs. */
  readonly caFile?: string;
  /** Read each time, as the kubelet renews it. */
  readonly tokenFile?: string;
}

export type GetJson = (url: string, signal?: AbortSignal) => Promise<Response>;

/** Milliseconds. */
/** A Kubernetes API server gives its keys as the first alone, and its discovery document as the second. */
const accept = 'application/jwk-set+json, application/json';
const PATIENCE = 5000;
/** Bytes. */
const LARGEST = 1024 * 1024;

/** GET of an issuer's documents, with the CA and the token that it asks for. No redirect is followed. */
export function issuerFetch({ caFile, tokenFile }: IssuerFetchOptions): GetJson {
  return async (url, given) => {
    const ca = caFile === undefined ? undefined : await readFile(caFile);
    const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim();
    const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(given ? [given] : [])]);
    const headers = { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const sent = send(url, { headers, signal, ...(ca && { ca }) }, (answer) => {
      if (Number(answer.headers['content-length'] ?? 0) > LARGEST) answer.destroy(new Error(`${url} is too large`));
      buffer(answer).then((body) => resolve(new Response(body, { status: answer.statusCode ?? 500 })), reject);
    });
    sent.on('error', reject).end();
    return promise;
  };
}
