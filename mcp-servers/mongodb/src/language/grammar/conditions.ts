/** Rules for comparisons: of a field with values, times and aggregates. */
import { aged, asSymbol, betweenOf, compare, comparisonOf, equal, fieldTime } from './comparison.ts';
import { type Rule, rule } from './rewriting.ts';

const between =
  '(?:between|from|ranging from|ranges? from|ranging between|in range of|in range from|in range|within range|within range of|of between|be between|be in range|be in range of|be from|be within range|be within range of)';

const than = '(?:(?:their |its |overall |all |company |of )*)';

export const comparisons: readonly Rule[] = [
  rule('(before|after|since|until|in|on|from|by) {F}(?:of )?(?=[DN]\\d)', (line, [, preposition, f]) =>
    /^(?:dates?|years?|times?|months?|days?)$/i.test(line.mention(f).text) ? preposition : undefined,
  ),
  rule(`{F}(?:be |of |value |in |that |values )*${between} {Q}(?:and|to) {Q}`, (line, [, f, low, high]) =>
    betweenOf(line, f, low, high),
  ),
  rule(`${between} {Q}(?:and|to) {Q}{F}`, (line, [, low, high, f]) => betweenOf(line, f, low, high)),
  rule(
    `{F}(?:be |that be )*{cmp}${than}(avg|max|min) {F}(?:of |for |in |among |across )?(?:all )?(?:E\\d+ )?`,
    (line, [, f, comparison, aggregate, g]) =>
      asSymbol(line, {
        kind: 'aggregate',
        field: line.mention(f),
        op: comparisonOf(comparison),
        than: { kind: 'measure', op: aggregate as 'avg', of: line.mention(g), distinct: false },
      }),
  ),
  rule(`{F}(?:be |that be )*{cmp}${than}(avg) (?:of all )?`, (line, [, f, comparison]) =>
    asSymbol(line, {
      kind: 'aggregate',
      field: line.mention(f),
      op: comparisonOf(comparison),
      than: { kind: 'measure', op: 'avg', of: line.mention(f), distinct: false },
    }),
  ),
  rule(
    `(?:have |with |be |make |earn |earning |making )*{cmp}${than}(avg|max|min) {F}(?:of |for |in |among |across )?(?:all )?(?:E\\d+ )?`,
    (line, [, comparison, aggregate, f]) =>
      asSymbol(line, {
        kind: 'aggregate',
        field: line.mention(f),
        op: comparisonOf(comparison),
        than: { kind: 'measure', op: aggregate as 'avg', of: line.mention(f), distinct: false },
      }),
  ),
  rule('(?:be )?{B}than avg ', (line, [, b]) => {
    const adjective = line.adjective(b);
    return asSymbol(line, {
      kind: 'dimension',
      adjective,
      op: adjective.more ? 'gt' : 'lt',
      value: { kind: 'measure', op: 'avg', distinct: false },
    });
  }),
  rule('(?:be |that be )?{B}than (?:years )?{Q}', (line, [, b, value]) => {
    const adjective = line.adjective(b);
    return asSymbol(line, {
      kind: 'dimension',
      adjective,
      op: adjective.more ? 'gt' : 'lt',
      value: line.literal(value),
    });
  }),
  rule(
    '{F}(?:value |values |of |be |that be |have |in |number |count |years )*{cmp}(?:years )?{Q}(?:years )?(?![EX]\\d)',
    (line, [, f, comparison, value]) => compare(line, f, comparisonOf(comparison), value),
  ),
  rule('{cmp}{N}{F}(?!s )', (line, [, comparison, value, f]) =>
    line.mention(f).entities.length > 0 ? undefined : compare(line, f, comparisonOf(comparison), value),
  ),
  rule(
    '{F}(?:be )?(before|after|since|until|by|in|on|during|within|from) (?:year |date |the )?([DN]\\d+) ',
    (line, [, f, preposition, value]) => fieldTime(line, f, preposition, value),
  ),
  rule('{F}(?:be )?{D}', (line, [, f, value]) => fieldTime(line, f, 'in', value)),
];

export const equalities: readonly Rule[] = [
  rule(
    '{F}(?:number |id |code |value |numbered )?(?:be )?(?:not|ne) (?:eq |in |of |either |as )*{Qs}',
    (line, [, f, value]) => equal(line, f, value, true),
  ),
  rule('(?:have |with )?{F}ne {Qs}', (line, [, f, value]) => equal(line, f, value, true)),
  rule('{F}(?:not be|not|be not) (?:eq )?{Qs}', (line, [, f, value]) => equal(line, f, value, true)),
  rule(
    '{F}(?:number |id |code |value |numbered |letter |named |called |titled )?(?:that |which )?(?:be |eq |of |: |as |being |set to |either |in |by |= )*{Qs}',
    (line, [, f, value]) => equal(line, f, value, false),
  ),
  rule('lacks {Qs}as (?:their |its |his |her )?{F}', (line, [, value, f]) => equal(line, f, value, true)),
  rule('{Vs}(F\\d+) ', (line, [, value, f]) => equal(line, f, value, false)),
  // "failed runs": the noun names what is asked for as well.
  rule('{Vs}(X\\d+) ', (line, [, value, x]) => {
    const condition = equal(line, x, value, false);
    return condition && `${condition} ${x}`;
  }),
  rule('{Qs}as (?:their |its |his |her )?{F}', (line, [, value, f]) => equal(line, f, value, false)),
  rule(
    '(have |with |worth |give |giving |offer |offering |that |for |or |and |but |be |eq |of )eq ?{N}{F}',
    (line, [, , value, f]) => equal(line, f, value, false),
  ),
  rule(
    '(?<=(?:have|with|worth|give|giving|offer|offering|or|and|but|require|grant|for|be|give either|offer either|have either|with either) ){N}{F}',
    (line, [, value, f]) => equal(line, f, value, false),
  ),
  rule('count {E}(?:be |that )*{cmp}{N}', (line, [, e, comparison, n]) =>
    asSymbol(line, {
      kind: 'size',
      what: line.mention(e),
      op: comparisonOf(comparison),
      count: line.number(n),
      where: [],
    }),
  ),
  rule(
    '(?<=(?:[EX]\\d+|be|who|that|aged|than) )(gt|lt|ge|le) {N}(?=and |or |but |\\.|,|C\\d|$)',
    (line, [, comparison, value]) => aged(line, comparisonOf(comparison), value),
  ),
  rule('{cmp}years {N}', (line, [, comparison, value]) => aged(line, comparisonOf(comparison), value)),
  rule('(?:aged |be |of age )?years {N}', (line, [, value]) => aged(line, 'eq', value)),
];
