/** How much of what answers a question is found: conversational memory of LoCoMo, without a model and with one. */
import { join } from 'node:path';
import { openAiEmbedder } from '../../memory/src/search/dense/openai.ts';
import { startEmbeddings } from '../../testbed/servers/embeddings/embeddings.ts';
import type { Bench } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import { figure } from '../measure/figure.ts';
import { type Measure, measure } from '../result.ts';
import { type Conversation, readLocomo } from './locomo.ts';
import { type Metric, mean, metrics, type Scores, scores } from './measures.ts';
import { type System, searchesOf, systems } from './systems.ts';
import { embedAll, type Vectors } from './vectors.ts';

/** In percent, of all questions. */
const goals: Readonly<Partial<Record<System, Readonly<Partial<Record<Metric, number>>>>>> = {
  ours: { 'recall at 10': 68, 'evidence within 1024 tokens': 70 },
  'ours, with MiniLM': { 'recall at 10': 73 },
};

const categories: Readonly<Record<number, string>> = {
  1: 'category 1, several hops',
  2: 'category 2, time',
  3: 'category 3, world knowledge',
  4: 'category 4, one hop',
  5: 'category 5, adversarial',
};

export const recall: Bench = {
  name: 'recall',
  about: 'evidence found in long conversations (LoCoMo, from LOCOMO_FOLDER), beside BM25 and MiniLM alone',
  async run({ root, quick, progress }) {
    const folder = process.env.LOCOMO_FOLDER ?? join(root, '../shared/data/locomo/dev');
    const conversations = readLocomo(folder).slice(0, quick ? 1 : undefined);
    const vectors = await vectorsOf(conversations, progress);
    const answered = conversations.flatMap((conversation) => {
      progress(`${conversation.id}: ${conversation.questions.length} questions`);
      return answersOf(conversation, vectors);
    });
    return {
      versions: {
        node: process.version,
        stemmer: packageVersion(root, 'stemmer'),
        'chrono-node': packageVersion(root, 'chrono-node'),
        'gpt-tokenizer': packageVersion(root, 'gpt-tokenizer'),
      },
      measures: measuresOf(answered),
    };
  },
};

async function vectorsOf(conversations: readonly Conversation[], progress: (what: string) => void): Promise<Vectors> {
  const { url, model, dimensions, stop } = await startEmbeddings();
  try {
    const settings = { url, model, dimensions, batch: 32, concurrency: 1, timeoutMilliseconds: 300_000 };
    return await embedAll(conversations, openAiEmbedder(settings), progress);
  } finally {
    await stop();
  }
}

/** What each system made of one question. */
interface Answered {
  readonly category: number;
  readonly scores: Readonly<Record<System, Scores>>;
  readonly milliseconds: number;
}

function answersOf(conversation: Conversation, vectors: Vectors): Answered[] {
  const searches = searchesOf(conversation, vectors);
  return conversation.questions.map((question) => {
    const start = performance.now();
    const own = searches.ours(question);
    const milliseconds = performance.now() - start;
    const scored = systems.map((system) => {
      const hits = system === 'ours' ? own : searches[system](question);
      return [system, scores(question.evidence, hits)] as const;
    });
    return { category: question.category, scores: Object.fromEntries(scored) as Record<System, Scores>, milliseconds };
  });
}

function measuresOf(answered: readonly Answered[]): Measure[] {
  const percent = (of: readonly Answered[], system: System, metric: Metric) => ({
    median: mean(
      of.map(({ scores: all }) => all[system]),
      metric,
    ),
  });
  const compared = (name: string, of: readonly Answered[], own: System, metric: Metric, peers: readonly System[]) => {
    const goal = of === answered ? goals[own]?.[metric] : undefined;
    return measure({
      name: `${metric}${name}`,
      unit: '%',
      ours: percent(of, own, metric),
      peers: Object.fromEntries(peers.map((peer) => [peer, percent(of, peer, metric)])),
      ...(goal !== undefined && { goal: { ours: { atLeast: goal } } }),
    });
  };
  const inCategories = Object.entries(categories).flatMap(([number, name]) => {
    const of = answered.filter(({ category }) => category === Number(number));
    const shown: readonly Metric[] = ['recall at 10', 'all evidence at 10', 'evidence within 1024 tokens'];
    const others: readonly System[] = ['ours, with MiniLM', 'BM25', 'MiniLM alone'];
    return of.length === 0 ? [] : shown.map((metric) => compared(`, ${name}`, of, 'ours', metric, others));
  });
  const peers: readonly System[] = ['BM25', 'MiniLM alone'];
  return [
    ...metrics.map((metric) => compared(', without a model', answered, 'ours', metric, peers)),
    ...metrics.map((metric) => compared(', with MiniLM', answered, 'ours, with MiniLM', metric, peers)),
    ...inCategories,
    measure({
      name: `a search without a model (${answered.length} questions)`,
      unit: 'ms',
      ours: figure(answered.map(({ milliseconds }) => milliseconds)),
      peers: {},
    }),
  ];
}
