/** Gives every symbol that is left its part in the sketch, by its place in the sentence. */
import type { Mention } from '../terms.ts';
import { isConnecting, isFiller } from './fillers.ts';
import type { Line } from './rewriting.ts';
import type { Sketch, SketchCondition, SketchKey, SketchMeasure, SketchSuperlative } from './sketch.ts';

/** Words before a field that is shown, where it follows what the question is about. */
const listing = new Set([
  ',',
  'and',
  'their',
  'its',
  'his',
  'her',
  'also',
  '.',
  'together',
  'corresponding',
  'respective',
  'including',
  'plus',
  'alongside',
  'me',
  'provide',
  'give',
  'show',
]);

interface Draft {
  readonly output: (Mention | SketchMeasure)[];
  readonly context: Mention[];
  readonly conditions: SketchCondition[];
  readonly groups: Mention[];
  readonly order: SketchKey[];
  readonly unmatched: string[];
  readonly guesses: string[];
  readonly doubts: { about: string; weight: number }[];
  /** Fields without a part so far. */
  readonly loose: Mention[];
  target?: Mention;
  superlative?: SketchSuperlative;
  limit?: number;
  /** "When …": a time is asked for. */
  readonly when: boolean;
}

/** The sketch of a line that no rule changes any more. */
export function assemble(line: Line): Sketch {
  const draft: Draft = {
    output: [],
    context: [],
    conditions: [],
    groups: [],
    order: [],
    unmatched: [],
    guesses: [],
    doubts: [],
    loose: [],
    when: line.text.startsWith(' when '),
  };
  let before = '';
  const words = line.text.trim().split(' ');
  let opened = 0;
  for (const [at, word] of words.entries()) {
    const node = line.node(word);
    if (word === '.' && at < words.length - 1) opened = draft.output.length;
    if (!node) {
      if (word === 'but' && draft.conditions.length === 0) draft.unmatched.push(word);
      else if (/^(?:everything|distinct)$/.test(word) || isFiller(word)) before = word;
      else if (
        !isEvent(line, words, at) &&
        isConnecting(word, words[at - 1] ?? '', words[at + 1] ?? '', words[at + 2] ?? '', at)
      )
        draft.guesses.push(word);
      else draft.unmatched.push(word);
      continue;
    }
    switch (node.kind) {
      case 'mention':
        place(draft, word, node, before);
        break;
      case 'measure':
        draft.output.push(node);
        if (node.of && node.of.entities.length > 0) draft.target ??= node.of;
        break;
      case 'condition':
        if (isLoose(draft.conditions.at(-1)) && /^(?:C\d+|that|who|with|have|to|of|in|either|which)$/.test(before))
          draft.doubts.push({ about: 'how far a negation reaches', weight: 0.4 });
        if (before === 'have' && node.condition.kind === 'is' && /ed$/.test(node.condition.values[0]?.text ?? ''))
          draft.doubts.push({ about: `whether "${node.condition.values[0]?.text}" is a value`, weight: 0.35 });
        draft.conditions.push(node.condition);
        break;
      case 'group':
        draft.groups.push(...node.by);
        break;
      case 'order':
        draft.order.push(...node.keys);
        break;
      case 'superlative':
        if (draft.superlative)
          draft.unmatched.push(
            'text' in node.by && typeof node.by.text === 'string' ? node.by.text : 'a second superlative',
          );
        draft.superlative ??= node;
        break;
      case 'limit':
        draft.limit = node.limit;
        break;
      default:
        draft.unmatched.push('text' in node ? node.text : word);
    }
    before = word;
  }
  const { text } = line;
  for (const mention of draft.loose)
    if (!isRepeated(mention, draft)) draft.doubts.push({ about: `the part of "${mention.text}"`, weight: 0.4 });
  if (/ \. .*\b(?:what|which|who|how) /.test(text)) draft.doubts.push({ about: 'a second question', weight: 0.35 });
  // "Which agents …? Give me their models."
  if (
    opened > 0 &&
    opened < draft.output.length &&
    draft.output.slice(0, opened).every((item) => item.kind === 'mention' && item.entities.length > 0)
  )
    draft.output.splice(0, opened);
  return {
    ...draft,
    distinct: / distinct /.test(text),
    everything: / everything /.test(text),
    asksRecords:
      /^ (?:me |us )?(?:show|list|find|get|display|return|retrieve|fetch|give|select|print|view|everything|[EXCVFSLN]\d)/.test(
        text,
      ),
    asksWhich: /^ (?:(?:in|on|for|by|to|can you tell me|tell me) )?(?:what|which|who|whose) /.test(text),
  };
}

