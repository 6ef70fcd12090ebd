/** Rules for what else restricts records: values without their field, names, times, what they have or lack; and how conditions join. */
import type { ValueTerm } from '../terms.ts';
import { asSymbol, comparisonOf, time, turned } from './comparison.ts';
import { type Line, type Rule, rule } from './rewriting.ts';
import type { SketchCondition } from './sketch.ts';

const values = (line: Line, stretch: string | undefined) =>
  line
    .symbols(stretch, 'V')
    .map((symbol) => line.literal(symbol))
    .filter((node): node is ValueTerm => node.kind === 'value');

const is = (line: Line, stretch: string | undefined, negated: boolean) =>
  asSymbol(line, {
    kind: 'is',
    values: values(line, stretch),
    negated,
    joined: / and /.test(stretch ?? '') ? 'and' : 'or',
  });

const light =
  '(?:in|from|at|by|of|on|for|with|to|as|be|within|under|into|near|through|like|called|named|titled|via|using)';

export const attributes: readonly Rule[] = [
  // "team 80", "the user with id 1004", "agents named King".
  rule(
    '{E}(?:that |which |who |be |with )*(?:named|called|titled|entitled|by name of|by the name of|by name) {Qs}',
    (line, [, e, v]) => `${e} ${identity(line, e, v)}`,
  ),
  rule(
    '{E}(?:with )?(?:number |id |numbered |code |identifier |identified by |id of |identified by id )+(?:be |of )?{N}',
    (line, [, e, v]) => `${e} ${identity(line, e, v)}`,
  ),
  rule('{E}((?:N\\d+ )(?:(?:, )?(?:or |and )(?:E\\d+ )?N\\d+ )*)', (line, [, e, v]) => `${e} ${identity(line, e, v)}`),
  rule('{Vs}(?=[EX]\\d)', (line, [, v]) => is(line, v, false)),
  rule('{E}(T\\d+) ', (line, [, e, v]) => `${e} ${identity(line, e, v)}`),
  rule(`(?:not |ne |not be |be not )+(?:${light} )*{Vs}`, (line, [, v]) => is(line, v, true)),
  rule(`(?:either )?{Vs}`, (line, [, v]) => is(line, v, false)),
  rule('(?:(in|on|during|within|before|after|since|until|by|from) )?(?:year |date )?{D}', (line, [, preposition, d]) =>
    time(line, preposition, d),
  ),
  rule('(in|during|before|after|since|until|from) (?:year )?(?:of )?{N}', (line, [, preposition, n]) =>
    time(line, preposition, n),
  ),
];

function identity(line: Line, entity: string | undefined, stretch: string | undefined): string {
  const values = line.symbols(stretch, 'VNT').map((symbol) => line.literal(symbol));
  return asSymbol(line, { kind: 'identity', entity: line.mention(entity), values });
}

const negated = '(?:lacks)';

