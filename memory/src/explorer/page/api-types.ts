/** What the API answers, as the page's modules are checked against it; from the schemas of the service itself. */
import type * as z from 'zod';
import type { history, memory, memoryPage } from '../../api/memories.ts';
import type { stats } from '../../api/records.ts';
import type { assembled, contextTrace, found, hit } from '../../api/search.ts';
import type { PartHealth } from '../../api/service.ts';
import type { message, messagePage, session, sessionPage } from '../../api/sessions.ts';

export type Memory = z.output<typeof memory>;
export type MemoryPage = z.output<typeof memoryPage>;
export type History = z.output<typeof history>;
export type Session = z.output<typeof session>;
export type SessionPage = z.output<typeof sessionPage>;
export type Message = z.output<typeof message>;
export type MessagePage = z.output<typeof messagePage>;
export type Found = z.output<typeof found>;
export type Hit = z.output<typeof hit>;
export type Assembled = z.output<typeof assembled>;
export type Traced = z.output<typeof contextTrace>;
export type Stats = z.output<typeof stats>;

/** Of /health/ready. */
export interface Readiness {
  readonly status: 'up' | 'degraded' | 'down' | 'draining';
  readonly parts: readonly (Pick<PartHealth, 'part' | 'name' | 'up'> & { readonly since?: string })[];
}
