/** Spellings of the grammar's own words, brought to one each: `gt`, `avg`, `count`, `orderby`, `desc`. */
import { type Rule, rule } from './rewriting.ts';

const more = '(?:more|greater|higher|larger|bigger|longer|later|better)';
const less = '(?:less|fewer|lower|smaller|shorter|earlier|worse)';
const years = '(?:years? (?:old |of age )?)?';
const operand = '(?=(?:[NDVTB]\\d+|average|mean|avg|max|min|sum|highest|lowest) )';

/** Function words, and words that add nothing. */
const plain: readonly Rule[] = [
  rule(
    '{A}(?=(?:number|numbers|count|amount|total|quantity|average|sum) )',
    (line, [, a]) => ({ largest: 'highest', biggest: 'highest', smallest: 'lowest' })[line.adjective(a).text],
  ),
  rule('(?:the|a|an) ', ''),
  rule('(?:please|kindly) ', ''),
  rule('non (?=[VN]\\d)', 'not'),
  rule('post (?=[ND]\\d)', 'after'),
  rule('pre (?=[ND]\\d)', 'before'),
  rule(
    '(?:associated|corresponding|respective|affected|enrolled|registered|assigned|available|existing|recorded|listed|individual|related|unaffiliated) (?=[EXF]\\d)',
    '',
  ),
  rule('(?:is|are|was|were|been|being|am) ', 'be'),
  rule(
    '(?:has|had|having|possess|possesses|possessing|own|owns|owning|contain|contains|containing|feature|features|featuring|hold|holds|holding|held) (?!letter)',
    'have',
  ),
  rule('(?:do|does|did) ', ''),
  rule('have (?:have|been) ', 'have'),
  rule(
    '(?:not have|have not|lack|lacks|lacking|have no|with no|without|free (?:of|from)|never have|not with|have never) (?:any |single |ever )?',
    'lacks',
  ),
  rule('(?:all )?(?:different|distinct|unique|various) ', 'distinct'),
  rule('of (?:each|every) ', 'ofeach'),
  rule('in (?:each|every) (?:of )?', 'per'),
  rule('(?:across|among|over|throughout|amongst) (?:each|every) (?:of )?', 'among'),
  rule('(?:for|by|at|under|within|from|on|with) (?:each|every)(?: one)?(?: of)? ', 'per'),
  rule(
    '(?:per|grouped by|group by|broken down by|categorized by|classified by|split by|by (?:each|every)) (?:distinct |each |every |their |its |the )*',
    'per',
  ),
  rule('for (?:distinct|all distinct) ', 'per'),
  rule('(?:every) ', 'each'),
  rule('(?:,? ?(?:along|together|combined|in addition) (?:with|to)|,? ?as well as|alongside|accompanied by) ', 'and'),
  rule('(?:whose) ', 'whose'),
  rule('(?:that|which|who) (?:be |)(?=(?:[CVA]\\d+) )', 'that'),
];

const comparisons: readonly Rule[] = [
  rule(`(?:${more}) than or equal to `, 'ge'),
  rule(`(?:${less}) than or equal to `, 'le'),
  rule('(?:at least|no (?:less|fewer) than|not (?:less|fewer) than|(?:a )?minimum of|not below) ', 'ge'),
  rule('(?:at most|no more than|not more than|not exceeding|not (?:above|over)|up to|maximum of) (?=N)', 'le'),
  rule(`{N}${years}(?:and|or) (?:above|more|greater|higher|over|older|up|later) `, 'ge $1'),
  rule(`{N}${years}(?:and|or) (?:below|less|fewer|lower|under|younger|earlier) `, 'le $1'),
  rule(`(?:or|and) (?:more|above|greater) `, 'orMore'),
  rule('{N}(.{0,20}?)orMore ', 'ge $1 $2'),
  rule(`(?:${more}) (?:in number )?than (?:single )?`, 'gt'),
  rule(`(?:${less}) (?:in number )?than (?:single )?`, 'lt'),
  rule(`(?:exceed|exceeds|exceeding|surpass|surpasses|surpassing|in excess of|strictly above|beyond) ${operand}`, 'gt'),
  rule(`(?:above|over) ${operand}`, 'gt'),
  rule(`(?:below|under|strictly below) ${operand}`, 'lt'),
  rule('multiple (?=[FEX])', 'gt one'),
  rule('(?:equal to|equals|exactly|=) ', 'eq'),
  rule('(?:other than|not equal to|different from|excluding|except for|except|apart from) ', 'ne'),
  rule('{B}than ', '$1 than'),
  rule('(?:prior to|earlier than) ', 'before'),
  rule('(?:later than|subsequent to|following) (?=[ND]\\d)', 'after'),
  rule('{N}years? of {F}', '$1 $2'),
  rule('{N}(?:years? old|years? of age|year olds?) ', 'years $1'),
  rule('(?:gt|ge|lt|le) (?:gt|ge|lt|le) ', (_, [whole = '']) => whole.split(' ')[1]),
];

