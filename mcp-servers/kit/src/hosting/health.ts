/** What a part of a server, such as its database, says of itself. */
export interface PartHealth {
  readonly ok: boolean;
  /** For the log and for operators; names no host and no secret. */
  readonly detail?: string;
}

export type Ready = () => Promise<Readonly<Record<string, PartHealth>>>;

export interface Readiness {
  readonly status: 200 | 503;
  readonly body: {
    readonly status: 'ready' | 'not ready' | 'draining';
    readonly parts: Readonly<Record<string, PartHealth>>;
  };
}

/** Milliseconds for which a look at the parts is good enough for the next probe. */
const FRESH = 2000;

/** Answers of /health/ready: every part is well, and the server is not ending. */
export function readiness(ready: Ready, now: () => number): (draining: boolean) => Promise<Readiness> {
  let asked: { readonly at: number; readonly parts: Promise<Readonly<Record<string, PartHealth>>> } | undefined;
  return async (draining) => {
    const at = now();
    if (asked === undefined || Math.abs(at - asked.at) >= FRESH) {
      asked = { at, parts: ready().catch(() => ({ server: { ok: false, detail: 'cannot tell' } })) };
    }
    const parts = await asked.parts;
    const well = Object.values(parts).every(({ ok }) => ok);
    return {
      status: well && !draining ? 200 : 503,
      body: { status: draining ? 'draining' : well ? 'ready' : 'not ready', parts },
    };
  };
}
