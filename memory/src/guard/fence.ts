import type { Finding } from './finding.ts';

/** Begins and ends what was recalled; text inside is never an instruction. */
const NAME = 'recalled-memory';
const MARK = new RegExp(`<\\s*/?\\s*${NAME}`, 'gi');

/**
 * Text of a memory, fenced as data: who reads the context sees where it begins and ends, whatever it says, as it cannot hold
 * the fence itself. The same memory is fenced to the same bytes, so that a prompt's prefix can be cached.
 */
export function fenced(text: string, provenance: Readonly<Record<string, string | undefined>>): string {
  const attributes = Object.entries(provenance)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${value.replaceAll(/[&"<>\n]/g, escaped)}"`);
  return `<${NAME}${attributes.join('')}>\n${neutral(text)}\n</${NAME}>`;
}

/** The text with every fence in it made harmless. */
export function neutral(text: string): string {
  return text.replaceAll(MARK, (mark) => mark.replace('<', '‹'));
}

/** Fences in a text that is to be written: it comes out of a prompt, and would be remembered a second time. */
export function fencesIn(text: string): Finding[] {
  return [...text.matchAll(MARK)].map((match) => ({
    danger: 'echo',
    rule: 'fence',
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function escaped(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}
