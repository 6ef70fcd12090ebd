/** Agents, their runs and their users, as the examples of the guide need them. */
import { catalogueOf, type Sampled, sampleCollection } from './catalogue/learn.ts';

/** A Sunday, at noon. */
export const now = new Date('2026-11-22T12:00:00Z');

const day = 86_400_000;
const ago = (days: number) => new Date(now.getTime() - days * day);
const pick = <Item>(items: readonly [Item, ...Item[]], at: number): Item => items[at % items.length] ?? items[0];

const agents = Array.from({ length: 30 }, (_, index) => ({
  _id: `a${index}`,
  name: `Agent ${index}`,
  status: pick(['active', 'paused', 'retired'], index),
  model: pick(['gpt-4o', 'claude', 'llama'], index),
  isPublic: index % 2 === 0,
  tags: index % 5 === 0 ? ['beta', 'internal'] : ['beta'],
  owner: { email: `user${index % 7}@example.org`, team: pick(['red', 'blue'], index) },
  tools: Array.from({ length: index % 4 }, (_, tool) => ({
    label: pick(['search', 'browser', 'shell'], tool),
    calls: index + tool,
  })),
  createdAt: ago(index),
}));

const runs = Array.from({ length: 200 }, (_, index) => ({
  _id: `r${index}`,
  agentId: `a${index % 30}`,
  userId: `u${index % 25}`,
  status: pick(['completed', 'failed', 'error', 'running'], index),
  model: pick(['gpt-4o', 'claude', 'llama'], index),
  responseTimeMs: 100 + ((index * 37) % 900),
  errorMessage: index % 4 === 1 ? 'no answer' : null,
  startedAt: ago(index / 5),
}));

const usage = Array.from({ length: 300 }, (_, index) => ({
  _id: `t${index}`,
  userId: `u${index % 25}`,
  tokens: 10 + ((index * 17) % 500),
  at: ago(index),
}));

const users = Array.from({ length: 25 }, (_, index) => ({
  _id: `u${index}`,
  name: `User ${index}`,
  country: pick(['DE', 'US', 'FR'], index),
  age: 20 + (index % 40),
}));

export const collections: Readonly<Record<string, readonly Sampled[]>> = { agents, runs, usage, users };

export const catalogue = catalogueOf(
  Object.entries(collections).map(([name, documents]) => sampleCollection(name, documents)),
);

export const fixture = { agents, runs, usage, users };
