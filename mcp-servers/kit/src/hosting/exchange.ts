import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpHandlerRequestOptions, McpHttpHandler } from '@modelcontextprotocol/server';

/**
 * Gives a request, whose body is read already, to the SDK's handler and writes what it answers. The SDK's own adapter reads and
 * writes bodies as web streams, which takes longer than the rest of a call.
 */
export async function exchange(
  handler: McpHttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
  options: McpHandlerRequestOptions,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // Tokens end here: nothing behind this line needs one.
    if (typeof value === 'string' && name !== 'authorization' && name !== 'cookie') headers.set(name, value);
  }
  const asked = new Request(`http://localhost${request.url ?? '/'}`, {
    method: request.method ?? 'POST',
    headers,
    signal: gone.signal,
  });
  await write(await handler.fetch(asked, options), response, gone.signal);
}

async function write(answer: Response, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const headers: Record<string, string | number> = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  for (const [name, value] of answer.headers) headers[name] = value;
  if (answer.body === null || !headers['content-type']?.toString().startsWith('text/event-stream')) {
    const body = Buffer.from(await answer.arrayBuffer());
    headers['content-length'] = body.length;
    response.writeHead(answer.status, headers).end(body);
    return;
  }
  response.writeHead(answer.status, headers).flushHeaders();
  try {
    for await (const chunk of answer.body) {
      if (gone.aborted) break;
      if (!response.write(chunk)) await once(response, 'drain', { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  }
  response.end();
}
