import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { NoData, readLocomo } from './locomo.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function written(conversations: unknown, questions: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'locomo-'));
  folders.push(folder);
  writeFileSync(join(folder, 'conversations.json'), JSON.stringify(conversations));
  writeFileSync(join(folder, 'questions.json'), JSON.stringify(questions));
  return folder;
}

const turn = (diaId: string, text: string) => ({ diaId, speaker: 'Ana', text });
const session = (dateTime: string) => ({ session: 1, dateTime, turns: [turn('D1:1', 'Hello'), turn('D1:2', 'Tea?')] });
const question = (qid: string, evidence: readonly string[]) => ({
  qid,
  conversation: 'c',
  category: 4,
  question: 'What?',
  evidence,
});

test('a conversation becomes passages of threads, with times, and its questions that have evidence', () => {
  const data = written(
    [{ id: 'c', sessions: [session('12:05 am on 8 May, 2023')] }],
    [question('q1', ['D1:2']), question('q2', [])],
  );
  const at = Date.UTC(2023, 4, 8, 0, 5);
  expect(readLocomo(data)).toEqual([
    {
      id: 'c',
      asked: at + 86_400_000,
      passages: [
        { id: 'D1:1', text: 'Hello', speaker: 'Ana', at, thread: '1', sequence: 0 },
        { id: 'D1:2', text: 'Tea?', speaker: 'Ana', at, thread: '1', sequence: 1 },
      ],
      questions: [{ id: 'q1', category: 4, text: 'What?', evidence: ['D1:2'] }],
    },
  ]);
});

test('without the data, it says where to put it', () => {
  expect(() => readLocomo('/nonexistent')).toThrow(NoData);
  expect(() => readLocomo('/nonexistent')).toThrow(/LOCOMO_FOLDER/);
});

test('data of another shape is refused with the place of the mistake', () => {
  expect(() => readLocomo(written([{ id: 1 }], []))).toThrow(/conversations\.json is not as expected[\s\S]*id/);
  expect(() => readLocomo(written([{ id: 'c', sessions: [session('yesterday')] }], []))).toThrow(
    "'yesterday' is no time",
  );
});
