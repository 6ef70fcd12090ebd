/**
 * Secrets never enter git. A chart names the key it needs; the value lives in Secret Manager, and External Secrets brings it
 * in. Who reads what is known from the use itself (containers' variables and mounts), so the list cannot be wrong.
 */

/** How the bootstrap obtains a value the first time. */
export type SecretOrigin =
  /** Random letters and digits: safe in URLs, in YAML and in Alembic, which breaks on `%`. */
  | { readonly generate: number }
  /** Given by a person. */
  | { readonly provided: string };

/** One value of a Secret. */
export interface SecretKeySpec {
  readonly meaning: string;
  readonly origin: SecretOrigin;
}

/** A Secret of the catalogue (charts/secrets.ts). */
export class SecretSpec<K extends string = string> {
  readonly name: string;
  readonly keys: Readonly<Record<K, SecretKeySpec>>;

  constructor(name: string, keys: Readonly<Record<K, SecretKeySpec>>) {
    this.name = name;
    this.keys = keys;
  }

  /** One key of the Secret, as the value of a container's variable. */
  key(key: K): SecretKey {
    return new SecretKey(this as SecretSpec, key);
  }

  /** Name of the value in Secret Manager. */
  remoteName(key: string): string {
    return `orchestra-${this.name}-${key}`;
  }
}

/** A reference to one value of a Secret. */
export class SecretKey {
  readonly secret: SecretSpec;
  readonly key: string;

  constructor(secret: SecretSpec, key: string) {
    this.secret = secret;
    this.key = key;
  }
}
