import { type Answer, type Block, type Call, defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import { EJSON } from 'bson';
import * as z from 'zod';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { compile, type Mql } from '../compile/compile.ts';
import { NotWithinArray } from '../compile/filter.ts';
import { UnknownPath } from '../compile/known-fields.ts';
import type { Model } from '../model/propose.ts';
import { type Plan, planSchema } from '../plan/plan.ts';
import { readBack } from '../plan/read-back.ts';
import type { Request } from '../policy/apply.ts';
import type { Read, Reader } from '../run/reader.ts';
import { type Abstention, LONGEST_QUESTION, translate } from '../translate.ts';
import { annotations, cursor, format, type Page, rowsAnswer, rowsSchema, scope, sourceOf } from './parts.ts';

export interface QuestionOptions {
  /** MCP_CONFIDENCE. */
  readonly confidence: number;
  /** MCP_TIME_ZONE. */
  readonly timeZone: string;
  /** @default none is asked */
  readonly model?: Model;
}

/** What is said of the question beside the rows. */
interface Understanding {
  readonly confidence: number;
  readonly assumptions: readonly string[];
  readonly unmatched: readonly string[];
  readonly alternatives: readonly string[];
}

const output = z.object({
  answered: z.boolean(),
  plan: z.looseObject({}).optional(),
  mql: z.looseObject({}).optional(),
  readBack: z.string().optional(),
  confidence: z.number(),
  assumptions: z.array(z.string()),
  unmatched: z.array(z.string()),
  alternatives: z.array(z.string()),
  reason: z.string().optional(),
  rows: rowsSchema().optional(),
});
type Output = z.output<typeof output>;

/** What the person chose among, or a cursor goes on with. */
const candidates = z.strictObject({ plans: z.array(planSchema).min(1).max(5) });
const goesOn = z.strictObject({ plan: planSchema, skip: z.int().min(0), question: z.string() });

const chosenByPerson: Understanding = {
  confidence: 1,
  assumptions: ['this reading was chosen by the person'],
  unmatched: [],
  alternatives: [],
};

export const queryTool = (reader: Reader, options: QuestionOptions) =>
  defineTool({
    name: 'query',
    title: 'Answer a question',
    description:
      'Answers a plain English question about the data, and says how it was read: rows, the exact query, a sentence that reads it back, assumptions. Use it first; where it does not understand, it says which words, and answers nothing. Example: {"question":"how many failed runs per agent in the last 7 days"}.',
    input: z.strictObject({
      question: z.string().min(1).max(LONGEST_QUESTION),
      format: format(),
      cursor: cursor(),
    }),
    output,
    annotations,
    scope,
    async run({ question, format: form, cursor: given }, call) {
      const { view } = await reader.sight(call.caller);
      const answer = (plan: Plan, understanding: Understanding, skip = 0) =>
        answerOf(reader, call, { plan, understanding, skip, question, form, catalogue: view.catalogue });
      if (given !== undefined) {
        const state = goesOn.parse(call.stateOf(given));
        if (state.question !== question)
          throw new ToolRefusal('cursor', 'The cursor is of another question.', 'Repeat the question that gave it.');
        return answer(
          state.plan,
          { ...chosenByPerson, assumptions: ['the answer before is gone on with'] },
          state.skip,
        );
      }
      if (call.chosen !== undefined) {
        const { plans } = candidates.parse(call.chosen.state);
        const plan = plans[Number(call.chosen.value)];
        return plan ? answer(plan, chosenByPerson) : abstained(none);
      }
      const found = translate(question, view.catalogue, {
        now: new Date(call.now()),
        timeZone: options.timeZone,
        confidence: options.confidence,
      });
      if (found.kind === 'answer') return answer(found.plan, found);
      const proposed = await options.model?.propose(question, view.catalogue, call.signal);
      if (proposed) return proposedOrAbstained(() => answer(proposed, ofModel(options, found)), found);
      if (!found.candidate) return abstained(found);
      const plans = [found.candidate, ...found.others].slice(0, 4);
      return {
        kind: 'question' as const,
        message: `${found.reason} Which is meant?`,
        choices: [
          ...plans.map(({ readBack: said }, index) => ({ value: String(index), title: said.slice(0, 300) })),
          { value: 'none', title: 'None of these' },
        ],
        state: { plans: plans.map(({ plan }) => plan) },
        otherwise: abstained(found),
      };
    },
  });

const none = {
  reason: 'None of the readings was meant. Ask in other words.',
  confidence: 0,
  assumptions: [],
  unmatched: [],
  alternatives: [],
};

/** As sure as the least that is answered: nobody but the plan's own checks has looked at it. */
const ofModel = ({ confidence }: QuestionOptions, { unmatched }: Abstention): Understanding => ({
  confidence,
  assumptions: ['the plan was proposed by a language model; read it before you rely on it'],
  unmatched,
  alternatives: [],
});

/** A plan of the model that names what is not there, or may not be, is none. */
async function proposedOrAbstained(run: () => Promise<Answer<Output>>, found: Abstention): Promise<Answer<Output>> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ToolRefusal && (error.code === 'policy' || error.code === 'argument' || error.code === 'cost'))
      return abstained(found);
    throw error;
  }
}

