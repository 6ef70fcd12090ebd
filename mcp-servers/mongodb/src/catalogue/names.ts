/** The words in the name of a collection or a field. */
import { singular } from '../language/words.ts';

/** What the usual abbreviations in names of fields stand for. */
const abbreviations: Readonly<Record<string, string>> = {
  acct: 'account',
  addr: 'address',
  amt: 'amount',
  avg: 'average',
  cat: 'category',
  cnt: 'count',
  cust: 'customer',
  dept: 'department',
  desc: 'description',
  dob: 'birth date',
  dt: 'date',
  emp: 'employee',
  fname: 'first name',
  img: 'image',
  lang: 'language',
  lname: 'last name',
  max: 'maximum',
  mgr: 'manager',
  min: 'minimum',
  msg: 'message',
  nbr: 'number',
  no: 'number',
  nr: 'number',
  num: 'number',
  org: 'organization',
  pct: 'percentage',
  pop: 'population',
  pos: 'position',
  qty: 'quantity',
  ref: 'reference',
  req: 'request',
  resp: 'response',
  sec: 'seconds',
  tel: 'telephone',
  temp: 'temperature',
  ts: 'timestamp',
  usr: 'user',
  yr: 'year',
};

/** Nouns that end names written as one word: `fname`, `zipcode`, `userid`. */
const heads = ['name', 'id', 'code', 'date', 'time', 'number', 'type', 'phone', 'no', 'year', 'count', 'at'];

/** Single letters before `name`. */
const initials: Readonly<Record<string, string>> = { f: 'first', l: 'last', m: 'middle' };

/** Parts of a name: at case changes, underscores, hyphens, dots and spaces. */
export function parts(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase());
}

/** The words of a collection's or an array's name, the last in the singular. */
export function entityWords(name: string): string[] {
  const words = parts(name.slice(name.lastIndexOf('.') + 1)).flatMap((part) =>
    (abbreviations[part] ?? part).split(' '),
  );
  return words.map((word, index) => (index === words.length - 1 ? singular(word) : word));
}

/**
 * The words of a field's name. `owners` are the words of its own entity first, then of all others: `CustID` is the customer's
 * id where there are customers, and `DName` of a department the department's name.
 */
export function fieldWords(name: string, own: readonly string[], owners: readonly (readonly string[])[]): string[] {
  const split = parts(name).flatMap((part, _, all) => (all.length === 1 ? splitHead(part, own, owners) : [part]));
  return split.flatMap((part, index) => {
    const next = split[index + 1];
    const before = next !== undefined;
    if (part.length === 1 && before) {
      const owner = own.find((word) => word.startsWith(part));
      if (next === 'name' && initials[part] && owner === undefined) return [initials[part]];
      if (owner !== undefined) return [owner];
      if (next === 'name' && initials[part]) return [initials[part]];
      const referred = next === 'id' || next === 'no' ? initialOf(part, owners) : undefined;
      if (referred !== undefined) return [referred];
    }
    if (before && part.length >= 2) {
      const whole = [own, ...owners].flat().find((word) => word.length > part.length && word.startsWith(part));
      if (whole !== undefined && (part.length >= 3 || own.includes(whole)) && !(part in abbreviations)) return [whole];
    }
    return (abbreviations[part] ?? part).split(' ');
  });
}

/** The one word among the names of all entities that an initial can stand for. */
function initialOf(letter: string, owners: readonly (readonly string[])[]): string | undefined {
  const [only, ...others] = new Set(owners.map(([first]) => first ?? '').filter((word) => word.startsWith(letter)));
  return others.length === 0 ? only : undefined;
}

function splitHead(part: string, own: readonly string[], owners: readonly (readonly string[])[]): string[] {
  if (part in abbreviations) return [part];
  for (const head of heads) {
    const rest = part.slice(0, -head.length);
    if (!part.endsWith(head) || rest === '') continue;
    const referred = rest.length === 1 && (head === 'id' || head === 'no') && initialOf(rest, owners) !== undefined;
    const known = referred || own.some((word) => word.startsWith(rest)) || (head === 'name' && rest in initials);
    if (known || (rest.length >= 3 && (head === 'name' || head === 'code' || head === 'date'))) return [rest, head];
  }
  return [part];
}
