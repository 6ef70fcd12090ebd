import type { Bench } from './bench.ts';
import { growth } from './growth/growth.ts';
import { mcp } from './mcp/mcp.ts';
import { memory } from './memory/memory.ts';
import { recall } from './recall/recall.ts';
import { synth } from './synth/synth.ts';
import { translate } from './translate/translate.ts';

/** Every bench. Each has a block in docs/performance.md. */
export const catalog: readonly Bench[] = [synth, growth, memory, recall, translate, mcp];
