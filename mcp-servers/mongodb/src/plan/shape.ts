/** What a sketch asks to see: columns, amounts, groups; and the rows that this needs. */
import type {
  Sketch,
  SketchCondition,
  SketchKey,
  SketchMeasure,
  SketchSuperlative,
} from '../language/grammar/sketch.ts';
import type { AdjectiveTerm, Mention } from '../language/terms.ts';
import { type Amount, amountOf, groupColumns, same, sameAmount } from './amounts.ts';
import { keyOf, labelOf } from './labels.ts';
import { isNumeric } from './literals.ts';
import { type Column, NoReading, type Resolver } from './resolver.ts';
import { chain, contains, type Place, rowsOf } from './scope.ts';

/** A column or an amount, in the order of the question. */
export type Item = { readonly column: Column } | { readonly amount: Amount };

export interface Shape {
  readonly items: readonly Item[];
  /** Columns that rows are grouped by and that are not shown. */
  readonly hidden: readonly Column[];
  readonly grouped: boolean;
  readonly order: readonly { readonly by: Column | Amount; readonly descending: boolean }[];
  readonly limit?: number;
  readonly having: readonly {
    readonly amount: Amount;
    readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
    readonly value: number;
  }[];
  /** Conditions that are not having. */
  readonly conditions: readonly SketchCondition[];
  readonly grain: Place;
  /** Whole records are shown, as nothing of them was named. */
  readonly records: boolean;
}

const isMeasure = (item: Mention | SketchMeasure): item is SketchMeasure => item.kind === 'measure';

/** Puts a shape together, part by part. */
export class Shaper {
  readonly #resolver: Resolver;
  readonly #sketch: Sketch;
  readonly #items: Item[] = [];
  readonly #hidden: Column[] = [];
  readonly #order: { readonly by: Column | Amount; readonly descending: boolean }[] = [];
  readonly #having: Shape['having'][number][] = [];
  readonly #conditions: SketchCondition[] = [];
  #grouped = false;
  #limit: number | undefined;

  constructor(resolver: Resolver, sketch: Sketch) {
    this.#resolver = resolver;
    this.#sketch = sketch;
    this.#limit = sketch.limit;
  }