const agg = '(?:avg|sum|max|min|count)';

const aggregates: readonly Rule[] = [
  rule('(?:average|mean|avg)(?: of| value of| value for)? (?:value of |value for )?', 'avg'),
  rule(
    '(?:how many|total (?:number|count)(?: of)?|(?:overall |exact )?(?:numbers?|counts?|tally)(?: of)|headcount of|number|count how many|count (?=[FEX]\\d)|count distinct|total (?:amount|quantity) of|amount of|quantity of) ',
    (_, [whole = '']) => (/distinct/.test(whole) ? 'count distinct' : 'count'),
  ),
  rule('(?:count) (?:the )?(?:total )?(?:count) ', 'count'),
  rule('(?:determine|calculate|compute|find|give|return) (?=(?:count|avg) )', ''),
  rule(
    `(?:maximum|max|highest|greatest|peak|top|largest|biggest)(?: possible| value of| value for| recorded)? (?=(?:(?:, )?(?:and |or )?(?:minimum|min|lowest|smallest|least|avg|sum) |[FX]\\d))`,
    'max',
  ),
  rule(
    `(?:minimum|min|lowest|smallest|least)(?: possible| value of| value for| recorded)? (?=(?:(?:, )?(?:and |or )?(?:max|maximum|highest|greatest|largest|avg|sum) |[FX]\\d))`,
    'min',
  ),
  rule(`(?:maximum|max|highest|greatest|peak|largest) (?=and min )`, 'max'),
  rule('(?:sum|total sum|combined total|total amount|grand total)(?: of)? (?=[FX]\\d)', 'sum'),
  rule('(?:total|combined|overall|summed)(?: of)? (?=[FX]\\d)', 'sum'),
  rule('(?:total|combined|overall) (?=E\\d)', 'count'),
  rule(`${agg} of (?=[FX]\\d)`, (_, [whole = '']) => whole.split(' ')[0]),
  rule('(?:sum|total) (?:and|,) (?=(?:avg|max|min) )', 'sum and'),
  rule('both (?=(?:avg|max|min|sum) )', ''),
];

const popularity: readonly Rule[] = [
  rule(
    '(?:(?:the )?most|highest|largest|greatest|maximum|biggest) (?:total )?(?:number|count|amount|quantity|total (?=[EX]\\d))(?: of)? ',
    'most',
  ),
  rule(
    '(?:(?:the )?(?:least|fewest)|lowest|smallest|minimum) (?:total )?(?:number|count|amount|quantity|total (?=[EX]\\d))(?: of)? ',
    'fewest',
  ),
  rule('(?:largest|greatest|highest|biggest) (?=(?:count|E\\d))', 'most'),
  rule('(?:fewest|least|lowest|smallest) (?=(?:count|E\\d|X\\d))', 'fewest'),
  rule('(?:most|fewest) count (?:of )?', (_, [whole = '']) => whole.split(' ')[0]),
  rule(
    'most (?:common|commonly|frequent|frequently|popular|prevalent|widely|widespread|often|numerous)(?: used| occurring| seen| found| reported| represented| represented)? ',
    'mostcommon',
  ),
  rule(
    '(?:least|less) (?:common|commonly|frequent|frequently|popular|prevalent|often)(?: used| occurring| seen| found)? ',
    'leastcommon',
  ),
  rule('(?:appears?|occurs?|used|seen|found|appearing|occurring|reported) (mostcommon|leastcommon) ', '$1'),
  rule('(mostcommon|leastcommon) (?:appears?|occurs?|used|occurring|appearing) ', '$1'),
  rule('most of (?=[EX]\\d)', 'most'),
];

