import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../../api/errors.ts';
import type { Scope } from '../../api/service.ts';
import type { StoreTier } from '../dependencies.ts';
import { canonical } from './canonical.ts';

/** A write that a later read must see: when it was done, and in which stores. */
export interface Consistency {
  readonly at: number;
  readonly tiers: readonly StoreTier[];
}

/** Makes and reads what callers carry and must not make themselves: cursors, consistency tokens and signatures of receipts. */
export class Signer {
  readonly #key: KeyObject;

  constructor(key: string | Uint8Array) {
    this.#key = createSecretKey(typeof key === 'string' ? Buffer.from(key) : key);
  }

  signature(value: unknown): string {
    return createHmac('sha256', this.#key).update(canonical(value)).digest('base64url');
  }

  /** A place in a list, which is good for the same tenant, list and filters only. */
  cursor(scope: Scope, list: unknown, place: object): string {
    return this.#seal(place, canonical(['cursor', scope.tenant, list]));
  }

  /** @throws Refusal where the cursor was not made for this list */
  place<T extends object>(scope: Scope, list: unknown, cursor: string | undefined, pointer: string): T | undefined {
    if (cursor === undefined) return undefined;
    const place = this.#open<T>(cursor, canonical(['cursor', scope.tenant, list]));
    if (place !== undefined) return place;
    throw new Refusal('invalid-request', 'The cursor is not of this list.', {
      mistakes: [
        {
          pointer,
          given: cursor.slice(0, 40),
          allowed: '`next` of the page before, with the same filters',
          fix: 'Begin again without a cursor.',
        },
      ],
    });
  }

  consistencyToken(scope: Scope, consistency: Consistency): string {
    return this.#seal(consistency, JSON.stringify(['consistency', scope.tenant]));
  }

  /** @throws Refusal where the token is not of this tenant */
  consistency(scope: Scope, token: string | undefined): Consistency | undefined {
    if (token === undefined) return undefined;
    const consistency = this.#open<Consistency>(token, JSON.stringify(['consistency', scope.tenant]));
    if (consistency !== undefined) return consistency;
    throw new Refusal('invalid-request', 'The consistency token was not given by this service to this tenant.', {
      mistakes: [
        {
          pointer: 'header/Consistency-Token',
          given: token.slice(0, 40),
          allowed: 'the Consistency-Token of an answer to a write',
          fix: 'Send the token of the write as it came, or none.',
        },
      ],
    });
  }

  #seal(content: object, purpose: string): string {
    const text = JSON.stringify(content);
    return Buffer.from(`${this.#mark(purpose, text)}${text}`).toString('base64url');
  }

  /** 132 bits, as 22 letters. */
  #mark(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest('base64url').slice(0, 22);
  }

  #open<T extends object>(sealed: string, purpose: string): T | undefined {
    const plain = Buffer.from(sealed, 'base64url').toString();
    const text = plain.slice(22);
    const [given, expected] = [Buffer.from(plain.slice(0, 22)), Buffer.from(this.#mark(purpose, text))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(text) as T;
  }
}
