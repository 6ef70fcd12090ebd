import { asUntrusted, type Block, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { fuse } from '../federation/fuse.ts';
import { gather, type Outcome } from '../federation/gather.ts';
import { pack } from '../federation/pack.ts';
import { type Source, sourceNames } from '../federation/source.ts';
import { subjectWithin } from '../service/reach.ts';
import { namespaceArgument, queryArgument, subjectArgument } from './arguments.ts';
import { type Dependencies, READ } from './dependencies.ts';

const sourceName = z.enum(sourceNames);

const row = z.object({
  line: z.int(),
  text: z.string(),
  from: z.array(z.string()),
  sources: z.array(sourceName),
  score: z.number().describe('Of reciprocal rank fusion'),
});

/** @param sources those that are configured */
export function retrieveContextTool({ memory: access, config }: Dependencies, sources: readonly Source[]) {
  return defineTool({
    name: 'retrieve_context',
    title: 'Retrieve context from every source',
    description:
      'Asks memories, the facts in MongoDB and the documents in Weaviate at the same time, and gives what fits best as numbered lines, each with its source. ' +
      'Says which source is missing and why. Example: {"query":"which agents failed this week, and what do we know of it?","max_tokens":1500}',
    input: z.strictObject({
      query: queryArgument,
      sources: z.array(sourceName).min(1).max(3).optional().describe('Not set: all'),
      subject: subjectArgument.optional().describe('Of memories'),
      namespace: namespaceArgument.optional().describe('Of memories'),
      collection: z
        .string()
        .regex(/^[A-Z][A-Za-z0-9_]{0,254}$/, 'a capital letter, then letters, digits, "_"')
        .optional()
        .describe('Of Weaviate'),
      limit: z.int().min(1).max(50).default(10).describe('Results of each source'),
      max_tokens: z.int().min(50).max(config.MCP_OUTPUT_TOKENS).default(Math.min(2000, config.MCP_OUTPUT_TOKENS)),
    }),
    output: z.object({
      context: untrusted('memory, MongoDB and Weaviate', row),
      sources: z.array(
        z.object({
          source: sourceName,
          status: z.enum(['answered', 'missing']),
          why: z.string().optional(),
          milliseconds: z.int(),
          found: z.int(),
          used: z.int(),
        }),
      ),
      tokens: z.int().describe('Of the lines, o200k_base'),
      max_tokens: z.int(),
      left_out: z.int().describe('Lines for which there was no room'),
    }),
    annotations: { readOnly: true },
    scope: READ,
    async run({ query, sources: wanted = sourceNames, max_tokens: maxTokens, limit, ...given }, call) {
      const { reach } = access(call);
      const subject = subjectWithin(reach, given.subject);
      const { namespace, collection } = given;
      const question = {
        query,
        limit,
        ...(subject !== undefined && { subject }),
        ...(namespace !== undefined && { namespace }),
        ...(collection !== undefined && { collection }),
      };
      const asked = sources.filter(({ name }) => wanted.includes(name));
      const outcomes = [
        ...(await gather(asked, question, { call, reach }, config.MCP_FEDERATION_TIMEOUT_MS)),
        ...wanted.filter((name) => sources.every((source) => source.name !== name)).map(unconfigured),
      ];
      if (outcomes.every(({ status }) => status === 'missing')) {
        throw new ToolRefusal(
          'unavailable',
          `No source answered.\n${outcomes.map(said).join('\n')}`,
          'Repeat the call later.',
        );
      }
      const fused = fuse(new Map(outcomes.map(({ source, lines }) => [source, lines])));
      const packed = await pack(fused, maxTokens);
      const rows = packed.lines.map(({ text, from, sources: of, score }, index) => ({
        line: index + 1,
        text,
        from: [...from],
        sources: [...of],
        score: Number(score.toPrecision(6)),
      }));
      const source = 'memory, MongoDB and Weaviate';
      const text: Block[] = [
        ...outcomes
          .filter(({ why }) => why !== undefined)
          .map((outcome): Block => ({ kind: 'note', text: said(outcome) })),
        ...(rows.length === 0
          ? [{ kind: 'note', text: 'Nothing was found.' } as const]
          : [{ kind: 'passage', text: packed.text, source } as const]),
        { kind: 'note', text: `${packed.tokens} of ${maxTokens} tokens; ${packed.leftOut} lines left out.` },
      ];
      return {
        kind: 'answer',
        structured: {
          context: asUntrusted(source, rows),
          sources: outcomes.map(({ source: name, status, why, milliseconds, lines }) => ({
            source: name,
            status,
            ...(why !== undefined && { why }),
            milliseconds,
            found: lines.length,
            used: rows.filter(({ sources: of }) => of.includes(name)).length,
          })),
          tokens: packed.tokens,
          max_tokens: maxTokens,
          left_out: packed.leftOut,
        },
        text,
        counts: Object.fromEntries(outcomes.map(({ source: name, lines }) => [name, lines.length])),
      };
    },
  });
}

const unconfigured = (source: Outcome['source']): Outcome => ({
  source,
  status: 'missing',
  why: 'it is not configured here',
  milliseconds: 0,
  lines: [],
});

const said = ({ source, status, why }: Outcome) => `${source}: ${status === 'missing' ? 'missing, as ' : ''}${why}.`;
