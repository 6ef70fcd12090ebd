/** From a sketch to a plan, seen from one collection and one entity. */
import type { Clock } from '../language/dates.ts';
import { mentionsOf, type Sketch, type SketchCondition } from '../language/grammar/sketch.ts';
import { type Amount, same, sameAmount } from './amounts.ts';
import { isDistinct } from './distinct.ts';
import { keyOf } from './labels.ts';
import type { Condition, Plan, PlanMeasure } from './plan.ts';
import { type Column, type Doubt, NoReading, type Resolver } from './resolver.ts';
import { chain, contains, type Place, pathIn, rowsOf } from './scope.ts';
import { type Shape, Shaper } from './shape.ts';
import { Where } from './where.ts';

/** One way to read a question. */
export interface Reading {
  readonly plan: Plan;
  /** How far names had to be stretched. */
  readonly cost: number;
  readonly doubts: readonly Doubt[];
  readonly assumptions: readonly string[];
  readonly alternatives: readonly string[];
}

/** Builds the plan of one reading: from one collection, about one entity. */
export class Builder {
  readonly #sketch: Sketch;
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  readonly #names = new Map<string, string>();

  constructor(sketch: Sketch, resolver: Resolver, clock: Clock) {
    this.#sketch = sketch;
    this.#resolver = resolver;
    this.#clock = clock;
  }

