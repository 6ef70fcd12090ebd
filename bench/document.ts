/** docs/performance.md shows the results between markers, so that its tables are those of bench/results/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './result.ts';
import { resultMarkdown } from './table.ts';

const document = (root: string) => join(root, 'docs/performance.md');
const begin = (bench: string) => `<!-- bench:${bench} -->`;
const end = (bench: string) => `<!-- /bench:${bench} -->`;

export const readDocument = (root: string) => readFileSync(document(root), 'utf8');

/** What stands between the markers of a bench. */
export function block(text: string, bench: string): string {
  const { from, to } = bounds(text, bench);
  return text.slice(from, to);
}

/** What should stand there. */
export const wantedBlock = (bench: string, result: Result) =>
  `\n\n\`npm run bench -- ${bench}\`\n\n${resultMarkdown(result)}\n\n`;

/** Puts a bench's result into the document. */
export function writeBlock(root: string, bench: string, result: Result) {
  const text = readDocument(root);
  const { from, to } = bounds(text, bench);
  writeFileSync(document(root), text.slice(0, from) + wantedBlock(bench, result) + text.slice(to));
}

function bounds(text: string, bench: string) {
  const [from, to] = [text.indexOf(begin(bench)), text.indexOf(end(bench))];
  if (from < 0 || to < from)
    throw new Error(`docs/performance.md has no place for ${bench}: write ${begin(bench)} and ${end(bench)} into it`);
  return { from: from + begin(bench).length, to };
}
