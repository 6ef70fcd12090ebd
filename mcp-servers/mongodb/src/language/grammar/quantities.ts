/** Rules for amounts, superlatives, groups, order and limits. */
import type { AdjectiveTerm, Mention } from '../terms.ts';
import { type Line, type Rule, rule } from './rewriting.ts';
import type { Aggregate, SketchKey, SketchMeasure } from './sketch.ts';

function measure(line: Line, op: string, of: string | undefined, distinct = false): string {
  return line.add({
    kind: 'measure',
    op: op.trim() as Aggregate,
    ...(of !== undefined && { of: line.mention(of) }),
    distinct,
  });
}

function superlative(line: Line, by: Mention | SketchMeasure | AdjectiveTerm, descending: boolean, limit = 1): string {
  return line.add({ kind: 'superlative', by, descending, limit });
}

const countOf = (line: Line, of: string | undefined): SketchMeasure => ({
  kind: 'measure',
  op: 'count',
  ...(of !== undefined && { of: line.mention(of) }),
  distinct: false,
});

const relative =
  '(?:that |which |who |whose |with |have |of |in |by |be |at |for |to |there |receive |received |get |gets )+';

/** Superlatives that pick records: they come before amounts, as "with the highest age" asks for a record and not for an age. */
export const superlatives: readonly Rule[] = [
  rule('(?:first|top|limit|limited to|only first) {N}(?=[EXFCAa-z]|$)', (line, [, n]) =>
    line.add({ kind: 'limit', limit: line.number(n) }),
  ),
  rule('(?:N\\d+ )(?=A\\d+ )', (line, [n]) => line.add({ kind: 'limit', limit: line.number(n) })),
  rule('{N}(?=[EXF]\\d+ (?:that |which |who |with |have |of )*(?:max|min|most|fewest) )', (line, [, n]) =>
    line.add({ kind: 'limit', limit: line.number(n) }),
  ),
  rule('(?:top|bottom) (?=L\\d+ )', ''),
  rule(
    '{L}{K}((?:C\\d+ )*)(?:by|ranked by|in terms of|according to|based on) {F}',
    (line, [, limit, k, conditions, f]) =>
      `${limit} ${k} ${conditions} ${line.add({ kind: 'superlative', by: line.mention(f), descending: true, limit: 1, summed: true })}`,
  ),
  rule(`(?<=[EXC]\\d+ )(?:${relative})?(?:(L\\d+) )?{A}{F}`, (line, [, limit, a, f]) =>
    isComparable(line.mention(f)) ? `${limit} ${bySuperlative(line, a, f)}` : undefined,
  ),
  rule('{A}(?=[FX]\\d)', (line, [, a]) =>
    /^(?:largest|biggest)$/.test(line.adjective(a).text)
      ? 'max'
      : line.adjective(a).text === 'smallest'
        ? 'min'
        : undefined,
  ),
  rule('{A}(?:by |in terms of |according to ){F}', (line, [, a, f]) =>
    superlative(line, line.mention(f), line.adjective(a).more),
  ),
  rule('(?<=F\\d+ )((?:that |which |have |with )+)(max|min) {F}', (line, [, , which, f]) =>
    superlative(line, line.mention(f), which === 'max'),
  ),
  rule(
    '(?<=[EXC]\\d+ )((?:that |which |who |whose |with |have |of |in |by |be |at |for )+)(L\\d+ )?(max|min) {F}(?:value |among |overall |of all E\\d+ |recorded )?',
    (line, [, , limit, which, f]) => `${limit}${superlative(line, line.mention(f), which === 'max')}`,
  ),
  rule(
    '{F}(?:be |that be |have )+(?:max|highest|largest|greatest|maximum|most|biggest|top) (?!avg|sum|count|[FEXMN]\\d)',
    (line, [, f]) => superlative(line, line.mention(f), true),
  ),
  rule(
    '{F}(?:be |that be |have )+(?:min|lowest|smallest|least|minimum|fewest) (?!avg|sum|count|[FEXMN]\\d)',
    (line, [, f]) => superlative(line, line.mention(f), false),
  ),
  rule(
    `((?:${relative})?)(most|fewest) ((?:C\\d+ )*){E}`,
    (line, [, , which, conditions, e]) => `${conditions}${superlative(line, countOf(line, e), which === 'most')}`,
  ),
  rule(`((?:${relative})?)(most|fewest) {F}`, (line, [, , which, f]) =>
    superlative(line, line.mention(f), which === 'most'),
  ),
  rule(
    '(mostcommon|leastcommon) {F}',
    (line, [, which, f]) => `${f} ${superlative(line, countOf(line, undefined), which === 'mostcommon')}`,
  ),
  rule(
    '((?:that |which |be |have |in )*)(mostcommon|leastcommon) ((?:among|across|in|for|of|by|amongst|on) (?:all )?)?',
    (line, [, , which]) => superlative(line, countOf(line, undefined), which === 'mostcommon'),
  ),
  rule('(?:highest|largest|greatest|max|maximum|most|biggest) (avg|sum|count) {K}', (line, [, aggregate, k]) =>
    superlative(line, line.measure(measure(line, aggregate ?? '', k)), true),
  ),
  rule('(?:lowest|smallest|least|min|minimum|fewest) (avg|sum|count) {K}', (line, [, aggregate, k]) =>
    superlative(line, line.measure(measure(line, aggregate ?? '', k)), false),
  ),
  rule('(?:highest|largest|greatest|max|biggest) {E}(?:count|counts|number) ', (line, [, e]) =>
    superlative(line, countOf(line, e), true),
  ),
  rule('(?:lowest|smallest|least|min|fewest) {E}(?:count|counts|number) ', (line, [, e]) =>
    superlative(line, countOf(line, e), false),
  ),
  rule('{A}{F}', (line, [, a, f]) => ofAdjective(line, a, f)),
  rule('{F}{A}', (line, [, f, a]) => {
    const mention = line.mention(f);
    const { fields, turned } = line.adjective(a);
    return mention.fields.some(
      ({ field }) => [...fields, ...turned].some((link) => link.field === field) || field.time !== undefined,
    )
      ? bySuperlative(line, a, f)
      : undefined;
  }),
  rule('(?:that |who |which |be )*{A}', (line, [, a]) => superlative(line, line.adjective(a), line.adjective(a).more)),
];

