import verbs from 'english-verbs-irregular/dist/verbs.json' with { type: 'json' };
import irregularPlurals from 'irregular-plurals';
import { stemmer } from 'stemmer';

/** `went` is `go`, `children` is `child`: what no suffix rule finds. */
const irregular: ReadonlyMap<string, string> = new Map([
  ...[...irregularPlurals].map(([singular, plural]) => [plural, singular] as const),
  ...Object.entries(verbs).flatMap(([verb, forms]) =>
    forms.flat().flatMap((form) => (form === verb ? [] : [[form, verb] as const])),
  ),
]);

/** Letters that the rules of English are about; other words stay as they are. */
const english = /^[a-z]+$/;

/** Vocabularies are small and texts repeat them: the stem of a word is looked up, until the memory for it is full. */
const remembered = new Map<string, string>();
const capacity = 50_000;

/** The stem of a folded word: Porter's rules, after irregular verbs and plurals have been led to their base form. */
export function stem(word: string): string {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const found = english.test(word) ? stemmer(irregular.get(word) ?? word) : word;
  if (remembered.size >= capacity) remembered.clear();
  remembered.set(word, found);
  return found;
}
