import { tokenCounter } from '@ai-orchestra/mcp-kit';
import type { FusedLine } from './fuse.ts';

export interface Pack {
  /** One line each, with its number and where it is from. */
  readonly text: string;
  readonly tokens: number;
  readonly lines: readonly FusedLine[];
  readonly leftOut: number;
}

/** The best lines that fit into a budget, which the text never exceeds; one that is too long leaves its place to the next. */
export async function pack(lines: readonly FusedLine[], maxTokens: number): Promise<Pack> {
  const count = await tokenCounter();
  const taken: FusedLine[] = [];
  let text = '';
  let tokens = 0;
  for (const line of lines) {
    const longer = `${text}${text === '' ? '' : '\n'}${written(line, taken.length + 1)}`;
    const needed = count(longer);
    if (needed > maxTokens) continue;
    taken.push(line);
    text = longer;
    tokens = needed;
  }
  return { text, tokens, lines: taken, leftOut: lines.length - taken.length };
}

/** On one line: a line break inside it could pass for another line, with another source. */
function written({ text, from }: FusedLine, number: number): string {
  return `[${number}] ${oneLine(text)} (${oneLine(from.join('; '))})`;
}

const oneLine = (text: string) => text.replace(/\s+/gu, ' ').trim();