export const existence: readonly Rule[] = [
  rule('(?:have |with |in )*ge {N}(?=C\\d)', (line, [, n]) => (line.number(n) === 1 ? 'have' : undefined)),
  rule('(?:that|who|which) (?:currently |actually |already |do )*have (?:any |some )?{E}', (line, [, e]) =>
    asSymbol(line, has(line, e, '')),
  ),
  rule(
    `(?:have |with |by |to |of |include |includes )*{cmp}{N}(?:distinct )?((?:C\\d+ )*){E}((?:(?:with|whose|that|which|who|of|in|be) )*C\\d+ )?`,
    (line, [, comparison, n, before, e, after]) =>
      asSymbol(line, {
        kind: 'size',
        what: line.mention(e),
        op: comparisonOf(comparison),
        count: line.number(n),
        where: line.conditions(`${before}${after}`),
      }),
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
    `${negated} (?:any |assigned |associated |recorded |registered |enrolled )*((?:C\\d+ )*){K}(?:recorded |assigned |yet |associated |registered |values? |enrolled )*((?:(?:with|whose|that|which|who|of|in|be|have|to|related|either|from|as|classified|categorized) )*C\\d+ )?`,
    (line, [, before, k, after]) =>
      asSymbol(line, {
        kind: 'has',
        what: line.mention(k),
        where: line.conditions(`${before}${after}`),
        negated: true,
      }),
  ),
  rule(
    '{F}(?:be |value |have )*(?:missing|null|empty|absent|unknown|undefined|unset|not set|not known|not recorded|not available|not specified) ',
    (line, [, f]) => asSymbol(line, { kind: 'has', what: line.mention(f), where: [], negated: true }),
  ),
  rule('(?:null|missing|empty|unknown|unset) {F}', (line, [, f]) =>
    asSymbol(line, { kind: 'has', what: line.mention(f), where: [], negated: true }),
  ),
  rule('{F}(?:be )?(?:not null|not empty|not missing|present|known) ', (line, [, f]) =>
    asSymbol(line, { kind: 'has', what: line.mention(f), where: [], negated: false }),
  ),
  rule(
    '(?<=(?:not|not be|be not) )(?:[a-z]+ (?:in|by|to|with|for|from|at|on) )(?:any )?((?:C\\d+ )*){E}((?:(?:with|whose|that|which|who|of|in|be) )*C\\d+ )?',
    (line, [, before, e, after]) =>
      asSymbol(line, {
        kind: 'has',
        what: line.mention(e),
        where: line.conditions(`${before}${after}`),
        negated: true,
      }),
  ),
  rule('(?:lacks) (C\\d+) (?!E)', (line, [, symbol]) => {
    const condition = line.condition(symbol);
    if (condition.kind === 'compare') return asSymbol(line, { ...condition, op: turned[condition.op] });
    return condition.kind === 'is' ? asSymbol(line, { ...condition, negated: !condition.negated }) : undefined;
  }),
  rule('(?<= )(?:not be|not|be not) (C\\d+) ', (line, [, symbol]) => {
    const condition = line.condition(symbol);
    if (condition.kind === 'has' && condition.negated) return symbol;
    if (condition.kind === 'compare') return asSymbol(line, { ...condition, op: turned[condition.op] });
    if (condition.kind === 'is') return asSymbol(line, { ...condition, negated: !condition.negated });
    return asSymbol(line, { kind: 'not', of: condition });
  }),
  rule('(?:both )?have ((?:C\\d+ )+){E}and (?:have )?((?:C\\d+ )+)(?:E\\d+ )', (line, [, first, e, second]) =>
    asSymbol(line, { kind: 'all', of: [has(line, e, first), has(line, e, second)] }),
  ),
  rule(
    '(?:have|with) (?:at least one |some |one or more )?((?:C\\d+ )*){E}((?:(?:with|whose|that|which|who|of|in|be) )*C\\d+ )',
    (line, [, before, e, after]) => asSymbol(line, has(line, e, `${before}${after}`)),
  ),
  rule('(?:have|with) (?:at least one |some |one or more )?((?:C\\d+ )+){E}', (line, [, before, e]) =>
    asSymbol(line, has(line, e, before)),
  ),
];

const has = (line: Line, entity: string | undefined, stretch: string | undefined): SketchCondition => ({
  kind: 'has',
  what: line.mention(entity),
  where: line.conditions(stretch),
  negated: false,
});

const glue = '(?:(?:in|with|be|have|that|who|which|whose|of|from|on|where|are) )*';

export const combinations: readonly Rule[] = [
  rule(`both ${glue}(?:E\\d+ )?{C}(?:E\\d+ )?and ${glue}(?:E\\d+ )?{C}`, (line, [, a, b]) =>
    asSymbol(line, { kind: 'both', of: [line.condition(a), line.condition(b)] }),
  ),
  rule(
    `(?:either )?${glue}{C}(?:, )?or ${glue}{C}((?:(?:and|but|along with|while also|and also) ${glue}C\\d+ )+)`,
    (line, [, a, b, rest]) =>
      asSymbol(line, {
        kind: 'any',
        of: [line.condition(a), { kind: 'all', of: [line.condition(b), ...line.conditions(rest)] }],
      }),
  ),
  rule(
    `(?:either )?{C}(?:, )?or ${glue}{C}`,
    (line, [, a, b]) => asSymbol(line, { kind: 'any', of: [line.condition(a), line.condition(b)] }),
    { repeat: true },
  ),
];
