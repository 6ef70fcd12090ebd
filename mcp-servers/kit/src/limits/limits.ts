import type { Caller } from '../tools/tool.ts';
import { Concurrency } from './concurrency.ts';
import { RateLimit } from './rate-limit.ts';

/** What one caller may ask of one replica. */
export interface Limits {
  readonly rate: RateLimit;
  readonly concurrency: Concurrency;
}

export const openLimits = (
  {
    MCP_RATE_LIMIT_PER_SECOND,
    MCP_CONCURRENCY,
  }: { readonly MCP_RATE_LIMIT_PER_SECOND: number; readonly MCP_CONCURRENCY: number },
  now: () => number,
): Limits => ({ rate: new RateLimit(MCP_RATE_LIMIT_PER_SECOND, now), concurrency: new Concurrency(MCP_CONCURRENCY) });

/** One caller for the limits: a principal in a tenant. */
export const limitKey = ({ principal, tenant }: Caller) =>
  tenant === undefined ? principal : `${tenant}\0${principal}`;