const isComparable = ({ fields }: Mention) =>
  fields.some(
    ({ field, score }) => score >= 0.5 && (field.type === 'number' || field.numericText || field.time !== undefined),
  );

/** A number that is no time and tells nothing apart. */
const isAmount = ({ fields }: Mention) =>
  fields.some(
    ({ field, score }) =>
      score >= 0.7 &&
      field.type === 'number' &&
      field.time === undefined &&
      !field.unique &&
      !/^(?:id|number|code|no|phone)$/.test(field.words.at(-1) ?? ''),
  );

/** "the run of the latest date". */
function bySuperlative(line: Line, adjective: string | undefined, field: string | undefined): string {
  const term = line.adjective(adjective);
  const mention = line.mention(field);
  const turned = mention.fields.some(({ field }) => term.turned.some((link) => link.field === field));
  return superlative(line, mention, term.more !== turned);
}

/** "the oldest age" is the greatest age; "the newest name" is the name of the newest record. */
function ofAdjective(line: Line, adjective: string | undefined, field: string | undefined): string {
  const term = line.adjective(adjective);
  const mention = line.mention(field);
  const same = mention.fields.some(({ field }) => term.fields.some((link) => link.field === field));
  const turned = mention.fields.some(({ field }) => term.turned.some((link) => link.field === field));
  if (same || turned || (term.fields.length === 0 && mention.fields.some(({ field }) => field.type === 'number')))
    return measure(line, term.more !== turned ? 'max' : 'min', field);
  return `${field} ${superlative(line, term, term.more)}`;
}

export const amounts: readonly Rule[] = [
  // "how many failed runs": the value says which are counted.
  rule(
    'count ((?:not )?(?:V\\d+ )(?:(?:, )?(?:and |or )?V\\d+ )*){K}',
    (line, [, values, k]) => `${measure(line, 'count', k)} ${values}`,
  ),
  rule('count distinct {K}', (line, [, k]) => measure(line, 'count', k, true)),
  rule('count ((?:C\\d+ )+){K}', (line, [, conditions, k]) => `${measure(line, 'count', k)} ${conditions}`),
  rule('count {K}', (line, [, k]) => measure(line, 'count', k)),
  rule('{E}(?:count|counts|tally|tallies|numbers|total|totals) ', (line, [, e]) => measure(line, 'count', e)),
  rule('((?:avg|sum|max|min) (?:(?:, )?(?:and |or )?(?:avg|sum|max|min) )+){F}', (line, [, which, f]) =>
    (which ?? '')
      .match(/avg|sum|max|min/g)
      ?.map((one) => measure(line, one, f))
      .join(' and '),
  ),
  rule('{agg}((?:[FX]\\d+ )(?:(?:, )?(?:and )?[FX]\\d+ )+)', (line, [, aggregate, fields]) => {
    const symbols = line.symbols(fields, 'FX');
    return symbols.every((symbol) => isAmount(line.mention(symbol)))
      ? symbols.map((symbol) => measure(line, aggregate ?? '', symbol)).join(' and ')
      : undefined;
  }),
  rule('{agg}{F}', (line, [, aggregate, f]) => measure(line, aggregate ?? '', f)),
  rule('{F}(?:avg|average|mean) ', (line, [, f]) => measure(line, 'avg', f)),
];