/** Says again what is shown, ordered by or compared; or is a verb that adds nothing. */
function isRepeated(mention: Mention, { output, conditions, order }: Draft): boolean {
  if (/(?:ed|ing)$/.test(mention.text) && isFiller(mention.text.toLowerCase())) return true;
  const known = [
    ...output.filter((item) => item.kind === 'mention'),
    ...conditions.flatMap((condition) => ('field' in condition ? [condition.field] : [])),
    ...order.flatMap(({ by }) => (by?.kind === 'mention' ? [by] : [])),
  ];
  return known.some(({ fields }) =>
    fields.some(({ field }) => mention.fields.some((link) => link.field === field && link.score > 0.5)),
  );
}

/** "agents that ran today": the verb says what happened then, and is not known. */
function isEvent(line: Line, words: readonly string[], at: number): boolean {
  const next = line.node(words[at + 1]);
  return (
    /^(?:[EX]\d+|that|who|which)$/.test(words[at - 1] ?? '') &&
    next?.kind === 'condition' &&
    next.condition.kind === 'time'
  );
}

/** "has none of something", without a word about which. */
const isLoose = (condition: SketchCondition | undefined) =>
  condition?.kind === 'has' && condition.negated && condition.where.length === 0;

/** Fields are shown where they stand before what the question is about, or are listed with others. */
function place(draft: Draft, symbol: string, mention: Mention, before: string): void {
  const { output, context } = draft;
  const listed = listing.has(before);
  if (symbol.startsWith('F')) {
    const first = draft.target === undefined;
    if (first && before === 'of' && output.length > 0)
      draft.doubts.push({ about: `whether "${mention.text}" is shown`, weight: 0.35 });
    if (first && /^C\d/.test(before)) draft.doubts.push({ about: `whether "${mention.text}" is shown`, weight: 0.35 });
    if (
      output.length === 0 &&
      draft.when &&
      mention.fields.some(({ field, score }) => score >= 0.6 && field.time !== undefined)
    ) {
      output.push(mention);
      return;
    }
    const verb =
      /(?:ed|ing)$/.test(mention.text) &&
      !mention.fields.some(({ field }) => field.words.includes(mention.text.toLowerCase()));
    if (verb) draft.doubts.push({ about: `the part of "${mention.text}"`, weight: 0.35 });
    const predicate = /^(?:that|who|which|have|be|not|whose|where|lacks)$/.test(before) && output.length > 0;
    if ((first && !predicate) || listed) output.push(mention);
    else draft.loose.push(mention);
    return;
  }
  const opens = output.length + draft.groups.length === 0;
  const shown =
    mention.label === true ||
    (symbol.startsWith('X') && (draft.target === undefined ? opens || listed : listed && before !== '.'));
  if (shown) output.push(mention);
  if (draft.target === undefined) draft.target = mention;
  else if (before === 'any' || before === 'some')
    draft.doubts.push({ about: `which ${mention.text} is meant`, weight: 0.35 });
  else if (!shown) {
    context.push(mention);
    if (listed) draft.doubts.push({ about: `whether ${mention.text} are shown`, weight: 0.35 });
  }
}
