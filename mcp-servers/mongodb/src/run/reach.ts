/** What a query reads of each collection, and by which index: told from the query alone. */
import type { Policed } from '../policy/apply.ts';
import type { Index } from './database.ts';

/** One place where a query reads a collection. */
export interface Reach {
  readonly collection: string;
  /** Fields that the documents are looked for by; any index that begins with one of them finds them. */
  readonly fields: readonly string[];
  /** Field that the documents are ordered by first, where an index gives the order. */
  readonly order?: string;
  /** Documents are read until there are enough, and not looked for. */
  readonly stopsEarly: boolean;
}

type Value = Readonly<Record<string, unknown>>;

/** Comparisons that an index narrows down. */
const narrows = new Set(['$eq', '$in', '$gt', '$gte', '$lt', '$lte', '$all', '$elemMatch']);

/** Every place, the first is the query's own collection. */
export function reachesOf(query: Policed): Reach[] {
  if (query.operation === 'aggregate') return pipelineReaches(query.collection, query.pipeline, []);
  const order = Object.keys(query.sort)[0];
  const fields = fieldsOf(query.filter);
  const filters = Object.keys(query.filter).length > 0;
  return [{ collection: query.collection, fields, ...(order && { order }), stopsEarly: !filters && !order }];
}

/** Whether an index serves a place. */
export const isServed = ({ fields, order }: Reach, indexes: readonly Index[]): boolean =>
  indexes.some(({ key, partial }) => {
    const [first] = Object.keys(key);
    return first !== undefined && !partial && (fields.includes(first) || first === order);
  });

function pipelineReaches(collection: string, pipeline: readonly Value[], joinedBy: readonly string[]): Reach[] {
  const leading: Value[] = [];
  for (const stage of pipeline) {
    if (!('$match' in stage || '$project' in stage || '$sort' in stage || '$addFields' in stage)) break;
    leading.push(stage);
  }
  const matches = leading.flatMap(({ $match }) => ($match ? [$match as Value] : []));
  const sort = leading.find(({ $sort }) => $sort)?.$sort as Value | undefined;
  const order = sort && Object.keys(sort)[0];
  const next = pipeline[leading.length] ?? {};
  const own: Reach = {
    collection,
    fields: [...joinedBy, ...matches.flatMap(fieldsOf)],
    ...(order && { order }),
    stopsEarly: joinedBy.length === 0 && matches.length === 0 && !sort && ('$limit' in next || '$sample' in next),
  };
  return [own, ...pipeline.flatMap(stageReaches)];
}

function stageReaches(stage: Value): Reach[] {
  const [[name, spec] = ['', {}]] = Object.entries(stage);
  const options = (typeof spec === 'object' && spec !== null ? spec : {}) as Value;
  const inner = (options.pipeline ?? []) as readonly Value[];
  if (name === '$lookup')
    return pipelineReaches(
      String(options.from),
      inner,
      options.foreignField === undefined ? [] : [String(options.foreignField)],
    );
  if (name === '$unionWith') return pipelineReaches(String(options.coll), inner, []);
  if (name === '$graphLookup')
    return [{ collection: String(options.from), fields: [String(options.connectToField)], stopsEarly: false }];
  if (name === '$facet')
    return Object.values(options).flatMap((part) => (part as readonly Value[]).flatMap(stageReaches));
  return [];
}

/** Fields of which every document that is looked for has a value that an index finds. */
export function fieldsOf(filter: Value): string[] {
  return Object.entries(filter).flatMap(([key, value]) => {
    if (key === '$and') return (value as readonly Value[]).flatMap(fieldsOf);
    if (key === '$expr') return equalFields(value);
    if (key.startsWith('$')) return [];
    return isNarrow(value) ? [key] : [];
  });
}

/** `{$eq: ['$field', '$$variable']}`, as a join by a pipeline has it. */
function equalFields(expression: unknown): string[] {
  const { $eq, $and } = (typeof expression === 'object' && expression !== null ? expression : {}) as Value;
  if (Array.isArray($and)) return $and.flatMap(equalFields);
  if (!Array.isArray($eq)) return [];
  return $eq.flatMap((side) => (typeof side === 'string' && /^\$[^$]/.test(side) ? [side.slice(1)] : []));
}

function isNarrow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date || '_bsontype' in value) return true;
  const operators = Object.entries(value);
  if (!operators.some(([name]) => name.startsWith('$'))) return true;
  return operators.some(
    ([name, operand]) =>
      narrows.has(name) || (name === '$regex' && /^\^[\w ]/.test(String(operand)) && !('$options' in value)),
  );
}