export const groups: readonly Rule[] = [
  rule(
    '{L}{K}((?:C\\d+ )*)(?:by|ranked by|in terms of|according to|based on) {M}',
    (line, [, limit, k, conditions, m]) => `${limit} ${k} ${conditions} ${superlative(line, line.measure(m), true)}`,
  ),
  rule('ofeach ', 'per'),
  rule('per ((?:[FEX]\\d+ )(?:(?:and )[FX]\\d+ )*)', (line, [, stretch]) =>
    line.add({ kind: 'group', by: line.symbols(stretch, 'FEX').map((symbol) => line.mention(symbol)) }),
  ),
  rule('each (?:distinct )?((?:[FEX]\\d+ )(?:(?:and )[FX]\\d+ )*)', (line, [, stretch]) =>
    / M\d/.test(line.text) && !line.text.includes(` each ${(stretch ?? '').trim()} and M`)
      ? line.add({ kind: 'group', by: line.symbols(stretch, 'FEX').map((symbol) => line.mention(symbol)) })
      : undefined,
  ),
  rule(
    '(?<=[MS]\\d+ (?:of |for |in |from |by |[EC]\\d+ |that |be )*)by ((?:[FEX]\\d+ )(?:(?:and )[FX]\\d+ )*)',
    (line, [, stretch]) =>
      line.add({ kind: 'group', by: line.symbols(stretch, 'FEX').map((symbol) => line.mention(symbol)) }),
  ),
];

const direction = '((?:asc|desc|adjasc A\\d+|adjdesc A\\d+) )?';
const keyed = `${direction}(?:by |of |on |according to |based on |their |its |using )*([FXEMA]\\d+) (?:value |values |name |names )?(?:in )?${direction}`;

function key(line: Line, stretch: string): SketchKey | undefined {
  const symbol = /\b[FXEM]\d+|(?<!adjasc |adjdesc )\bA\d+/.exec(stretch)?.[0];
  const node = line.node(symbol);
  const said = /\b(adjasc|adjdesc|asc|desc)\b(?: (A\d+))?/.exec(stretch);
  let descending = said?.[1]?.endsWith('desc') === true;
  if (said?.[2] && node?.kind === 'mention') {
    const adjective = line.adjective(said[2]);
    if (node.fields.some(({ field }) => adjective.turned.some((link) => link.field === field)))
      descending = !descending;
  }
  if (node?.kind === 'mention' || node?.kind === 'measure') return { by: node, descending };
  const adjective = said?.[2] ? line.adjective(said[2]) : node?.kind === 'adjective' ? node : undefined;
  if (adjective) return { by: adjective, descending };
  return said ? { descending } : undefined;
}

export const ordering: readonly Rule[] = [
  rule(
    `orderby ${keyed}((?:(?:, )?(?:and |then |and then |then by )*${keyed})*)(?:, )?${direction}`,
    (line, [whole]) => {
      const stretches = (whole ?? '')
        .split(/(?: and then | then by | then |, | and )/)
        .filter((part) => /\b[FXEMA]\d+/.test(part));
      const keys = (stretches.length === 1 ? [whole ?? ''] : stretches)
        .map((part) => key(line, part))
        .filter((one) => one !== undefined);
      return keys.length > 0 ? line.add({ kind: 'order', keys }) : undefined;
    },
  ),
  rule('(asc|desc) (?:by|of|on|based on) (?:their |its )?([FXM]\\d+) ', (line, [whole]) => {
    const own = key(line, whole ?? '');
    return own && line.add({ kind: 'order', keys: [own] });
  }),
  rule('(?:orderby )?(?:in )?((?:adjasc|adjdesc) A\\d+) ', (line, [whole]) => {
    const own = key(line, whole ?? '');
    return own && line.add({ kind: 'order', keys: [own] });
  }),
  rule('(?:orderby )?(?:in )?(asc|desc) ', (line, [whole]) => {
    const own = key(line, whole ?? '');
    return own && line.add({ kind: 'order', keys: [own] });
  }),
];
