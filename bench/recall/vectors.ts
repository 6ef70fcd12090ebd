import type { Embedder } from '../../memory/src/search/dense/embedder.ts';
import { type Passage, textToEmbed } from '../../memory/src/search/passage.ts';
import type { AskedQuestion, Conversation } from './locomo.ts';

/** The vectors of everything that is compared. */
export interface Vectors {
  readonly passage: (passage: Passage) => readonly number[];
  readonly question: (question: AskedQuestion) => readonly number[];
}

/** Texts of one request: progress is shown after each. */
const slice = 256;

export async function embedAll(
  conversations: readonly Conversation[],
  embedder: Embedder,
  progress: (what: string) => void,
): Promise<Vectors> {
  const texts = new Set(
    conversations.flatMap(({ passages, questions }) => [
      ...passages.map(textToEmbed),
      ...questions.map(({ text }) => text),
    ]),
  );
  const all = [...texts];
  const vectors = new Map<string, readonly number[]>();
  for (let from = 0; from < all.length; from += slice) {
    progress(`${from} of ${all.length} texts have vectors`);
    const part = all.slice(from, from + slice);
    const made = await embedder.embed(part);
    part.forEach((text, index) => {
      vectors.set(text, made[index] ?? []);
    });
  }
  const of = (text: string) => vectors.get(text) ?? [];
  return { passage: (passage) => of(textToEmbed(passage)), question: ({ text }) => of(text) };
}
