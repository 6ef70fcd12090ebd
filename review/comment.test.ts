import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { putComment } from './comment.ts';
import { GitHubRefused, type Repository } from './github.ts';

/** As much of GitHub as holds comments: pages of them, and one token that may write. */
interface Comment {
  readonly id: number;
  body: string;
}

let server: Server;
let comments: Comment[];
const written: string[] = [];

beforeEach(async () => {
  comments = [];
  written.length = 0;
  server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://github');
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== 'Bearer good') return answer(403, { message: 'Resource not accessible' });
    const text = (await request.toArray()).join('');
    if (method !== 'GET') written.push(`${method} ${pathname}`);
    if (method === 'GET' && pathname === '/repos/acme/orchestra/issues/7/comments') {
      const size = Number(searchParams.get('per_page'));
      const from = (Number(searchParams.get('page')) - 1) * size;
      return answer(200, comments.slice(from, from + size));
    }
    if (method === 'POST' && pathname === '/repos/acme/orchestra/issues/7/comments') {
      comments.push({ id: comments.length + 1, body: JSON.parse(text).body });
      return answer(201, {});
    }
    const own = comments.find(({ id }) => pathname === `/repos/acme/orchestra/issues/comments/${id}`);
    if (method !== 'PATCH' || !own) return answer(404, { message: 'Not Found' });
    own.body = JSON.parse(text).body;
    return answer(200, {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const repository = (token = 'good'): Repository => ({
  api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  name: 'acme/orchestra',
  token,
});

test('the first is created, the next is written into the same comment', async () => {
  comments.push({ id: 1, body: 'Looks good to me' });
  expect(await putComment(repository(), 7, 'first')).toBe('created');
  expect(await putComment(repository(), 7, 'second')).toBe('updated');
  expect(comments.map(({ body }) => body.split('\n').at(-1))).toEqual(['Looks good to me', 'second']);
});

test('it is found behind a hundred other comments', async () => {
  comments.push(...Array.from({ length: 100 }, (_, index) => ({ id: index + 1, body: 'ping' })));
  await putComment(repository(), 7, 'first');
  expect(await putComment(repository(), 7, 'second')).toBe('updated');
  expect(written).toEqual([
    'POST /repos/acme/orchestra/issues/7/comments',
    'PATCH /repos/acme/orchestra/issues/comments/101',
  ]);
});

test('a refusal says what GitHub answered, and never the token', async () => {
  const refused = await putComment(repository('s3cret'), 7, 'text').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(GitHubRefused);
  expect(String(refused)).toContain('403');
  expect(String(refused)).not.toContain('s3cret');
});
