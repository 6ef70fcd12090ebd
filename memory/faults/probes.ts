import { setTimeout as sleep } from 'node:timers/promises';

export interface Readiness {
  readonly status: string;
  readonly parts: readonly { readonly part: string; readonly up: boolean }[];
}

/** Milliseconds between two looks. */
const EVERY = 100;

/** Asks as Kubernetes does, and more often. */
export class Probes {
  readonly #url: string;
  /** Answers of /health/live other than 200. */
  readonly notLive: string[] = [];
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  async ready(): Promise<Readiness> {
    return (await (await fetch(`${this.#url}/health/ready`)).json()) as Readiness;
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      const status = await fetch(`${this.#url}/health/live`).then(
        async (response) => {
          await response.text();
          return response.status;
        },
        (error: unknown) => String(error),
      );
      if (status !== 200) this.notLive.push(String(status));
      await sleep(EVERY);
    }
  }
}
