/** Rules for conditions on the text of a field: "names that start with A", "without the letter M in their name". */
import { asSymbol } from './comparison.ts';
import { type Line, type Rule, rule } from './rewriting.ts';

const letters = '(?:letters? |word |words |substring |string |text |phrase |characters? |term )';
const spelled = '((?:either |both )?(?:[VTNX]\\d+|[a-z]) (?:(?:, )?(?:or |and )(?:letters? )?(?:[VTNX]\\d+|[a-z]) )*)';
/** Without a word such as "letter" before it, only what cannot be a name of something. */
const texts = '((?:either |both )?(?:T\\d+|[b-hj-z]) (?:(?:, )?(?:or |and )(?:T\\d+|[b-hj-z]) )*)';

function textOf(line: Line, stretch: string | undefined): string[] {
  return (stretch ?? '').split(' ').flatMap((word) => {
    if (/^[a-z]$/.test(word)) return [word];
    const node = line.node(word);
    return node && 'text' in node && typeof node.text === 'string' ? [node.text] : [];
  });
}

function text(
  line: Line,
  field: string | undefined,
  how: 'contains' | 'starts' | 'ends',
  stretch: string | undefined,
  negated: boolean,
) {
  const found = textOf(line, stretch);
  const mention = line.mention(field);
  if (found.length === 0 || mention.fields.every((link) => link.field.type !== 'string')) return undefined;
  return asSymbol(line, { kind: 'text', field: mention, how, texts: found, negated });
}

export const textRules: readonly Rule[] = [
  rule(`lacks ${letters}${spelled}(?:in|within) (?:their |its |his |her )?{F}`, (line, [, t, f]) =>
    text(line, f, 'contains', t, true),
  ),
  rule(
    `{F}${letters}?(?:that |which )?(?:have |include |includes |including |contain |with |be |that )*${letters}${spelled}(?:in (?:it|them) )?`,
    (line, [, f, t]) => text(line, f, 'contains', t, false),
  ),
  rule(
    `{F}(?:not (?:have|include|including|contain|containing)|lacks|not containing|exclude|excludes|excluding|lack|ne) ${letters}${spelled}`,
    (line, [, f, t]) => text(line, f, 'contains', t, true),
  ),
  rule(
    `{F}(?:not (?:have|include|including|contain|containing)|lacks|not containing|exclude|excludes|excluding|lack) ${texts}`,
    (line, [, f, t]) => text(line, f, 'contains', t, true),
  ),
  rule(
    '(?:have |with |include |includes |including |contain )+((?:T\\d+ )(?:(?:or |and )T\\d+ )*)in (?:their |its |his |her )?{F}',
    (line, [, t, f]) => text(line, f, 'contains', t, false),
  ),
  rule(`{F}(?:that |which |have |include |includes |including |contain )+${texts}`, (line, [, f, t]) =>
    text(line, f, 'contains', t, false),
  ),
  rule(
    `(?:have |with |include |includes |contain |containing )*${letters}${spelled}(?:in|within) (?:their |its |his |her )?{F}`,
    (line, [, t, f]) => text(line, f, 'contains', t, false),
  ),
  rule(
    `{F}(?:that |which |be )*(?:start|starts|starting|begin|begins|beginning|started)(?: with| in)? ${letters}?${spelled}`,
    (line, [, f, t]) => text(line, f, 'starts', t, false),
  ),
  rule(
    `{F}(?:that |which |be )*(?:end|ends|ending|conclude|concludes|finish|finishes)(?: with| in)? ${letters}?${spelled}`,
    (line, [, f, t]) => text(line, f, 'ends', t, false),
  ),
  rule(`{F}(?:have |including |includes? |like |contains? |matching )(?:the )?(T\\d+) `, (line, [, f, t]) =>
    text(line, f, 'contains', t, false),
  ),
];
