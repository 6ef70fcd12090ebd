import { createHmac, createSecretKey, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

export type Unsealed =
  | { readonly ok: true; readonly state: unknown }
  /** `foreign`: changed, of another caller or another use, or sealed with another key. */
  | { readonly ok: false; readonly fault: 'foreign' | 'expired' };

/** What a signed text is bound to: it opens for the same caller and use alone. */
export interface Binding {
  readonly principal: string;
  readonly tenant?: string;
  /** Such as `cursor find`. */
  readonly use: string;
}

/** Milliseconds that a cursor or the state of a question lives. */
const LIFETIME = 15 * 60_000;
/** Bytes: 128 bits, as nobody can try more than the rate limit lets them; the text goes through a model, which pays for each. */
const MAC = 16;

/**
 * State that a client carries for the server: signed (HMAC-SHA-256), not encrypted; bound to who got it and for what, and ended
 * after 15 minutes. Any replica with the same key opens it.
 */
export class Signed {
  readonly #key: KeyObject;
  readonly #now: () => number;

  /** @param key not set: made now, so that nothing signed before is taken */
  constructor(key: string | undefined, now: () => number) {
    this.#key = createSecretKey(
      key === undefined ? randomBytes(32) : hash('sha256', `mcp-kit signed state\0${key}`, 'buffer'),
    );
    this.#now = now;
  }

  seal(state: unknown, binding: Binding): string {
    const until = Math.ceil((this.#now() + LIFETIME) / 1000);
    const body = Buffer.from(JSON.stringify([until, state]));
    return `${body.toString('base64url')}.${this.#mac(body, binding).toString('base64url')}`;
  }

  open(text: string, binding: Binding): Unsealed {
    const [, encoded = '', mac = ''] = /^([\w-]+)\.([\w-]{22})$/.exec(text) ?? [];
    const body = Buffer.from(encoded, 'base64url');
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== MAC || !timingSafeEqual(this.#mac(body, binding), given))
      return { ok: false, fault: 'foreign' };
    const [until, state] = JSON.parse(body.toString()) as [number, unknown];
    return until * 1000 <= this.#now() ? { ok: false, fault: 'expired' } : { ok: true, state };
  }

  /** The caller and the use are signed with the body and not in it: they are known when it comes back. */
  #mac(body: Buffer, { principal, tenant, use }: Binding): Buffer {
    const bound = JSON.stringify([principal, tenant ?? null, use]);
    return createHmac('sha256', this.#key).update(`${bound.length}:${bound}`).update(body).digest().subarray(0, MAC);
  }
}
