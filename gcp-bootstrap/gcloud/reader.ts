import { GcloudFailed } from './failure.ts';
import type { Gcloud } from './gcloud.ts';

/** Reads the cloud once: steps that look at the same list share one call of gcloud. */
export class Reader {
  readonly #gcloud: Gcloud;
  readonly #enabled: ReadonlySet<string> | undefined;
  readonly #answers = new Map<string, Promise<unknown>>();

  /** @param enabled APIs that are on; what an API that is off would have is not there, and is not asked for */
  constructor(gcloud: Gcloud, enabled?: ReadonlySet<string>) {
    this.#gcloud = gcloud;
    this.#enabled = enabled;
  }

  get project(): string {
    return this.#gcloud.project;
  }

  isEnabled(api: string): boolean {
    return this.#enabled?.has(api) ?? true;
  }

  /** The answer of a list or describe command. @throws {GcloudFailed} */
  json<T>(...words: readonly string[]): Promise<T> {
    const key = words.join('\0');
    const known = this.#answers.get(key) ?? this.#gcloud.json<unknown>(words);
    this.#answers.set(key, known);
    return known as Promise<T>;
  }

  /** The same; undefined where Google says that it is not there, and only then. @throws {GcloudFailed} */
  async found<T>(...words: readonly string[]): Promise<T | undefined> {
    try {
      return await this.json<T>(...words);
    } catch (error) {
      if (error instanceof GcloudFailed && error.kind === 'absent') return undefined;
      throw error;
    }
  }

  /** One that has read nothing yet. */
  fresh(): Reader {
    return new Reader(this.#gcloud, this.#enabled);
  }
}
