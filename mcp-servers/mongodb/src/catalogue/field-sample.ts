/** The values of one field, as they come by. */
import { type Field, type FieldType, LONGEST_VALUE, MOST_VALUES, type Scalar, type TimeEncoding } from './catalogue.ts';

/** Share of the values that must be of a type for the field to be of it. */
const NEARLY_ALL = 0.95;

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const isoDateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const slashDate = /^\d{1,2}\/\d{1,2}\/\d{4}$/;
const numeric = /^-?\d+(?:\.\d+)?$/;
const timeName = /(?:_at|At|time|Time|TIME|date|Date|DATE|stamp|^ts|on)$/;

export class FieldSample {
  readonly #types = new Map<FieldType, number>();
  readonly #forms = new Map<TimeEncoding | 'numericText' | 'wholeNumber', number>();
  readonly #values = new Map<Scalar, number>();
  #present = 0;
  #list = false;
  #overflow = false;
  #repeated = false;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #emptyArrays = 0;

  add(value: unknown): void {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      this.#emptyArrays++;
      if (value.length === 0) return;
      this.#list = true;
      for (const element of value) this.#value(element);
    } else this.#value(value);
    this.#present++;
  }

  /** False for an array that was never seen with an element, and a field that was always null. */
  get holdsValues(): boolean {
    return this.#present > 0 || this.#emptyArrays === 0;
  }

  field(entity: string, name: string, prefix: string, count: number): Omit<Field, 'words'> {
    const type = this.#type();
    const time = this.#time(type, name);
    const ranged = this.#min <= this.#max && (type === 'number' || type === 'date');
    return {
      entity,
      name,
      path: prefix === '' ? name : `${prefix}.${name}`,
      type,
      ...(time && { time }),
      numericText: type === 'string' && this.#share('numericText') >= NEARLY_ALL,
      list: this.#list,
      missing: Math.max(0, count - this.#present),
      distinct: this.#values.size,
      values: [...this.#values].toSorted(byCount).map(([value]) => value),
      complete: !this.#overflow,
      unique: !this.#repeated && !this.#overflow && this.#present === count && !this.#list,
      ...(ranged && { range: { min: this.#min, max: this.#max } }),
    };
  }

  #value(value: unknown): void {
    const type = typeOf(value);
    this.#count(this.#types, type);
    if (typeof value === 'string') {
      if (isoDate.test(value)) this.#count(this.#forms, 'isoDate');
      else if (isoDateTime.test(value)) this.#count(this.#forms, 'isoDateTime');
      else if (slashDate.test(value)) this.#count(this.#forms, 'slashDate');
      else if (numeric.test(value)) this.#count(this.#forms, 'numericText');
    }
    const number = value instanceof Date ? value.getTime() : Number(value);
    if ((type === 'number' || type === 'date') && Number.isFinite(number)) {
      this.#min = Math.min(this.#min, number);
      this.#max = Math.max(this.#max, number);
      if (Number.isInteger(number)) this.#count(this.#forms, 'wholeNumber');
    }
    this.#keep(scalar(value, type, number));
  }

  #keep(value: Scalar | undefined): void {
    if (value === undefined) return;
    const seen = this.#values.get(value);
    if (seen !== undefined) {
      this.#repeated = true;
      this.#values.set(value, seen + 1);
    } else if (this.#values.size < MOST_VALUES && !(typeof value === 'string' && value.length > LONGEST_VALUE))
      this.#values.set(value, 1);
    else this.#overflow = true;
  }

  #count<Key>(counts: Map<Key, number>, key: Key): void {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  #total(): number {
    return [...this.#types.values()].reduce((sum, count) => sum + count, 0);
  }

  #share(form: TimeEncoding | 'numericText' | 'wholeNumber'): number {
    return (this.#forms.get(form) ?? 0) / Math.max(1, this.#total());
  }

  #type(): FieldType {
    for (const [type, count] of this.#types) if (count / this.#total() >= NEARLY_ALL) return type;
    return 'mixed';
  }

  #time(type: FieldType, name: string): TimeEncoding | undefined {
    if (type === 'date') return 'date';
    if (type === 'string')
      return (['isoDate', 'isoDateTime', 'slashDate'] as const).find((form) => this.#share(form) >= NEARLY_ALL);
    if (type !== 'number' || this.#share('wholeNumber') < NEARLY_ALL) return undefined;
    if (timeName.test(name) && this.#min > 5e11) return 'milliseconds';
    if (timeName.test(name) && this.#min > 5e8) return 'seconds';
    const between = this.#min >= 1000 && this.#max <= 2200;
    return between && !/id$|no$|number$|code$/i.test(name) ? 'year' : undefined;
  }
}

/** The most frequent first; equally frequent ones in an order of their own, so that a sample in any order gives the same. */
const byCount = ([a, many]: [Scalar, number], [b, more]: [Scalar, number]): number => more - many || (a < b ? -1 : 1);

function typeOf(value: unknown): FieldType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof Date) return 'date';
  const bson = typeof value === 'object' && value !== null && '_bsontype' in value ? value._bsontype : undefined;
  if (bson === 'ObjectId') return 'objectId';
  return bson === 'Long' || bson === 'Int32' || bson === 'Double' || bson === 'Decimal128' ? 'number' : 'mixed';
}

function scalar(value: unknown, type: FieldType, number: number): Scalar | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (type === 'number' || type === 'date') return Number.isFinite(number) ? number : undefined;
  return type === 'objectId' ? String(value) : undefined;
}