const sorting =
  '(?:sorted|sort|ordered|order|ranked|arranged|arrange|listed|organized|sorting|ordering|arranging|presented|displayed|sequenced|list|display|present|grouped|rank)';
const results = '(?:the )?(?:results?|result set|list|them|it|names?|output|rows|data|records)?';

const order: readonly Rule[] = [
  rule(
    '(?:sort|order|arrange|rank) (?:all |each )?((?:[FX]\\d+ )(?:(?:, )?(?:and )?[FX]\\d+ )*)((?:of|for) (?:all )?[EX]\\d+ )?(?:by|in order of|according to|based on) ',
    (_, [, fields, of]) => `${fields}${of}orderby`,
  ),
  rule(
    '(?:from )?(?:lowest to highest|low to high|smallest to (?:largest|biggest)|least to (?:greatest|most)|fewest to most|shortest to longest|ascending to descending|earliest to latest) ',
    'asc',
  ),
  rule(
    '(?:from )?(?:highest to lowest|high to low|(?:largest|biggest) to smallest|greatest to (?:least|smallest|lowest)|most to (?:least|fewest)|longest to shortest|latest to earliest) ',
    'desc',
  ),
  rule('(?:from )?{A}to {A}', (line, [, first]) => (line.adjective(first).more ? 'adjdesc ' : 'adjasc ') + first),
  rule('(?:starting|beginning) (?:with|from) (?:the )?(?:highest|largest|greatest|most) ', 'desc'),
  rule('(?:starting|beginning) (?:with|from) (?:the )?(?:lowest|smallest|least) ', 'asc'),
  rule(
    '(?:starting|beginning) (?:with|from) {A}',
    (line, [, first]) => (line.adjective(first).more ? 'adjdesc ' : 'adjasc ') + first,
  ),
  rule('from old to young ', 'desc'),
  rule('from young to old ', 'asc'),
  rule('from a to z ', 'asc'),
  rule(
    '(?:in )?(?:ascending|increasing)(?: alphabetical(?:ly)?| lexicographical)?(?: order| sequence| manner)? ',
    'asc',
  ),
  rule(
    '(?:in )?(?:descending|decreasing|reverse)(?: alphabetical(?:ly)?| lexicographical)?(?: order| sequence| manner)? ',
    'desc',
  ),
  rule(
    '(?:in )?(?:alphabetical|alphabetic|lexicographical|alphabetically|lexicographic)(?:ly)?(?: order| sequence)?(?: ascending)? ',
    'asc',
  ),
  rule('in order (?=of |by )', 'orderby'),
  rule(
    `${sorting} ${results} ?(?:in |by |of |based on |according to |on )?(?:their |the )?(?=(?:asc|desc|adjasc|adjdesc) )`,
    'orderby',
  ),
  rule(
    `${sorting} ${results} ?(?:alphabetically )?(?:in order of |by order of |according to |based on |by |on )(?:their |its |the )?`,
    'orderby',
  ),
  rule('orderby (?:orderby |of |by |in )+', 'orderby'),
  rule('(?:and|,|\\.|then|, and) (?=orderby )', ''),
];

/** All rules for the grammar's own words, in the order in which they apply. */
export const operators: readonly Rule[] = [...plain, ...order, ...popularity, ...comparisons, ...aggregates];