function abstained(found: Pick<Abstention, 'reason' | 'candidate'> & Understanding): Answer<Output> {
  const { reason, confidence, assumptions, unmatched, candidate } = found;
  const alternatives = [...(candidate ? [candidate.readBack] : []), ...found.alternatives];
  return {
    kind: 'answer',
    structured: {
      answered: false,
      reason,
      confidence,
      assumptions: [...assumptions],
      unmatched: [...unmatched],
      alternatives,
    },
    text: [
      { kind: 'note', text: 'Not answered: a wrong answer is worse than none.' },
      {
        kind: 'passage',
        text: [reason, ...alternatives.map((one) => `Perhaps: ${one}`)].join('\n'),
        source: 'the question',
      },
    ],
    counts: { documents: 0 },
  };
}

interface Planned {
  readonly plan: Plan;
  readonly understanding: Understanding;
  readonly skip: number;
  readonly question: string;
  readonly form: z.output<ReturnType<typeof format>>;
  readonly catalogue: Catalogue;
}

async function answerOf(reader: Reader, call: Call, planned: Planned): Promise<Answer<Output>> {
  const { plan, understanding, skip, question, form, catalogue } = planned;
  const mql = compiled(plan, catalogue);
  const read = await reader.read(requestOf(mql, skip), call);
  const said = readBack(plan);
  const page: Page = { skip, after: (rows) => ({ plan, skip: skip + rows, question }) };
  return rowsAnswer(withinLimit(read, plan, skip), {
    source: sourceOf(reader, plan.collection),
    format: form,
    page,
    before: [{ kind: 'passage', text: spoken(said, understanding, read), source: 'the question' } satisfies Block],
    // A find shows fields where they are, so that its columns are those of the rows.
    ...(mql.operation === 'aggregate' && { columns: plan.output.map(({ name }) => name) }),
    other: {
      answered: true,
      plan: { ...plan },
      mql: EJSON.serialize(read.query, { relaxed: true }) as Record<string, unknown>,
      readBack: said,
      confidence: understanding.confidence,
      assumptions: [...understanding.assumptions],
      unmatched: [...understanding.unmatched],
      alternatives: [...understanding.alternatives],
    },
  });
}

/** @throws ToolRefusal where the plan names what is not there: of a model, or of a catalogue that has changed */
function compiled(plan: Plan, catalogue: Catalogue): Mql {
  try {
    return compile(plan, catalogue);
  } catch (error) {
    if (error instanceof UnknownPath || error instanceof NotWithinArray)
      throw new ToolRefusal('argument', error.message, 'Ask with fields that collection_schema lists.');
    throw error;
  }
}

function requestOf(mql: Mql, skip: number): Request {
  if (mql.operation === 'aggregate') return { ...mql, skip };
  const { limit, ...query } = mql;
  return { ...query, skip, ...(limit !== undefined && { limit: Math.max(1, limit - skip) }) };
}

/** "The first five" are no more than five, though the collection has others. */
const withinLimit = (read: Read, { limit }: Plan, skip: number): Read =>
  limit !== undefined && skip + read.rows.length >= limit ? { ...read, more: false } : read;

function spoken(said: string, { assumptions, alternatives, confidence }: Understanding, { query }: Read): string {
  const { limit: _, ...shown } = query;
  return [
    said,
    ...assumptions.map((one) => `Assumed: ${one}`),
    ...alternatives.map((one) => `Perhaps instead: ${one}`),
    `Confidence: ${confidence}`,
    `Query: ${JSON.stringify(EJSON.serialize(shown, { relaxed: true }))}`,
  ].join('\n');
}
