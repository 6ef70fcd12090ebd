import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

/**
 * Whether a server on this machine answers GET with status 200. False for any other status and for no answer.
 * The certificate is not checked: a test server signs its own while it starts.
 */
export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const onResponse = (response: import('node:http').IncomingMessage) => {
      response.resume();
      resolve(response.statusCode === 200);
    };
    const request = url.startsWith('https:')
      ? getHttps(url, { rejectUnauthorized: false, timeout: 5_000, agent: false }, onResponse)
      : getHttp(url, { timeout: 5_000, agent: false }, onResponse);
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
