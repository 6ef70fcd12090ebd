/** The memory explorer: a page for the engineer who runs the service, which asks the public API as any other caller does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { Refusal } from '../api/errors.ts';
import { unauthenticated } from '../auth/authenticator.ts';
import { isCached } from '../http/headers.ts';
import { mistakesOf } from '../http/mistakes.ts';
import { type PageFile, pageFiles } from './files.ts';
import type { OneTimeLink } from './one-time-link.ts';

export interface ExplorerOptions {
  /** What the page offers. What a caller may do is what the token says, whatever the page offers. */
  readonly mode: 'read-only' | 'writable';
  /** Where the token is this machine's; absent: whoever opens the page brings a token. */
  readonly link?: OneTimeLink;
}

/** Only files of this service, talking only to it; and no text can become markup or script (Trusted Types). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // Kept, and asked for again each time: a page is never of two releases.
  'cache-control': 'no-cache',
};

const redeeming = z.strictObject({ code: z.string().min(1).max(100) });

/** Adds `/explorer` and what is below it. */
export function addExplorer(http: FastifyInstance, { mode, link }: ExplorerOptions): void {
  const files = pageFiles(mode);
  for (const [name, file] of files) {
    const url = name === 'index.html' ? '/explorer' : `/explorer/${name}`;
    http.get(url, (request, reply) => send(request, reply, file));
  }
  http.get('/explorer/', (_request, reply) => reply.redirect('/explorer', 308));
  if (link === undefined) return;
  http.post('/explorer/token', (request, reply) => {
    const asked = redeeming.safeParse(request.body);
    if (!asked.success) {
      const mistakes = mistakesOf('body', asked.error.issues, request.body);
      throw new Refusal('invalid-request', 'Send the code of the link: see errors.', { mistakes });
    }
    const token = link.redeem(asked.data.code);
    if (token === undefined) throw unauthenticated('The link was used already, or is too old.');
    return reply.send({ token });
  });
}

function send(request: FastifyRequest, reply: FastifyReply, { body, type, etag }: PageFile): FastifyReply {
  reply.headers(headers).header('etag', etag);
  if (isCached(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', type).send(body);
}
