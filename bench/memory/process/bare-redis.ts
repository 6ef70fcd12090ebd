/**
 * The least that can do a short-tier write over HTTP: node:http, JSON.parse, and the very call of Redis that the service makes
 * (`/append`), or a plain SET with a life of an hour (`/set`). No token, no validation, no metrics, no guard.
 *
 * Environment: PORT, REDIS_PORT, REDIS_PASSWORD.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';
import { appendScript } from '../../../memory/src/stores/dragonfly/scripts.ts';
import { appendCall } from '../../../memory/src/stores/dragonfly/write-call.ts';
import { appended } from './appended.ts';
import { number, ready, text } from './child.ts';

const redis = new Redis({
  host: '127.0.0.1',
  port: number('REDIS_PORT'),
  password: text('REDIS_PASSWORD'),
  enableAutoPipelining: true,
  scripts: { append: { lua: appendScript } },
}) as Redis & { append(keys: number, ...rest: readonly (string | number)[]): Promise<readonly string[]> };

const HOUR_SECONDS = 3600;

async function append(url: string, body: string): Promise<unknown> {
  const [, , , session = ''] = url.split('/');
  const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
  const [{ role = '', content = '' } = {}] = messages;
  const now = Date.now();
  const { id, append } = appended(session, role, content, now);
  const call = appendCall('bench', append, now);
  const [, first] = await redis.append(call.keys.length, ...call.keys, ...call.arguments);
  return { messages: [{ id, sequence: Number(first), status: 'active' }], lastSequence: Number(first) };
}

async function set(url: string, body: string): Promise<unknown> {
  await redis.set(url, body, 'EX', HOUR_SECONDS);
  return { written: true };
}

createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { url = '' } = request;
    const write = url.startsWith('/set/') ? set : append;
    write(url, Buffer.concat(chunks).toString()).then(
      (answer) => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      },
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
}).listen(number('PORT'), '127.0.0.1', () => ready());