  /** @throws NoReading */
  shape(): Shape {
    this.#output();
    for (const condition of this.#sketch.conditions) this.#condition(condition);
    if (this.#having.length > 0) this.#groupBy(this.#having.map(({ amount }) => amount.at));
    if (this.#sketch.superlative) this.#superlative(this.#sketch.superlative);
    for (const key of this.#sketch.order) this.#key(key);
    const { asksWhich, everything } = this.#sketch;
    const { target, findings } = this.#resolver;
    if (this.#items.length === 0 && asksWhich && !everything && labelOf(target.entity).length > 0) {
      this.#nameTarget();
      findings.doubt(`names of ${target.entity.id} are shown, not whole records`, 0.1);
    }
    return {
      items: this.#items,
      hidden: this.#hidden,
      grouped: this.#grouped,
      order: this.#order,
      ...(this.#limit !== undefined && { limit: this.#limit }),
      having: this.#having,
      conditions: this.#conditions,
      grain: this.#grain(),
      records: this.#items.length === 0,
    };
  }

  get #columns(): Column[] {
    return this.#items.flatMap((item) => ('column' in item ? [item.column] : []));
  }

  #show(columns: readonly Column[]): void {
    for (const column of columns) if (!this.#columns.some((own) => same(own, column))) this.#items.push({ column });
  }

  /** What the question lists, groups first. */
  #output(): void {
    const { output, groups, target } = this.#sketch;
    const measures = output.filter(isMeasure);
    const named = output.filter((item) => item.kind === 'mention');
    this.#grouped = measures.length > 0;
    if (this.#grouped)
      for (const mention of groups)
        if (!isCounted(mention, measures, groups) && !named.some((item) => isOf(item, mention)))
          this.#show(groupColumns(mention, this.#resolver, this.#hidden));
    for (const item of output) {
      if (isMeasure(item)) this.#items.push({ amount: amountOf(item, this.#resolver) });
      else if (!item.label && item === target && this.#isTarget(item)) continue;
      else if (!(item.label && this.#isNamed(item, output))) this.#show(this.#resolver.columns(item));
    }
    const computed = this.#columns.some(
      ({ field }) => isNumeric(field) && field.time === undefined && !isReference(field),
    );
    if (!this.#grouped && groups.length > 0 && computed)
      this.#resolver.findings.doubt('whether an amount is asked for', 0.35);
    if (!this.#grouped)
      for (const mention of groups)
        if (mention.fields.length > 0 && mention.entities.length === 0) this.#show(this.#resolver.columns(mention));
  }

  /** Numbers of what is nested are compared in place where they can be, and after grouping otherwise. */
  #condition(condition: SketchCondition): void {
    const resolver = this.#resolver;
    const eachOne = condition.kind === 'is' && condition.values.length > 1 && condition.joined === 'and';
    if (eachOne && this.#sketch.output.some(isMeasure)) {
      const { place, field } = resolver.fieldOf(condition.values);
      this.#items.unshift({ column: { place, field } });
    }
    if (condition.kind !== 'size') {
      this.#conditions.push(condition);
      return;
    }
    const place = resolver.placeOf(condition.what, true)?.place;
    if (place?.array !== undefined && place.up === resolver.target && !this.#grouped) {
      const [only, ...others] = this.#columns;
      if (only && others.length === 0 && !only.field.unique && !this.#sketch.target)
        resolver.findings.doubt(`whose ${condition.what.text} are counted`, 0.3);
      this.#conditions.push(condition);
      return;
    }
    if (condition.where.length > 0 && place !== resolver.target)
      throw new NoReading('counts only some of the elements');
    this.#conditions.push(...condition.where);
    if (place && place !== resolver.target && contains(place, resolver.target))
      throw new NoReading(`one ${place.entity.id} has each ${resolver.target.entity.id}`);
    const amount = amountOf({ kind: 'measure', op: 'count', of: condition.what, distinct: false }, this.#resolver);
    this.#having.push({ amount, op: condition.op, value: condition.count });
  }

  #superlative(superlative: SketchSuperlative): void {
    const { by, descending } = superlative;
    this.#limit = superlative.limit > 1 ? superlative.limit : (this.#limit ?? 1);
    if (by.kind === 'measure') {
      const amount = amountOf(by, this.#resolver);
      this.#groupBy([amount.at]);
      this.#order.push({ by: amount, descending });
      if (this.#items.some((item) => 'amount' in item && !sameAmount(item.amount, amount)))
        this.#resolver.findings.doubt('several amounts', 0.2);
      return;
    }
    if (by.kind === 'mention' && superlative.summed) {
      const column = this.#resolver.column(by, isComparable);
      if (this.#isSummed(column)) this.#sum(column, descending);
      else this.#orderRows(column, descending);
    } else if (by.kind === 'mention') this.#orderRows(this.#resolver.column(by, isComparable), descending);
    else {
      if (this.#sketch.target?.plural && this.#sketch.limit === undefined && superlative.limit === 1)
        this.#resolver.findings.doubt(`how many of the ${by.text} are meant`, 0.31);
      this.#orderRows(...this.#byAdjective(by, descending));
    }
  }

  #orderRows(by: Column, descending: boolean): void {
    if (this.#grouped) throw new NoReading('a superlative of rows beside an amount of groups');
    this.#order.push({ by, descending });
  }

  /** "users by tokens": the tokens of one user may lie in many records. */
  #isSummed(by: Column): boolean {
    const { target } = this.#resolver;
    const [subject, ...others] = this.#columns;
    if (by.field.time !== undefined || !isNumeric(by.field) || others.length > 0) return false;
    if (!subject) return by.place.array !== undefined && by.place !== target && contains(target, by.place);
    return !subject.field.unique && this.#sketch.output.length === 1 && contains(subject.place, by.place);
  }

  #sum(by: Column, descending: boolean): void {
    const amount: Amount = { op: 'sum', of: by, distinct: false, at: by.place };
    this.#groupBy([by.place]);
    this.#items.push({ amount });
    this.#order.push({ by: amount, descending });
    const of = this.#columns[0]?.field.name ?? this.#resolver.target.entity.id;
    this.#resolver.findings.assumptions.add(`${by.field.path} is added up for each ${of}`);
  }

  #key({ by, descending }: SketchKey): void {
    const resolver = this.#resolver;
    if (by === undefined) {
      const [first] = this.#columns;
      if (!first) throw new NoReading('nothing to order by');
      this.#order.push({ by: first, descending });
    } else if (by.kind === 'adjective') {
      const [column, turned] = this.#byAdjective(by, descending);
      this.#order.push({ by: column, descending: turned });
    } else if (by.kind === 'measure') {
      const number = by.op === 'count' && by.of?.entities.length === 0 ? by.of : undefined;
      if (number && resolver.candidates(number, isNumeric).length > 0) {
        this.#order.push({ by: resolver.column(number, isNumeric), descending });
        return;
      }
      const amount = amountOf(by, this.#resolver);
      if (!this.#grouped) this.#groupBy([amount.at]);
      this.#order.push({ by: amount, descending });
    } else {
      const shown = this.#columns.find(({ field }) =>
        by.fields.some((link) => link.field === field && link.score > 0.5),
      );
      const amount = by.fields.length === 0 ? this.#items.find((item) => 'amount' in item) : undefined;
      if (amount && 'amount' in amount) this.#order.push({ by: amount.amount, descending });
      else this.#order.push({ by: shown ?? resolver.column(by), descending });
    }
  }

  /** The field that an adjective compares by, and whether more of it is first. */
  #byAdjective({ fields, turned, text }: AdjectiveTerm, descending: boolean): [Column, boolean] {
    const mention: Mention = { kind: 'mention', text, fields: [...fields, ...turned], entities: [], plural: false };
    const column = this.#resolver.column(mention);
    return [column, descending !== turned.some(({ field }) => field === column.field)];
  }

  #nameTarget(): void {
    const { target, findings } = this.#resolver;
    const label = labelOf(target.entity);
    if (label.length === 0) throw new NoReading(`nothing says what ${target.entity.id} is called`);
    if (!this.#sketch.asksWhich && !this.#grouped) findings.doubt(`names of ${target.entity.id} are shown`, 0.1);
    this.#show(label.map((field) => ({ place: target, field })));
  }

  /** Groups by what is shown. Two records of one name are two groups: the key of the entity that is named tells them apart. */
  #groupBy(at: readonly Place[]): void {
    this.#grouped = true;
    if (this.#columns.length === 0) this.#nameTarget();
    const { target } = this.#resolver;
    const named = this.#sketch.target?.entities.some(({ entity }) => entity.id === target.entity.id);
    const below = at.every((place) => rowsOf(place) !== target && contains(target, place));
    const key = keyOf(target.entity);
    const columns = this.#columns;
    if (named && below && key && columns.every(({ place, field }) => place === target && !field.unique))
      this.#hidden.push({ place: target, field: key });
  }

  /** "agents" are the agents, even where another collection has a field of that name. */
  #isTarget(item: Mention): boolean {
    const { target } = this.#resolver;
    return (
      item.entities.some(({ entity, score }) => entity.id === target.entity.id && score >= 0.95) &&
      this.#resolver.candidates(item)[0]?.place !== target
    );
  }

  /** "employees and their first names": the name is asked for in its own words. */
  #isNamed(item: Mention, output: Sketch['output']): boolean {
    const label = labelOf(item.entities[0]?.entity ?? this.#resolver.target.entity);
    return output.some(
      (other) =>
        other !== item &&
        other.kind === 'mention' &&
        other.fields.some(({ field, score }) => score >= 0.9 && label.some((one) => one.path === field.path)),
    );
  }

  /** The deepest of the places that are shown or computed with; all lie in one line. */
  #grain(): Place {
    const { target, findings } = this.#resolver;
    const needed = [
      ...this.#items.map((item) => ('column' in item ? item.column.place : item.amount.at)),
      ...this.#hidden.map(({ place }) => place),
      ...this.#order.map(({ by }) => ('place' in by ? by.place : by.at)),
      ...this.#having.map(({ amount }) => amount.at),
      ...(this.#items.length === 0 ? [target] : []),
    ].map(rowsOf);
    const deepest = needed.toSorted((a, b) => chain(b).length - chain(a).length)[0] ?? target;
    if (!needed.every((place) => contains(place, deepest)))
      throw new NoReading('what is shown lies in different arrays');
    if (this.#items.some((item) => 'amount' in item) || contains(rowsOf(target), deepest)) return deepest;
    if (!contains(deepest, rowsOf(target))) throw new NoReading('what is shown is not of the target');
    const weight = this.#sketch.conditions.length > 0 ? 0.12 : 0.3;
    findings.doubt(`one row for each ${deepest.entity.id}, not for each ${target.entity.id}`, weight);
    return deepest;
  }
}

const isReference = ({ words }: Column['field']) => /^(?:id|number|code|no)$/.test(words.at(-1) ?? '');

/** "group runs by status": the runs are what is counted in each group. */
function isCounted(mention: Mention, measures: readonly SketchMeasure[], groups: readonly Mention[]): boolean {
  const entity = mention.entities[0]?.entity;
  if (groups.length < 2 || entity === undefined) return false;
  return measures.some(({ op, of }) => op === 'count' && of?.entities[0]?.entity === entity);
}

/** "the department name … in each department": the group is what was named already. */
function isOf(item: Mention, group: Mention): boolean {
  const entities = group.entities.map(({ entity }) => entity.id);
  return (
    item.owner === group ||
    item.fields.some(
      ({ field, score, owned }) => score >= 0.9 && entities.includes(field.entity) && (owned || field.unique),
    )
  );
}

const isComparable = (field: { readonly type: string; readonly numericText: boolean; readonly time?: unknown }) =>
  field.type === 'number' || field.type === 'date' || field.numericText || field.time !== undefined;
