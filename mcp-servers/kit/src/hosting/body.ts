import type { IncomingMessage } from 'node:http';
import { Refused } from './answers.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON of a request's body.
 * @throws {Refused} 413 more than `limit` bytes, 400 no JSON in UTF-8
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  try {
    const [only = Buffer.alloc(0)] = chunks;
    return JSON.parse(utf8.decode(chunks.length <= 1 ? only : Buffer.concat(chunks)));
  } catch (cause) {
    throw new Refused(400, 'Parse error: the body is not JSON in UTF-8.', {}, cause);
  }
}

/** The rest of the body is not read, so the connection cannot be used again. */
const tooLarge = (limit: number) =>
  new Refused(
    413,
    `The body has more than ${limit} bytes. Send less; the operator of this server sets MCP_BODY_LIMIT_BYTES.`,
    {
      connection: 'close',
    },
  );