  build(targetCost: number): Reading {
    const { findings, scope } = this.#resolver;
    findings.cost += targetCost;
    for (const { about, weight } of this.#sketch.doubts) findings.doubt(about, weight);
    const shape = new Shaper(this.#resolver, this.#sketch).shape();
    const where = new Where(this.#resolver, shape.grain, this.#clock);
    const both = shape.conditions.filter((condition) => condition.kind === 'both');
    if (both.length > 0) this.#checkBoth(both, shape);
    const conditions = shape.conditions.map((condition) => where.condition(condition));
    const implied = this.#checkContext(shape, where.used);
    const computes = shape.items.some(
      (item) => 'amount' in item && (item.amount.op === 'avg' || item.amount.op === 'sum'),
    );
    if (where.below && computes) findings.doubt('whether an amount is over all or over some of what is nested', 0.3);
    if (
      shape.conditions.length > 1 &&
      shape.conditions.some((condition) => condition.kind === 'aggregate' && condition.than.op !== 'avg')
    )
      findings.doubt('which records the aggregate is over', 0.35);
    for (const condition of shape.conditions)
      if (
        (condition.kind === 'is' || condition.kind === 'compare') &&
        condition.values.length > 1 &&
        condition.joined === 'and' &&
        !shape.grouped
      )
        findings.doubt('whether all or any of several values are meant', 0.25);
    const or = shape.conditions.findIndex(({ kind }) => kind === 'any');
    if (
      or >= 0 &&
      shape.conditions.length > 1 &&
      (or < shape.conditions.length - 1 || !this.#oneField(shape.conditions))
    )
      findings.doubt('how far "or" reaches', 0.35);
    const base = {
      collection: scope.collection,
      unwind: chain(rowsOf(shape.grain)).flatMap(({ array, relation }) =>
        array !== undefined && !relation ? [array] : [],
      ),
      joins: this.#joins([...shapePlaces(shape), ...where.used], shape.grain),
      ...(conditions.length + implied.length > 0 && { where: together([...conditions, ...implied]) }),
      ...(shape.limit !== undefined && { limit: shape.limit }),
    };
    const rest = shape.grouped ? this.#groupedPlan(shape) : this.#rowsPlan(shape);
    return {
      plan: { ...base, ...rest },
      cost: findings.cost - 1e-6 * Math.min(1000, this.#resolver.target.entity.count),
      doubts: findings.doubts,
      assumptions: [...findings.assumptions],
      alternatives: [...findings.alternatives],
    };
  }

  /** "or" between values of one field reaches no further. */
  #oneField(conditions: readonly SketchCondition[]): boolean {
    const any = conditions.filter((condition) => condition.kind === 'any');
    return any.every((one) => {
      const parts = one.kind === 'any' ? one.of : [];
      return (
        parts.every(({ kind }) => kind === 'compare') &&
        new Set(parts.flatMap(mentionsOf).map(({ text }) => text)).size === 1
      );
    });
  }

  /** "both A and B" of one field of one row can never hold; it needs elements to hold it, each one. */
  #checkBoth(both: readonly SketchCondition[], shape: Shape): void {
    for (const condition of both) {
      if (condition.kind !== 'both') continue;
      const below = condition.of.every((one) => {
        if (one.kind === 'has') return true;
        if (one.kind !== 'compare' && one.kind !== 'is') return false;
        const place =
          one.kind === 'compare'
            ? this.#resolver.candidates(one.field)[0]?.place
            : this.#resolver.fieldOf(one.values).place;
        return place !== undefined && !chain(shape.grain).includes(place) && contains(shape.grain, place);
      });
      if (!below) throw new NoReading('both of two values of one field');
    }
  }

  /** Entities that the question names must have a part in the reading. */
  #checkContext(shape: Shape, used: Set<Place>): Condition[] {
    const { target } = this.#resolver;
    const implied: Condition[] = [];
    const inPlay = new Set([...chain(shape.grain), ...shapePlaces(shape), ...used].map(({ entity }) => entity.id));
    for (const mention of this.#sketch.context) {
      if (mention.entities.some(({ entity }) => inPlay.has(entity.id))) continue;
      if (mention.entities.some(({ entity }) => this.#refersTo(entity.id, inPlay))) continue;
      const place = this.#resolver.placeOf(mention, true)?.place;
      if (place?.array !== undefined && place.up === target && contains(shape.grain, place)) {
        this.#resolver.findings.doubt(`only ${target.entity.id} with some ${place.entity.id} are meant`, 0.12);
        used.add(place);
        implied.push({ kind: 'some', path: place.array, where: [], negated: false });
        continue;
      }
      this.#resolver.findings.doubt(`"${mention.text}" has no part in the answer`, 0.3);
      this.#resolver.findings.cost += 0.3;
    }
    return implied;
  }

  /** Whether something in play refers to the entity: "agent 140" is found in the reference itself. */
  #refersTo(entity: string, inPlay: ReadonlySet<string>): boolean {
    return this.#resolver.scope.places.some(
      ({ relation }) => relation !== undefined && relation.to === entity && inPlay.has(relation.from),
    );
  }

  #joins(places: readonly Place[], grain: Place): Plan['joins'] {
    const joined = new Set(places.flatMap((place) => chain(place)).filter(({ relation }) => relation !== undefined));
    const rows = chain(grain);
    return [...joined].flatMap(({ relation, prefix, up, array }) =>
      relation
        ? [
            {
              collection: relation.many ? relation.from : relation.to,
              localField: relation.many ? relation.foreignField : relation.localField,
              foreignField: relation.many ? relation.localField : relation.foreignField,
              as: prefix.slice(0, -1),
              unwind:
                array === undefined
                  ? up !== undefined && rows.includes(rowsOf(up))
                  : rows.some((place) => place.prefix === prefix),
            },
          ]
        : [],
    );
  }

  #rowsPlan(shape: Shape): Pick<Plan, 'order' | 'distinct' | 'output'> & { group?: Plan['group'] } {
    const columns = shape.records
      ? this.#recordColumns(shape)
      : shape.items.flatMap((item) => ('column' in item ? [item.column] : []));
    const order = shape.order.map(({ by, descending }) => {
      if (!('place' in by)) throw new NoReading('an amount of rows that are not grouped');
      return { by: this.#resolver.path(by), descending };
    });
    const output = columns.map((column) => ({ name: this.#name(column), from: this.#resolver.path(column) }));
    return { order, distinct: isDistinct(columns, shape, this.#sketch, this.#resolver), output };
  }

  #recordColumns(shape: Shape): Column[] {
    const { target, findings } = this.#resolver;
    const { fields } = target.entity;
    if (fields.length === 0) throw new NoReading('nothing to show');
    if (!this.#sketch.everything && this.#sketch.asksWhich)
      findings.doubt(`whole records of ${target.entity.id} are shown`, 0.25);
    else if (!this.#sketch.everything && !this.#sketch.asksRecords)
      findings.doubt(`whole records of ${target.entity.id} are shown`, 0.31);
    const nested = this.#resolver.scope.places.some(({ up, relation }) => up === target && !relation);
    if (nested) findings.assumptions.add(`lists of documents in ${target.entity.id} are left out`);
    return fields.filter(({ name }) => shape.records && name !== '').map((field) => ({ place: target, field }));
  }

  #groupedPlan(shape: Shape): Pick<Plan, 'order' | 'distinct' | 'output' | 'group'> {
    const { findings } = this.#resolver;
    const shown = shape.items.flatMap((item) => ('column' in item ? [item.column] : []));
    const by = [...shown, ...shape.hidden.filter((column) => !shown.some((one) => same(one, column)))];
    const amounts: Amount[] = [];
    const add = (amount: Amount) => {
      if (!amounts.some((own) => sameAmount(own, amount))) amounts.push(amount);
    };
    for (const item of shape.items) if ('amount' in item) add(item.amount);
    for (const { by: key } of shape.order) if (!('place' in key)) add(key);
    for (const { amount } of shape.having) add(amount);
    const tells = by.some(({ place, field }) => field.unique && place === rowsOf(shape.grain));
    if (tells) findings.doubt('each group has one record', 0.4);
    const keys = by.map((column) => ({ name: this.#name(column), path: this.#resolver.path(column) }));
    const measures = amounts.map((amount) => this.#measure(amount, shape.grain));
    const measureName = (amount: Amount) => measures[amounts.findIndex((own) => sameAmount(own, amount))]?.name ?? '';
    const order = shape.order.map(({ by: key, descending }) => {
      if (!('place' in key)) return { by: measureName(key), descending };
      const name = keys[by.findIndex((column) => same(column, key))]?.name;
      if (name === undefined) throw new NoReading(`groups are not ordered by ${key.field.path}`);
      return { by: name, descending };
    });
    if (by.length > 0 && shape.grain.array !== undefined) findings.assumptions.add('groups without any are left out');
    return {
      group: {
        by: keys,
        measures,
        having: shape.having.map(({ amount, op, value }) => ({ measure: measureName(amount), op, value })),
      },
      order,
      distinct: false,
      output: shape.items.map((item) => {
        const name = 'column' in item ? this.#name(item.column) : measureName(item.amount);
        return { name, from: name };
      }),
    };
  }

  #measure(amount: Amount, grain: Place): PlanMeasure {
    const { findings } = this.#resolver;
    const { op, of, distinct, at } = amount;
    if (op === 'count' && !of) {
      const above = rowsOf(at) !== rowsOf(grain);
      const key = above ? keyOf(at.entity) : undefined;
      if (above && !key) throw new NoReading(`nothing tells ${at.entity.id} apart`);
      if (above) findings.doubt(`each of ${at.entity.id} is counted once in each group`, 0.15);
      return {
        name: this.#unique('count', `count of ${at.entity.id}`),
        op,
        distinct: above,
        ...(key && { path: pathIn(at, key) }),
      };
    }
    if (!of) throw new NoReading(`${op} of nothing`);
    if (op !== 'count' && op !== 'min' && op !== 'max' && rowsOf(of.place) !== rowsOf(grain))
      throw new NoReading(`${of.field.path} would be counted several times`);
    const path = this.#resolver.path(of);
    return { name: this.#unique(`${op}_${plain(of.field.name)}`, `${op} ${path}`), op, path, distinct };
  }

  #name(column: Column): string {
    return this.#unique(plain(column.field.name), this.#resolver.path(column));
  }

  /** A name of its own for each thing shown. */
  #unique(wanted: string, identity: string): string {
    const kept = this.#names.get(identity);
    if (kept !== undefined) return kept;
    const taken = new Set(this.#names.values());
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    this.#names.set(identity, name);
    return name;
  }
}

const plain = (name: string) => {
  const cleaned = name.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 60);
  return /^[A-Za-z_]/.test(cleaned) ? cleaned : `_${cleaned}`;
};

const shapePlaces = (shape: Shape): Place[] => [
  ...shape.items.map((item) =>
    'column' in item ? item.column.place : (item.amount.of?.place ?? rowsOf(item.amount.at)),
  ),
  ...shape.hidden.map(({ place }) => place),
  ...shape.order.map(({ by }) => ('place' in by ? by.place : (by.of?.place ?? rowsOf(by.at)))),
];

function together(conditions: readonly Condition[]): Condition {
  const [only, ...others] = conditions.flatMap((condition) => (condition.kind === 'all' ? condition.of : [condition]));
  return only && others.length === 0
    ? only
    : { kind: 'all', of: conditions.flatMap((condition) => (condition.kind === 'all' ? condition.of : [condition])) };
}
