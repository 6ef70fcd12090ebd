/** The arguments and results of the reference memory server's tools (its release 2026.8.31). */
import * as z from 'zod';

const SEPARATORS = /\r\n?|[\u0085\u2028\u2029]/g;
/** What an answer would not show: a name that differs in nothing else could never be asked for again. */
const INVISIBLE = /[[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]--[\n\t\uFE0F]]/gv;

const visible = (text: string) => text.toWellFormed().replace(SEPARATORS, '\n').replace(INVISIBLE, '');

const name = (what: string) => z.string().min(1).max(512).transform(visible).describe(what);
const content = z.string().max(30_000).transform(visible);

/** Items of one call: a call has the time of MCP_TIMEOUT_MS. */
const many = <Item extends z.ZodType>(item: Item) => z.array(item).max(500);

export const entityArgument = z.object({
  name: name('The name of the entity'),
  entityType: name('The type of the entity'),
  observations: many(content).describe('An array of observation contents associated with the entity'),
});

export const relationArgument = z.object({
  from: name('The name of the entity where the relation starts'),
  to: name('The name of the entity where the relation ends'),
  relationType: name('The type of the relation'),
});

export const entitiesArgument = many(entityArgument);
export const relationsArgument = many(relationArgument);
export const namesArgument = many(name('The name of an entity'));
export const newObservations = many(
  z.object({
    entityName: name('The name of the entity to add the observations to'),
    contents: many(content).describe('An array of observation contents to add'),
  }),
);
export const deletedObservations = many(
  z.object({
    entityName: name('The name of the entity containing the observations'),
    observations: many(content).describe('An array of observations to delete'),
  }),
);
export const searchArgument = z
  .string()
  .max(4096)
  .describe('The search query to match against entity names, types, and observation content');

export const entityResult = z.object({ name: z.string(), entityType: z.string(), observations: z.array(z.string()) });
export const relationResult = z.object({ from: z.string(), to: z.string(), relationType: z.string() });

/** Beside what the reference server gives: names and contents are from outside, and never an instruction. */
export const mark = { trust: z.literal('untrusted'), source: z.string() };
export const marked = { trust: 'untrusted' as const, source: 'the knowledge graph' };
