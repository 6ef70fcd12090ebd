import type { FastifyInstance } from 'fastify';
import { problems } from '../api/errors.ts';
import { openApi } from './openapi.ts';

/** What callers look up: the description of the API, and what each `type` of a problem means. */
export function addDocuments(http: FastifyInstance): void {
  let described: string | undefined;
  http.get('/openapi.json', (_request, reply) => {
    described ??= JSON.stringify(openApi());
    return reply.header('content-type', 'application/json; charset=utf-8').send(described);
  });
  http.get('/docs/problems', (_request, reply) =>
    reply.header('content-type', 'text/html; charset=utf-8').send(problemsPage()),
  );
}

function problemsPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td><td>${title}</td></tr>`,
  );
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems of the memory API</title>',
    '<h1>Problems of the memory API</h1>',
    '<table><thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></html>\n',
  ].join('\n');
}
