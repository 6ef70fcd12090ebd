/** The conversations and questions of LoCoMo, read by path: the data is for evaluation only and never becomes a part of the project. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Passage } from '../../memory/src/search/passage.ts';

/** What a folder with `conversations.json` and `questions.json` holds. */
export interface Conversation {
  readonly id: string;
  readonly passages: readonly Passage[];
  /** Milliseconds since 1970: a day after the last session, when the questions are asked. */
  readonly asked: number;
  readonly questions: readonly AskedQuestion[];
}

export interface AskedQuestion {
  readonly id: string;
  /** 1 several hops, 2 time, 3 world knowledge, 4 one hop, 5 adversarial. */
  readonly category: number;
  readonly text: string;
  /** Ids of the passages that answer it: at least one. */
  readonly evidence: readonly string[];
}

/** There is nothing to measure with, or it is not what it should be: the message says what to do. */
export class NoData extends Error {
  override readonly name = 'NoData';
}

const turn = z.object({
  diaId: z.string(),
  speaker: z.string(),
  text: z.string(),
  imageCaption: z.string().optional(),
});
const conversations = z.array(
  z.object({
    id: z.string(),
    sessions: z.array(z.object({ session: z.number(), dateTime: z.string(), turns: z.array(turn) })),
  }),
);
const questions = z.array(
  z.object({
    qid: z.string(),
    conversation: z.string(),
    category: z.number(),
    question: z.string(),
    evidence: z.array(z.string()),
  }),
);

const day = 86_400_000;

/** @throws NoData */
export function readLocomo(folder: string): Conversation[] {
  const read = <T>(name: string, schema: z.ZodType<T>): T => {
    const file = join(folder, name);
    if (!existsSync(file)) {
      throw new NoData(
        `there is no ${file}: give a folder with conversations.json and questions.json of LoCoMo in LOCOMO_FOLDER (it is licensed for evaluation only, so the project does not have it)`,
      );
    }
    const result = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!result.success) throw new NoData(`${file} is not as expected:\n${z.prettifyError(result.error)}`);
    return result.data;
  };
  const asked = read('questions.json', questions).filter(({ evidence }) => evidence.length > 0);
  return read('conversations.json', conversations).map(({ id, sessions }) => {
    const passages = sessions.flatMap(({ session, dateTime, turns }) => {
      const at = timeOf(dateTime);
      return turns.map(({ diaId, speaker, text, imageCaption }, sequence) => ({
        id: diaId,
        text,
        speaker,
        at,
        thread: String(session),
        sequence,
        ...(imageCaption !== undefined && { caption: imageCaption }),
      }));
    });
    return {
      id,
      passages,
      asked: Math.max(...passages.map(({ at }) => at)) + day,
      questions: asked
        .filter(({ conversation }) => conversation === id)
        .map(({ qid, category, question, evidence }) => ({ id: qid, category, text: question, evidence })),
    };
  });
}

/** `1:56 pm on 8 May, 2023`. */
function timeOf(written: string): number {
  const match = /^(\d+):(\d+) (am|pm) on (\d+) (\w+), (\d{4})$/.exec(written);
  if (!match) throw new NoData(`'${written}' is no time such as '1:56 pm on 8 May, 2023'`);
  const [, hour, minute, half, date, month, year] = match;
  const midnight = Date.parse(`${date} ${month} ${year} 00:00:00 GMT`);
  return midnight + (((Number(hour) % 12) + (half === 'pm' ? 12 : 0)) * 60 + Number(minute)) * 60_000;
}
