/** Words that belong to the language and not to what is asked about. */

/** Words of the grammar, which name a field or a value only where their place says so. */
export const grammatical = new Set(
  `a an the of for in on at by to from with without and or but not no nor is are was were be been being do does did have has had
  who whom whose which what when where how why that this these those there their its it them they his her he she him herself each every any all
  both either neither some most least more less fewer fewest than over under above below between within per as if show list
  give find tell me my you your we us our please can could would will many much number numbers count counts total average mean sum maximum minimum
  highest lowest largest smallest greatest top bottom first last order sort sorted ordered group grouped ascending descending
  different distinct unique start starts starting begin begins beginning end ends ending finish finishes conclude identify identifying one two three four five six seven eight nine ten only also well exactly same other another before after
  since until during up down out so into such then along together respectively i u least most common name names named make made take taken`.split(
    /\s+/,
  ),
);

/** Grammatical words that name a field when they are its whole name. */
export const namesToo = new Set([
  'name',
  'names',
  'total',
  'count',
  'number',
  'average',
  'order',
  'group',
  'mean',
  'sum',
  'title',
]);

export const numbers: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  fifty: 50,
  hundred: 100,
  thousand: 1000,
};

/** Superlatives of two words. */
export const superlatives: Readonly<Record<string, string>> = {
  'most recent': 'latest',
  'most recently': 'latest',
  'least recent': 'earliest',
  'most expensive': 'priciest',
  'least expensive': 'cheapest',
};
