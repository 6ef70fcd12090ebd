import type { Bench } from './bench.ts';
import { growth } from './growth/growth.ts';
import { synth } from './synth/synth.ts';

/** Every bench. Each has a block in docs/performance.md. */
export const catalog: readonly Bench[] = [synth, growth];
