import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { subjectWithin } from '../service/reach.ts';
import { livingSession } from '../service/sessions.ts';
import {
  completeness,
  incomplete,
  namespaceArgument,
  queryArgument,
  sessionArgument,
  subjectArgument,
} from './arguments.ts';
import { type Dependencies, READ } from './dependencies.ts';

const share = z.number().min(0).max(1);

export function getContextTool({ memory: access, config }: Dependencies) {
  return defineTool({
    name: 'get_context',
    title: 'Build the context of a prompt',
    description:
      'Gives what is known for a question as one text within a token budget: the profile, the latest messages of a session, and memories. ' +
      'Example: {"query":"what should I cook for Ana?","subject":"ana","max_tokens":800}',
    input: z.strictObject({
      query: queryArgument.optional().describe('Question; not set: the last message of the session'),
      session: sessionArgument.optional(),
      subject: subjectArgument.optional(),
      namespace: namespaceArgument.optional(),
      max_tokens: z.int().min(16).max(config.MCP_OUTPUT_TOKENS).default(Math.min(2000, config.MCP_OUTPUT_TOKENS)),
      sections: z
        .strictObject({ profile: share.default(0.1), messages: share.default(0.3), memories: share.default(0.6) })
        .optional()
        .describe('Share of the budget of each; 0 leaves it out'),
    }),
    output: z.object({
      context: untrusted(
        'the memory service',
        z.object({ section: z.enum(['profile', 'messages', 'memories']), text: z.string() }),
      ),
      tokens: z.int().describe('o200k_base, with the fences that the service puts around each section'),
      max_tokens: z.int(),
      items: z
        .array(z.object({ id: z.string(), section: z.string(), included: z.boolean(), why: z.string() }))
        .describe('Why each is in, or was cut; at most 100'),
      ...completeness,
    }),
    annotations: { readOnly: true },
    scope: READ,
    async run({ query, session, subject: given, namespace, max_tokens: maxTokens, sections }, call) {
      const service = access(call);
      const subject = subjectWithin(service.reach, given);
      if (session !== undefined && service.reach.subject !== undefined) await livingSession(service, session);
      const { body } = await service.ask('assembleContext', {
        body: {
          maxTokens,
          ...(query !== undefined && { query }),
          ...(session !== undefined && { sessionId: session }),
          ...(sections !== undefined && { sections }),
          filters: {
            ...(subject !== undefined && { subjectIds: [subject] }),
            ...(namespace !== undefined && { namespaces: [namespace] }),
          },
        },
      });
      const { tokens, trace, partial, degraded } = body;
      const blocks = body.blocks.map(({ section, text }) => ({ section, text: unfenced(text) }));
      const source = 'the memory service';
      const cut = trace.filter(({ included }) => !included).length;
      return {
        kind: 'answer',
        structured: {
          context: asUntrusted(source, blocks),
          tokens,
          max_tokens: maxTokens,
          items: trace.slice(0, 100).map(({ id, section, included, why }) => ({ id, section, included, why })),
          partial,
          degraded,
        },
        text: [
          ...incomplete({ partial, degraded }),
          ...blocks.map(({ section, text }) => ({
            kind: 'passage' as const,
            text,
            source: `${source}: ${section}`,
          })),
          {
            kind: 'note',
            text: `${tokens} of ${maxTokens} tokens; ${trace.length - cut} in, ${cut} left out.`,
          },
        ],
        counts: { items: trace.length - cut, tokens },
      };
    },
  });
}

/** The kit fences what is from outside with a mark of its own; the service's would be a second one around it. */
export function unfenced(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const last = rest.at(-1);
  if (!first.startsWith('<recalled-memory') || last !== '</recalled-memory>') return text;
  return rest.slice(0, -1).join('\n').trim();
}
