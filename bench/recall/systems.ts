/** What searches in this bench, each over one conversation: this project without and with a model, and the two peers. */
import { cosine } from '../../memory/src/search/dense/vectors.ts';
import { LexicalIndex } from '../../memory/src/search/lexical/lexical-index.ts';
import { readQuestion } from '../../memory/src/search/question/question.ts';
import type { Hit } from '../../memory/src/search/ranking/rank.ts';
import { bm25, onePart } from './bm25.ts';
import type { AskedQuestion, Conversation } from './locomo.ts';
import type { Vectors } from './vectors.ts';

export const systems = ['ours', 'ours, with MiniLM', 'BM25', 'MiniLM alone'] as const;
export type System = (typeof systems)[number];

/** Hits of a question that are looked at. */
const depth = 150;
/** The nearest of a vector search, as a vector index gives them. */
const nearest = 100;

export type Search = (question: AskedQuestion) => readonly Hit[];

export function searchesOf(conversation: Conversation, vectors: Vectors): Readonly<Record<System, Search>> {
  const { passages, asked } = conversation;
  const index = new LexicalIndex();
  for (const passage of passages) index.add(passage);
  const byWords = bm25(passages);
  const dense = (question: AskedQuestion, limit: number): Hit[] => {
    const own = vectors.question(question);
    return passages
      .map((passage) => {
        const score = cosine(own, vectors.passage(passage));
        return { passage, score, parts: onePart('vector', score) };
      })
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit);
  };
  const options = { now: asked, limit: depth };
  const read = ({ text }: AskedQuestion) => readQuestion(text, { now: asked });
  return {
    ours: (question) => index.search(read(question), options),
    'ours, with MiniLM': (question) => {
      const similarities = new Map(dense(question, nearest).map(({ passage, score }) => [passage.id, score]));
      return index.search(read(question), { ...options, similarities });
    },
    BM25: ({ text }) => byWords(text, depth),
    'MiniLM alone': (question) => dense(question, depth),
  };
}
