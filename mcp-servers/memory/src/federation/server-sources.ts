import type { Caller } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { isServiceAccount } from '../service/reach.ts';
import type { ServerConnection } from './server-connection.ts';
import { Missing, type Source } from './source.ts';
import { linesOf } from './untrusted-rows.ts';

/** How the MongoDB server understood the question. */
const reading = z.looseObject({ answered: z.boolean().default(true), readBack: z.string().optional() });

/** Facts: the rows that the MongoDB server answers a question with. */
export function mongodbSource(server: ServerConnection): Source {
  return {
    name: 'mongodb',
    async find({ query, limit }, asking) {
      allowed(asking.call.caller, 'mongodb:read');
      const answer = await server.call('query', { question: query }, asking);
      const { answered, readBack } = reading.parse(answer);
      if (!answered) throw new Missing('it did not understand the question as one about its data');
      const lines = linesOf(answer, limit);
      // A number means nothing without the question that it answers.
      const as = readBack === undefined ? '' : `; read as: ${readBack.slice(0, 160).toWellFormed()}`;
      return { lines: lines.map(({ text, from }) => ({ text, from: `${from}${as}` })) };
    },
  };
}

/** Documents: what the Weaviate server finds in a collection. */
export function weaviateSource(server: ServerConnection, usual: string | undefined): Source {
  return {
    name: 'weaviate',
    async find({ query, limit, collection = usual }, asking) {
      allowed(asking.call.caller, 'weaviate:read');
      if (collection === undefined) throw new Missing('no collection is named');
      return { lines: linesOf(await server.call('search', { collection, query, limit }, asking), limit) };
    },
  };
}

/**
 * This server's token opens what a person's may not: the person needs the scope that the other server would ask for. A service
 * account's token has no scopes, and without tokens there is nobody to keep anything from.
 */
function allowed(caller: Caller, scope: string): void {
  const isPerson = Object.keys(caller.claims).length > 0 && !isServiceAccount(caller);
  if (isPerson && !caller.scopes.has(scope)) throw new Missing(`the token lacks the scope ${scope}`);
}
