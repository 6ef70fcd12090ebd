import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import { propertyOf } from '../policy/names.ts';
import type { Visible } from '../policy/visible.ts';
import { vectorOf } from '../tools/search-arguments.ts';
import type { Mode } from './request.ts';

export const modes = ['hybrid', 'near_text', 'near_vector', 'keyword'] as const;

export interface Asked {
  readonly mode: (typeof modes)[number];
  readonly query?: string | undefined;
  readonly vector?: readonly number[] | undefined;
  readonly vector_name?: string | undefined;
  readonly alpha: number;
  readonly search_in?: readonly string[] | undefined;
}

export interface ChosenMode {
  readonly mode: Mode;
  readonly notes: readonly string[];
}

/**
 * How a collection can be searched as asked. A hybrid search of a collection whose vectors cannot be made of a text is a search by
 * words, and says so; a search by meaning alone is refused there.
 * @throws {ToolRefusal} `argument`, `policy`
 */
export function chooseMode(asked: Asked, visible: Visible): ChosenMode {
  const { mode, vector: at, vector_name: name } = asked;
  if (mode === 'near_vector') {
    const vector = vectorOf(visible, name, ({ multi }) => !multi, 'near_vector compares vectors');
    return { mode: { kind: 'near_vector', at: needed(at, 'vector', mode), vector }, notes: [] };
  }
  const query = needed(asked.query, 'query', mode);
  if (mode === 'near_text') {
    const vector = vectorOf(
      visible,
      name,
      (one) => one.vectorizer !== undefined,
      'near_text makes a vector of the text',
    );
    return { mode: { kind: 'near_text', query, vector }, notes: [] };
  }
  const words = wordsOf(asked.search_in, visible);
  if (mode === 'keyword') return { mode: { kind: 'keyword', query, words: needsWords(words, visible) }, notes: [] };
  const fits = (one: Visible['vectors'][number]) => !one.multi && (at !== undefined || one.vectorizer !== undefined);
  if (name === undefined && visible.vectors.filter(fits).length === 0) {
    const why =
      visible.closedVectors.length > 0
        ? 'its vectors are made of properties that may not be read, too'
        : 'it has no vectors that can be made of a text';
    return {
      mode: { kind: 'keyword', query, words: needsWords(words, visible) },
      notes: [`${visible.name} was searched by words alone: ${why}.`],
    };
  }
  const vector = vectorOf(visible, name, fits, 'hybrid makes a vector of the text');
  if (words.length === 0 && at === undefined) {
    return {
      mode: { kind: 'near_text', query, vector },
      notes: [`${visible.name} was searched by meaning alone: it has no text whose words are indexed.`],
    };
  }
  return {
    mode: { kind: 'hybrid', query, words: needsWords(words, visible), vector, alpha: asked.alpha, ...(at && { at }) },
    notes: [],
  };
}

function needed<Value>(value: Value | undefined, argument: string, mode: string): Value {
  if (value !== undefined) return value;
  throw new ToolRefusal('argument', `mode "${mode}" needs ${argument}.`, `Give ${argument}, or choose another mode.`);
}

/** Always named: without names Weaviate would search hidden properties, too. */
function wordsOf(given: readonly string[] | undefined, visible: Visible): readonly string[] {
  if (given === undefined)
    return [...visible.properties.values()].filter(({ searchable }) => searchable).map(({ name }) => name);
  return [...new Set(given)].map((name) => {
    const property = propertyOf(name, visible, 'search_in');
    if (property.searchable) return property.name;
    throw new ToolRefusal(
      'argument',
      `search_in: the words of ${name} are not indexed (indexSearchable).`,
      'Name a text that collection_schema shows as searchable.',
    );
  });
}

function needsWords(words: readonly string[], visible: Visible): readonly string[] {
  if (words.length > 0) return words;
  throw new ToolRefusal(
    'argument',
    `${visible.name} has no text whose words are indexed.`,
    'Search with mode "near_text" or "near_vector".',
  );
}
