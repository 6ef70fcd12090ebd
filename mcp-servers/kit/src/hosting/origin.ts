import type { IncomingHttpHeaders } from 'node:http';
import { Refused } from './answers.ts';

const PORT = /:\d{1,5}$/;

/**
 * Refuses requests that came by a name that is not the server's (421), or from a web page that may not call it (403): a page that
 * rebinds its own name to this address sends that name.
 */
export class OriginCheck {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(hosts: readonly string[], origins: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  }

  /** @throws {Refused} 421, 403 */
  check({ host, origin }: IncomingHttpHeaders): void {
    if (host === undefined || !this.#hosts.has(host.toLowerCase().replace(PORT, ''))) {
      throw new Refused(
        421,
        'This server does not go by the name in the Host header. Its operator can add the name to MCP_ALLOWED_HOSTS.',
      );
    }
    if (origin !== undefined && !this.#origins.has(origin.toLowerCase()) && !this.#isSame(origin)) {
      throw new Refused(
        403,
        'Web pages of this Origin may not call this server. Its operator can add it to MCP_ALLOWED_ORIGINS.',
      );
    }
  }

  /** A page that this machine serves to itself. */
  #isSame(origin: string): boolean {
    return /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(origin) && this.#hosts.has('localhost');
  }
}
