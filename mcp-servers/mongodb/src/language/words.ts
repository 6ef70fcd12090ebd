/** Forms of English words. */
import { stemmer } from 'stemmer';

const irregular: Readonly<Record<string, string>> = {
  children: 'child',
  people: 'person',
  men: 'man',
  women: 'woman',
  data: 'data',
  series: 'series',
  species: 'species',
  status: 'status',
  statuses: 'status',
  address: 'address',
  class: 'class',
  bus: 'bus',
  indices: 'index',
  feet: 'foot',
  wives: 'wife',
  lives: 'live',
};

/** The singular of a noun in lower case. */
export function singular(word: string): string {
  const known = irregular[word];
  if (known !== undefined) return known;
  if (word.length <= 3 || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sses|shes|ches|xes|zes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** Whether a word in lower case is the plural of a noun, as far as its form tells. */
export const isPlural = (word: string): boolean => singular(word) !== word;

const irregularStems: Readonly<Record<string, string>> = {
  built: 'build',
  founded: 'foundat',
  foundation: 'foundat',
  died: 'death',
  written: 'write',
  wrote: 'write',
  taught: 'teach',
  spent: 'spend',
  sold: 'sell',
  bought: 'buy',
  held: 'hold',
  began: 'begin',
  begun: 'begin',
  made: 'make',
  paid: 'pay',
  won: 'win',
  lost: 'lose',
  left: 'leave',
  sent: 'send',
  identify: 'identify',
  identified: 'identify',
  identifying: 'identify',
  identifies: 'identify',
};

const known = new Map<string, string>();

/** What the forms of a word have in common: `enrolled`, `enrolls` and `enrolling` share one. */
export function stem(word: string): string {
  const kept = known.get(word);
  if (kept !== undefined) return kept;
  const found = irregularStems[word] ?? stemmer(singular(word));
  if (known.size < 20_000) known.set(word, found);
  return found;
}
