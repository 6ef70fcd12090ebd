/** From the parts of a question to its sketch. */
import type { Part } from '../link.ts';
import { assemble } from './assemble.ts';
import { comparisons, equalities } from './conditions.ts';
import { operators } from './operators.ts';
import { amounts, groups, ordering, superlatives } from './quantities.ts';
import { attributes, combinations, existence } from './restrictions.ts';
import { Line, type Rule, rule } from './rewriting.ts';
import type { Sketch } from './sketch.ts';
import { textRules } from './texts.ts';

/** Marks fields as those of an entity: a mention keeps its candidates, and gains an owner. */
function owned(line: Line, fields: string | undefined, entity: string | undefined): void {
  const owner = line.mention(entity);
  for (const symbol of line.symbols(fields, 'FXM')) {
    const node = line.node(symbol);
    if (node?.kind === 'mention' && node !== owner) node.owner ??= owner;
    else if (node?.kind === 'measure' && node.of && node.of !== owner && node.of.entities.length === 0)
      node.of.owner ??= owner;
  }
}

/** Nouns that only say what sort of a value a field has. */
const generic =
  /^(?:names?|ids?|numbers?|codes?|titles?|values?|types?|kinds?|categor(?:y|ies)|classifications?|levels?|figures?|amounts?)$/i;

/** "team members" are the team. */
const members = /^(?:members?|people|persons?|individuals?)$/i;

const everything =
  '(?:(?:all |complete |full |entire )*(?:available |relevant |possible )?(?:information|info|details|detail|data|records|record|everything|attributes|columns|fields)) ';

const early: readonly Rule[] = [
  rule('{Fs}ofeach {E}', (line, [, fields, e]) => {
    owned(line, fields, e);
    return `${fields}of ${e}`;
  }),
  rule("{K}'s ((?:[FX]\\d+ )(?:(?:, )?(?:and )?[FX]\\d+ )*)", (line, [, e, fields]) => {
    if (line.mention(e).entities.length === 0) return undefined;
    owned(line, fields, e);
    return `${fields}of ${e}`;
  }),
  rule('([EX]\\d+) (?:of )?([EX]\\d+) ', (line, [whole, e, f]) => {
    const [first, second] = [line.mention(e), line.mention(f)];
    if (members.test(second.text) && !/ of /.test(whole ?? '')) return e;
    return members.test(first.text) && / of /.test(whole ?? '') ? f : undefined;
  }),
  rule('([E]\\d+) ([E]\\d+) ', (line, [, e, f]) =>
    line.mention(e).plural || line.mention(e).entities[0]?.entity === line.mention(f).entities[0]?.entity
      ? undefined
      : f,
  ),
  rule(
    '{F}(?:types?|sizes?|figures?|statistics|amounts?|levels?|categor(?:y|ies)|groups?|scores?|values?|numbers?|kinds?|classifications?) ',
    '$1',
  ),
  rule('(?:types?|kinds?|categor(?:y|ies)|classifications?) of ([F]\\d+) ', '$1'),
  rule('{F}([FX]\\d+) ', (line, [, f, g]) => (generic.test(line.mention(g).text) ? f : undefined)),
  rule(
    '(?<!(?:most|fewest|count|lacks) )(?<!distinct ){E}{F}(?!gt|lt|ge|le|eq|ne|before|after|between|as|[NDVT]\\d)',
    (line, [, e, f]) => {
      const entities = line.mention(e).entities.map(({ entity }) => entity.id);
      if (/(?:ed|ing)$/.test(line.mention(f).text)) return undefined;
      if (!line.mention(f).fields.some(({ field }) => entities.includes(field.entity))) return undefined;
      owned(line, f, e);
      return f;
    },
  ),
  rule(`${everything}(?:about|of|for|on|regarding|from|concerning|related to|associated with) `, 'everything'),
  rule('(?:all|complete|full) (?:available |relevant )?(?:information|details|data) ', 'everything'),
  rule('{E}(?:information|details|records|record|data|info) ', 'everything $1'),
  // "the name of the owner", where the owner is a field: what is asked for is that field.
  rule('{F}of ([F]\\d+) ', (line, [, f, g]) =>
    generic.test(line.mention(f).text) && line.mention(g).fields.some(({ field }) => field.type === 'string')
      ? g
      : undefined,
  ),
  rule('(?:all) ', ''),
  rule('there ', ''),
  rule(
    '(orderby (?:asc |desc )?(?:of |by )?)(count|avg|sum|max|min) {K}',
    (line, [, before, op, k]) =>
      `${before}${line.add({ kind: 'measure', op: op as 'count', of: line.mention(k), distinct: false })}`,
  ),
  rule(
    '(orderby (?:asc |desc )?(?:of |by )?){E}(?:count|counts) ',
    (line, [, before, k]) =>
      `${before}${line.add({ kind: 'measure', op: 'count', of: line.mention(k), distinct: false })}`,
  ),
];

const late: readonly Rule[] = [
  rule('per (?:one |them |it |case |category |group |of )*(?=[.,] |$)', ''),
  rule(
    '{Fs}(?:of|for|in|from|among|across|on|about|by|that|which) (?:all |each |their |its |his |her |those |these )*((?:[CMS]\\d+ )*){E}',
    (line, [, fields, between, e]) => {
      owned(line, fields, e);
      return `${fields}of ${between}${e}`;
    },
  ),
  rule('([EX]\\d+) (?:, )?(?:and |with (?=their |its |count |M))(?:their |its |each )*(?=[FXM]\\d)', (line, [, e]) => {
    const mention = line.mention(e);
    return line.symbols(line.text.split(` ${e} `)[0], 'FXM').length > 0 || e?.startsWith('X')
      ? undefined
      : `${line.add({ ...mention, fields: [], label: true })} and`;
  }),
  rule('{M}(?:of|for|in|from|among|across|that|on) (?:all |each )?((?:[CS]\\d+ )*){E}', (line, [, m, between, e]) => {
    owned(line, m, e);
    return `${m} of ${between}${e}`;
  }),
];

/** Reads a question that is linked. */
export function read(parts: readonly Part[]): Sketch {
  const line = new Line(parts);
  line.text = `${line.text.trimEnd()} `;
  for (const rules of [
    operators,
    early,
    ordering,
    textRules,
    comparisons,
    equalities,
    superlatives,
    amounts,
    groups,
    attributes,
    existence,
    combinations,
    late,
  ])
    line.apply(rules);
  return assemble(line);
}
