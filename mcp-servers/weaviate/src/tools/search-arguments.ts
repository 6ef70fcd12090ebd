/** Arguments that several tools have, and what they mean in a collection. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Property, Vector } from '../catalogue/collection.ts';
import type { WeaviateServerConfig } from '../config.ts';
import { filterSchema } from '../filters/filter.ts';
import { propertyOf } from '../policy/names.ts';
import type { Visible } from '../policy/visible.ts';
import type { SearchRequest } from '../search/request.ts';

const name = z.string().min(1).max(256);

export const collectionArgument = name.describe('Name of a collection, as list_collections gives it');
export const filterArgument = filterSchema
  .optional()
  .describe('Such as {"and":[{"property":"year","operator":"greater_than","value":2020}]}');
export const queryText = z.string().trim().min(1).max(4000);
export const vectorName = name.optional().describe('Which vector, where the collection has several');
export const returned = z.array(name).min(1).max(100).optional().describe('Properties to give back; not set: all');

/** What orders and cuts the results of a search. */
export const rankingArguments = {
  time_decay: z
    .strictObject({
      property: name.optional().describe('A date; not set: when the object was written'),
      half_life_days: z.number().positive().max(36_500),
      weight: z.number().min(0).max(1).default(0.5).describe('How much of the score fades'),
    })
    .optional()
    .describe('Newer first'),
  diversity: z
    .strictObject({ balance: z.number().min(0).max(1).default(0.5).describe('1: relevance, 0: variety') })
    .optional()
    .describe('Leaves near-copies for later (MMR)'),
  autocut: z.int().min(1).max(10).optional().describe('End at this many jumps of the scores'),
  group_by: z
    .strictObject({
      property: name,
      groups: z.int().min(1).max(50).default(10),
      per_group: z.int().min(1).max(50).default(3),
    })
    .optional(),
  sort: z
    .strictObject({ property: name, order: z.enum(['ascending', 'descending']).default('ascending') })
    .optional()
    .describe('Order of what the search finds'),
};

export const limitArgument = ({ MCP_QUERY_OBJECTS: most }: WeaviateServerConfig) =>
  z.int().min(1).max(most).default(Math.min(10, most));

type Ranking = z.output<z.ZodObject<typeof rankingArguments>>;

/** The part of a request that orders and cuts. @throws {ToolRefusal} `argument`, `policy` */
export function rankingOf(
  given: Ranking & { readonly vector_name?: string | undefined },
  visible: Visible,
  now: number,
): Pick<SearchRequest, 'decay' | 'mmr' | 'autocut' | 'group' | 'sort'> {
  const { time_decay: decay, diversity, autocut, group_by: group, sort } = given;
  return {
    ...(autocut !== undefined && { autocut }),
    ...(decay && {
      decay: {
        property: decay.property === undefined ? '_created' : dateOf(decay.property, visible),
        halfLifeDays: decay.half_life_days,
        weight: decay.weight,
        now,
      },
    }),
    ...(diversity && { mmr: { balance: diversity.balance, vector: comparable(visible, given.vector_name) } }),
    ...(group && {
      group: {
        property: simple(propertyOf(group.property, visible, 'group_by.property'), 'group_by.property'),
        groups: group.groups,
        perGroup: group.per_group,
      },
    }),
    ...(sort && {
      sort: {
        property: simple(propertyOf(sort.property, visible, 'sort.property'), 'sort.property'),
        descending: sort.order === 'descending',
      },
    }),
  };
}

/** The properties that a caller wants back. @throws {ToolRefusal} `argument` */
export function propertiesOf(names: readonly string[] | undefined, visible: Visible): readonly Property[] {
  if (names === undefined) return [...visible.properties.values()];
  return [...new Set(names)].map((one) => propertyOf(one, visible, 'properties'));
}

function dateOf(given: string, visible: Visible): Property {
  const property = propertyOf(given, visible, 'time_decay.property');
  if (property.type === 'date' && !property.list) return property;
  throw new ToolRefusal(
    'argument',
    `time_decay.property: ${given} is no date but ${property.type}.`,
    'Name a property with one date, or leave it out: then the time of writing counts.',
  );
}

function simple(property: Property, argument: string): Property {
  if (property.type !== 'object' && property.type !== 'blob' && property.type !== 'geoCoordinates' && !property.list)
    return property;
  throw new ToolRefusal(
    'argument',
    `${argument}: ${property.name} has no single value (${property.type}${property.list ? '[]' : ''}).`,
    'Name a property with one text, number, date, boolean or UUID.',
  );
}

function comparable(visible: Visible, given: string | undefined): Vector {
  const vector = vectorOf(visible, given, () => true, 'diversity compares vectors');
  if (!vector.multi) return vector;
  throw new ToolRefusal(
    'argument',
    `diversity: objects have several vectors of the name ${vector.name}, which cannot be compared here.`,
    'Leave out diversity, or name another vector.',
  );
}

/**
 * The vector that a caller means: the one named, or the only one there is.
 * @param why begins the refusal where there is none
 * @throws {ToolRefusal} `argument`, or `policy` where the only ones are made of what is hidden
 */
export function vectorOf(
  visible: Visible,
  given: string | undefined,
  fits: (vector: Vector) => boolean,
  why: string,
): Vector {
  const fitting = visible.vectors.filter(fits);
  const names = fitting.map((vector) => vector.name).join(', ');
  if (given !== undefined) {
    const found = fitting.find((vector) => vector.name === given);
    if (found !== undefined) return found;
    throw new ToolRefusal(
      'argument',
      `vector_name: no vector ${JSON.stringify(given)} that can be used so; ${visible.name} has ${names || 'none'}.`,
      'Name one of these, or leave vector_name out.',
    );
  }
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (only !== undefined) {
    throw new ToolRefusal('argument', `${visible.name} has several vectors: ${names}.`, 'Choose one with vector_name.');
  }
  if (visible.closedVectors.length > 0) {
    throw new ToolRefusal(
      'policy',
      `${why}, and those of ${visible.name} are made of properties that may not be read, too.`,
      'Search with mode "keyword". The operator can allow the vector in the policy.',
    );
  }
  throw new ToolRefusal(
    'argument',
    `${why}, and ${visible.name} has none that can be made of a text.`,
    'Search with mode "keyword", or with mode "near_vector" and a vector of your own where objects have vectors.',
  );
}
