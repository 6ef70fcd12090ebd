/** @import { Assembled, Found, History, Memory, MemoryPage, MessagePage, Readiness, Session, SessionPage, Stats } from './api-types.ts' */
import { heard } from './times.js';
import { dropToken, heldToken } from './token.js';

/** The service refused, or failed. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, title?: string, detail?: string, errors?: readonly { pointer: string, given: string, allowed: string }[] }} problem
   */
  constructor(status, { code = 'unknown', title = `Status ${status}`, detail = '', errors = [] }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.title = title;
    this.mistakes = errors.map(({ pointer, given, allowed }) => `${pointer}: ${given} was given; allowed: ${allowed}`);
  }
}

/** Nothing answered. */
export class Unreachable extends Error {}

/** @typedef {Record<string, string | number | undefined>} Query */
/** @typedef {{ method?: string, query?: Query, body?: unknown, ifMatch?: number, signal?: AbortSignal | undefined }} Request */

/**
 * @param {string} path
 * @param {Request} request
 * @throws {Refused | Unreachable}
 */
async function ask(path, { method = 'GET', query = {}, body, ifMatch, signal }) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  const response = await fetch(search.size === 0 ? path : `${path}?${search}`, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${heldToken() ?? ''}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new Unreachable('The service does not answer.', { cause: error });
  });
  heard(response.headers.get('date'));
  const text = await response.text();
  if (response.status === 401) {
    dropToken();
    dispatchEvent(new Event('tokenrefused'));
  }
  if (!response.ok) throw new Refused(response.status, problemOf(text));
  return text === '' ? undefined : JSON.parse(text);
}

/** @param {string} text */
function problemOf(text) {
  try {
    const parsed = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

const part = encodeURIComponent;
/** @typedef {AbortSignal | undefined} Signal */

/** The operations of the API that the page asks for. */
export const api = {
  /** @type {(signal?: Signal) => Promise<Stats>} */
  stats: (signal) => ask('/v1/stats', { signal }),
  /** @type {(query: Query, signal?: Signal) => Promise<SessionPage>} */
  sessions: (query, signal) => ask('/v1/sessions', { query, signal }),
  /** @type {(id: string, signal?: Signal) => Promise<Session>} */
  session: (id, signal) => ask(`/v1/sessions/${part(id)}`, { signal }),
  /** @type {(id: string, query: Query, signal?: Signal) => Promise<MessagePage>} */
  messages: (id, query, signal) => ask(`/v1/sessions/${part(id)}/messages`, { query, signal }),
  /** @type {(query: Query, signal?: Signal) => Promise<MemoryPage>} */
  memories: (query, signal) => ask('/v1/memories', { query, signal }),
  /** @type {(id: string, signal?: Signal) => Promise<Memory>} */
  memory: (id, signal) => ask(`/v1/memories/${part(id)}`, { signal }),
  /** @type {(id: string, signal?: Signal) => Promise<History>} */
  history: (id, signal) => ask(`/v1/memories/${part(id)}/history`, { signal }),
  /** @type {(body: unknown, signal?: Signal) => Promise<Found>} */
  search: (body, signal) => ask('/v1/memories/search', { method: 'POST', body, signal }),
  /** @type {(body: unknown, signal?: Signal) => Promise<Assembled>} */
  context: (body, signal) => ask('/v1/context', { method: 'POST', body, signal }),
  /** @type {(id: string, pinned: boolean) => Promise<Memory>} */
  pin: (id, pinned) => ask(`/v1/memories/${part(id)}:${pinned ? 'pin' : 'unpin'}`, { method: 'POST' }),
  /** @type {(id: string, version: number, body: unknown) => Promise<Memory>} */
  edit: (id, version, body) => ask(`/v1/memories/${part(id)}`, { method: 'PATCH', ifMatch: version, body }),
  /** @type {(id: string, version: number) => Promise<void>} */
  forget: (id, version) => ask(`/v1/memories/${part(id)}`, { method: 'DELETE', ifMatch: version }),
};

/**
 * Which part answers; told without a token.
 * @returns {Promise<Readiness>}
 * @throws {Unreachable}
 */
export async function readiness() {
  const response = await fetch('/health/ready').catch((error) => {
    throw new Unreachable('The service does not answer.', { cause: error });
  });
  return response.json();
}
