/** English words that people use for one another when they ask for records; nothing here knows a database. */
import { stem } from './words.ts';

/** Within a group, each phrase may stand for the others. The first is the most usual in names of fields. */
const groups: readonly (readonly string[])[] = [
  ['first name', 'given name', 'forename', 'fname'],
  ['last name', 'family name', 'surname', 'lname'],
  ['name', 'title'],
  ['id', 'identifier', 'identification number', 'identification', 'number', 'code'],
  ['number', 'id', 'no'],
  ['phone', 'telephone', 'phone number', 'telephone number', 'contact number'],
  ['email', 'e mail', 'email address', 'mail'],
  ['sex', 'gender'],
  ['city', 'town'],
  ['salary', 'pay', 'wage', 'earning', 'earn', 'income', 'paid'],
  ['employee', 'staff', 'staff member', 'worker', 'personnel'],
  ['price', 'cost'],
  ['type', 'kind', 'category', 'classification'],
  ['rank', 'ranking'],
  ['location', 'place'],
  ['duration', 'length'],
  ['founded', 'foundation', 'established', 'founding', 'founded year', 'founding year', 'foundation year'],
  ['built', 'constructed', 'construction', 'built year'],
  ['hire date', 'hiring date', 'hired', 'joined'],
  ['start date', 'started', 'start', 'began'],
  ['end date', 'ended', 'end', 'finished'],
  ['birth date', 'date of birth', 'birthday', 'born', 'birthdate', 'dob'],
  ['opening year', 'opened', 'open year', 'year opened'],
  ['score', 'point'],
  ['company', 'firm', 'business'],
  ['customer', 'client'],
  ['product', 'item'],
  ['movie', 'film'],
  ['author', 'writer'],
  ['population', 'inhabitants'],
  ['nationality', 'citizenship'],
  ['amount', 'total', 'sum'],
  ['created', 'created at', 'creation date', 'creation time', 'date created', 'registered', 'added'],
  ['updated', 'updated at', 'modified', 'modified at', 'last update', 'last updated'],
  ['status', 'state'],
  ['latency', 'response time'],
  ['enrollment', 'enrolled', 'enrolment'],
  ['ship', 'vessel'],
  ['percentage', 'percent', 'pct'],
  ['image', 'picture', 'photo'],
  ['spouse', 'partner'],
  ['comment', 'remark'],
  ['quantity', 'count'],
  ['attendance', 'attended'],
  ['street address', 'street'],
  ['nickname', 'alias'],
  ['award', 'prize'],
];

const byStem = new Map<string, Set<string>>();
for (const group of groups)
  for (const phrase of group) {
    const key = stems(phrase);
    const others = byStem.get(key) ?? new Set();
    for (const other of group) if (stems(other) !== key) others.add(other);
    byStem.set(key, others);
  }

function stems(phrase: string): string {
  return phrase.split(' ').map(stem).join(' ');
}

/** What may be said instead of some words; whole phrases only. */
export function alternatives(words: readonly string[]): readonly string[][] {
  const found: string[][] = [];
  for (let from = 0; from < words.length; from++)
    for (let to = words.length; to > from; to--) {
      const others = byStem.get(words.slice(from, to).map(stem).join(' '));
      for (const other of others ?? []) found.push([...words.slice(0, from), ...other.split(' '), ...words.slice(to)]);
    }
  return found;
}

/** Which fields an adjective compares by, in order of preference; `turned` where the smaller value is "more" of it. */
export interface Dimension {
  readonly words: readonly string[];
  readonly turned?: readonly string[];
}

const age: Dimension = {
  words: ['age'],
  turned: ['birth date', 'built year', 'founded', 'opening year', 'year', 'created'],
};
const recency: Dimension = {
  words: ['created', 'date', 'built year', 'founded', 'opening year', 'year', 'time', 'start date'],
};
const length: Dimension = { words: ['length', 'duration', 'distance', 'height'] };
const size: Dimension = { words: ['size', 'area', 'population', 'capacity', 'enrollment'] };
const price: Dimension = { words: ['price', 'cost', 'fee', 'amount'] };
const speed: Dimension = { words: ['speed'], turned: ['time', 'duration', 'latency'] };
const weight: Dimension = { words: ['weight'] };
const height: Dimension = { words: ['height', 'elevation'] };

/** What an adjective compares. */
export interface Adjective {
  readonly dimension: Dimension;
  readonly more: boolean;
}

export const adjectives: Readonly<Record<string, Adjective>> = {
  oldest: { dimension: age, more: true },
  eldest: { dimension: age, more: true },
  older: { dimension: age, more: true },
  youngest: { dimension: age, more: false },
  younger: { dimension: age, more: false },
  newest: { dimension: recency, more: true },
  newer: { dimension: recency, more: true },
  latest: { dimension: recency, more: true },
  earliest: { dimension: recency, more: false },
  longest: { dimension: length, more: true },
  longer: { dimension: length, more: true },
  shortest: { dimension: { words: ['length', 'duration', 'height', 'distance'] }, more: false },
  shorter: { dimension: { words: ['length', 'duration', 'height', 'distance'] }, more: false },
  cheapest: { dimension: price, more: false },
  cheaper: { dimension: price, more: false },
  priciest: { dimension: price, more: true },
  costliest: { dimension: price, more: true },
  fastest: { dimension: speed, more: true },
  faster: { dimension: speed, more: true },
  slowest: { dimension: speed, more: false },
  slower: { dimension: speed, more: false },
  heaviest: { dimension: weight, more: true },
  heavier: { dimension: weight, more: true },
  lightest: { dimension: weight, more: false },
  lighter: { dimension: weight, more: false },
  tallest: { dimension: height, more: true },
  taller: { dimension: height, more: true },
  biggest: { dimension: size, more: true },
  bigger: { dimension: size, more: true },
  largest: { dimension: size, more: true },
  smallest: { dimension: size, more: false },
};

/** Adjectives of sex, and how a field may write them. */
export const sexes: Readonly<Record<string, readonly string[]>> = {
  female: ['f', 'female', 'woman', 'w'],
  woman: ['f', 'female', 'woman', 'w'],
  girl: ['f', 'female', 'girl'],
  male: ['m', 'male', 'man'],
  man: ['m', 'male', 'man'],
  boy: ['m', 'male', 'boy'],
};
