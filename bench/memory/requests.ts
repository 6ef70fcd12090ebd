/** The requests that are measured, and the few that prepare them. */
import type { Request, Target } from './load.ts';
import { type Generated, memories, subjectName } from './texts.ts';

export const SESSIONS = 64;
export const sessionName = (session: number): string => `session-${session}`;

/** Sends one request. @throws where it is not answered 2xx */
export async function ask({ url, token }: Target, { method, path, body }: Request): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      prefer: 'wait=indexed',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

export const some = (seed: number, count: number): readonly Generated[] => {
  const source = memories(seed);
  return Array.from({ length: count }, () => source.next().value);
};

/** @returns their names */
export async function beginSessions(target: Target, prefix = ''): Promise<readonly string[]> {
  const names = Array.from({ length: SESSIONS }, (_, number) => `${prefix}${sessionName(number)}`);
  for (const id of names) {
    await ask(target, { method: 'POST', path: '/v1/sessions', body: { id, subjectId: `subject of ${id}` } });
  }
  return names;
}

export const appends = (sessions: readonly string[]): readonly Request[] =>
  some(11, sessions.length).map(({ text: content }, number) => ({
    method: 'POST',
    path: `/v1/sessions/${sessions[number]}/messages`,
    body: { messages: [{ role: 'user', content }] },
  }));

export const states = (sessions: readonly string[]): readonly Request[] =>
  some(12, sessions.length).map(({ text: plan }, number) => ({
    method: 'PUT',
    path: `/v1/sessions/${sessions[number]}/state/plan`,
    body: { value: { plan } },
  }));

/** Remembers one each. */
export const remembers = (tier: string): readonly Request[] =>
  some(13, 256).map(({ text, subject }) => ({
    method: 'POST',
    path: '/v1/memories',
    body: { memories: [{ text, tier, subjectId: subjectName(subject) }] },
  }));

export const gets = (ids: readonly string[]): readonly Request[] =>
  ids.map((id) => ({ method: 'GET', path: `/v1/memories/${id}` }));

export const searches = (asked: readonly Generated[]): readonly Request[] =>
  asked.map(({ text, subject }) => ({
    method: 'POST',
    path: '/v1/memories/search',
    body: { query: text, limit: 10, filters: { subjectIds: [subjectName(subject)] } },
  }));

export const contexts = (asked: readonly Generated[]): readonly Request[] =>
  asked.map(({ text, subject }) => ({
    method: 'POST',
    path: '/v1/context',
    body: { query: text, maxTokens: 1024, filters: { subjectIds: [subjectName(subject)] } },
  }));

/** Remembers memories in batches. @returns their ids */
export async function remember(target: Target, tier: string, given: readonly Generated[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < given.length; from += 50) {
    const batch = given
      .slice(from, from + 50)
      .map(({ text, subject }) => ({ text, tier, subjectId: subjectName(subject) }));
    const answer = await ask(target, { method: 'POST', path: '/v1/memories', body: { memories: batch } });
    ids.push(...(answer as { readonly memories: readonly { readonly id: string }[] }).memories.map(({ id }) => id));
  }
  return ids;
}
