import type { FastifyInstance } from 'fastify';
import type { PartHealth } from '../api/service.ts';

export interface HealthOptions {
  readonly health: () => Promise<readonly PartHealth[]>;
  readonly now: () => number;
  readonly isDraining: () => boolean;
}

/** Milliseconds for which a look at the stores is good enough for the next probe. */
const FRESH = 2000;
const stores: ReadonlySet<PartHealth['part']> = new Set(['short', 'mid', 'long', 'semantic']);

/**
 * /health/live: the process answers, whatever the stores do. /health/ready: it can be of use, as one tier at least answers; with
 * one tier down all replicas would else leave their Service together, and take the other tiers with them.
 */
export function addHealth(http: FastifyInstance, { health, now, isDraining }: HealthOptions): void {
  let asked: { readonly at: number; readonly parts: Promise<readonly PartHealth[]> } | undefined;

  http.get('/health/live', (_request, reply) => reply.send({ status: 'up' }));
  http.get('/health/ready', async (_request, reply) => {
    const at = now();
    if (asked === undefined || Math.abs(at - asked.at) >= FRESH) asked = { at, parts: health() };
    const parts = await asked.parts;
    const usable = parts.some(({ part, up }) => stores.has(part) && up);
    const status = isDraining() ? 'draining' : statusOf(parts, usable);
    // Errors name hosts: they are for the log.
    const shown = parts.map(({ part, name, up, since }) => ({
      part,
      name,
      up,
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    }));
    return reply.code(usable && !isDraining() ? 200 : 503).send({ status, parts: shown });
  });
}

function statusOf(parts: readonly PartHealth[], usable: boolean): 'up' | 'degraded' | 'down' {
  if (!usable) return 'down';
  return parts.every(({ up }) => up) ? 'up' : 'degraded';
}
