/** Conditions of a sketch, as conditions of a plan. */
import type { Field } from '../catalogue/catalogue.ts';
import type { Clock } from '../language/dates.ts';
import { type SketchCondition, YEARS_OLD } from '../language/grammar/sketch.ts';
import type { AdjectiveTerm, Literal, Mention } from '../language/terms.ts';
import { keyOf, labelOf, timeOf } from './labels.ts';
import { isKnown, isNumeric, suits, valuesOf } from './literals.ts';
import type { Condition, PlanComparison } from './plan.ts';
import { type Column, NoReading, type Resolver } from './resolver.ts';
import { chain, contains, type Place, rowsOf } from './scope.ts';

/** The comparison of the inverse: what is slower takes more time. */
const opposite: Readonly<Record<PlanComparison, PlanComparison>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

/** Settles conditions, seen from the rows of the result. */
export class Where {
  readonly #resolver: Resolver;
  /** The place of whose rows there is one for each row of the result. */
  readonly #grain: Place;
  readonly #clock: Clock;

  constructor(resolver: Resolver, grain: Place, clock: Clock) {
    this.#resolver = resolver;
    this.#grain = grain;
    this.#clock = clock;
  }

  /** Every place that a condition on the rows themselves reads. */
  readonly used = new Set<Place>();
  /** Whether some condition is about elements below the rows. */
  below = false;

  condition(sketch: SketchCondition, within?: Place): Condition {
    switch (sketch.kind) {
      case 'compare': {
        const column = this.#column(sketch.field, sketch.values, within);
        return this.#placed(column, this.compare(column, sketch.op, sketch.values), within, sketch.op === 'ne');
      }
      case 'between': {
        const column = this.#column(sketch.field, [sketch.low, sketch.high], within);
        const low = this.compare(column, 'ge', [sketch.low]);
        const high = this.compare(column, 'le', [sketch.high]);
        this.#resolver.findings.assumptions.add('both ends of a range are included');
        return this.#placed(column, { kind: 'all', of: [low, high] }, within);
      }
      case 'is': {
        if (within && sketch.joined === 'and' && sketch.values.length > 1)
          this.#resolver.findings.doubt('whether one element is to have all of several values', 0.35);
        const column = this.#withinOrTarget(within).fieldOf(sketch.values);
        const values = [...new Set(column.literal)];
        return this.#placed(
          column,
          { kind: 'compare', path: this.#resolver.path(column), op: sketch.negated ? 'ne' : 'eq', values },
          within,
          sketch.negated,
        );
      }
      case 'text': {
        const column = this.#withinOrTarget(within).column(sketch.field, ({ type }) => type === 'string');
        this.#resolver.findings.assumptions.add('text is compared whatever its case');
        const { how, negated } = sketch;
        return this.#placed(
          column,
          { kind: 'text', path: this.#resolver.path(column), how, texts: [...sketch.texts], negated },
          within,
          negated,
        );
      }
      case 'identity':
        return this.#identity(sketch.entity, sketch.values, within);
      case 'dimension':
        return this.#dimension(sketch.adjective, sketch.op, sketch.value, within);
      case 'aggregate': {
        const column = this.#withinOrTarget(within).column(sketch.field, isNumeric);
        const than = sketch.than.of ? this.#resolver.column(sketch.than.of, isNumeric) : column;
        if (
          within ||
          rowsOf(than.place) !== rowsOf(column.place) ||
          sketch.than.op === 'count' ||
          sketch.than.op === 'sum'
        )
          throw new NoReading('compares with an aggregate of other rows');
        this.#resolver.findings.assumptions.add('the aggregate compared with is over all records');
        return this.#placed(
          column,
          {
            kind: 'aggregate',
            path: this.#resolver.path(column),
            op: sketch.op,
            than: { op: sketch.than.op, path: this.#resolver.path(than) },
          },
          within,
        );
      }
      case 'time':
        return this.#time(sketch.relation, sketch.period, within);
      case 'has':
        return this.#has(sketch.what, sketch.where, sketch.negated);
      case 'size':
        return this.#size(sketch);
      case 'all':
      case 'any':
        return { kind: sketch.kind, of: sketch.of.map((one) => this.condition(one, within)) };
      case 'both':
        return { kind: 'all', of: sketch.of.map((one) => this.condition(one, within)) };
      case 'not':
        return { kind: 'not', of: this.condition(sketch.of, within) };
    }
  }

  /** A comparison of a column with literals, in the field's own type. */
  compare(column: Column, op: PlanComparison, literals: readonly Literal[]): Condition {
    const path = this.#resolver.path(column);
    const values = literals.flatMap((literal) => valuesOf(column.field, literal, this.#clock, this.#resolver.findings));
    return { kind: 'compare', path, op, values: [...values] };
  }

  #column(mention: Mention, literals: readonly Literal[], within: Place | undefined): Column {
    return this.#withinOrTarget(within).column(mention, (field) => literals.every((literal) => suits(field, literal)));
  }

  /** Mentions within "a tool with the label …" are the tool's first. */
  #withinOrTarget(within: Place | undefined): Resolver {
    return within ? this.#resolver.near(within) : this.#resolver;
  }

  #identity(entity: Mention, literals: readonly Literal[], within: Place | undefined): Condition {
    const resolver = this.#withinOrTarget(within);
    const found: { readonly column: Column; readonly cost: number }[] = [];
    const place = resolver.placeOf(entity, true)?.place;
    const key = place && keyOf(place.entity);
    const label = place ? labelOf(place.entity) : [];
    const add = (at: Place, field: Field | undefined, cost: number) => {
      if (field && literals.every((literal) => suits(field, literal) && isKnown(field, literal)))
        found.push({ column: { place: at, field }, cost });
    };
    if (place) {
      add(place, key, place.relation ? 0.3 : 0.05);
      for (const field of label) add(place, field, place.relation ? 0.3 : 0.1);
    }
    for (const link of resolver.candidates(entity)) add(link.place, link.field, link.cost);
    const [best] = found.toSorted((a, b) => a.cost - b.cost);
    if (!best) throw new NoReading(`no field tells which ${entity.text} is meant`);
    resolver.findings.cost += best.cost;
    const { column } = best;
    if (label.length > 1 && label.includes(column.field))
      resolver.findings.doubt(`"${literals[0]?.text}" is taken for ${column.field.path}`, 0.1);
    return this.#placed(column, this.compare(column, 'eq', literals), within);
  }

  #dimension(
    adjective: AdjectiveTerm,
    asked: PlanComparison,
    value: Literal | { readonly kind: 'measure' },
    within: Place | undefined,
  ): Condition {
    const turned = adjective.turned.filter(({ field }) => field.time === undefined);
    const named = [...adjective.fields, ...turned];
    const fields = adjective.text === YEARS_OLD ? this.#resolver.vocabulary.dimension(['age'], 0.9) : named;
    const mention: Mention = { kind: 'mention', text: adjective.text, fields, entities: [], plural: false };
    const column = this.#withinOrTarget(within).column(mention);
    const path = this.#resolver.path(column);
    const op = turned.some(({ field }) => field === column.field) ? opposite[asked] : asked;
    if (value.kind === 'measure')
      return this.#placed(column, { kind: 'aggregate', path, op, than: { op: 'avg', path } }, within);
    if (!suits(column.field, value)) throw new NoReading(`${column.field.path} is not compared with ${value.text}`);
    return this.#placed(column, this.compare(column, op, [value]), within);
  }

  #time(relation: 'in' | 'before' | 'after' | 'since' | 'until', term: Literal, within: Place | undefined): Condition {
    const places = [...(within ? [within] : []), ...chain(this.#grain).toReversed(), this.#resolver.target];
    for (const place of places) {
      const time = timeOf(place.entity);
      if (!time || (term.kind === 'number' && time.field.time !== 'year' && term.value > 2200)) continue;
      const column = { place, field: time.field };
      if (!time.plain) this.#resolver.findings.doubt(`the time is taken for ${time.field.path}`, 0.35);
      if (time.others.length > 0) {
        this.#resolver.findings.doubt(`the time is taken for ${time.field.path}`, 0.12);
        for (const other of time.others) this.#resolver.findings.alternatives.add(`the time as ${other.path}`);
      }
      this.#resolver.findings.assumptions.add(`"${term.text}" is about ${time.field.path}`);
      const op = ({ in: 'eq', before: 'lt', after: 'gt', since: 'ge', until: 'le' } as const)[relation];
      return this.#placed(column, this.compare(column, op, [term]), within);
    }
    throw new NoReading('no field says a time');
  }

  #has(what: Mention, where: readonly SketchCondition[], negated: boolean): Condition {
    const place = this.#resolver.placeOf(what, true)?.place;
    const anchor = this.#resolver.target;
    if (place?.array !== undefined && place !== anchor && contains(anchor, place)) {
      this.#resolver.findings.cost += 0.05;
      const inner = where.map((one) => this.condition(one, place));
      this.used.add(place);
      const joined = this.#joinedBelow(inner, place);
      if (joined !== undefined) return { kind: 'some', path: joined, where: inner, negated };
      return { kind: 'some', path: place.array, where: inner, negated };
    }
    if (place && where.length > 0 && !negated) {
      const inner = where.map((one) => this.condition(one));
      const [only] = inner;
      return inner.length === 1 && only ? only : { kind: 'all', of: inner };
    }
    if (where.length > 0 || what.fields.length === 0)
      throw new NoReading(`${what.text} is not part of ${anchor.entity.id}`);
    if (what.entities.length > 0) this.#resolver.findings.cost += 0.3;
    const column = this.#resolver.column(what);
    return this.#placed(
      column,
      { kind: 'missing', path: this.#resolver.path(column), negated: !negated },
      undefined,
      negated,
    );
  }

  /** Documents that elements refer to are found beside the elements, not within them. */
  #joinedBelow(conditions: readonly Condition[], place: Place): string | undefined {
    const aliases = this.#resolver.scope.places
      .filter(({ relation, up }) => relation !== undefined && up === place)
      .map(({ prefix }) => prefix);
    const alias = aliases.find((prefix) =>
      conditions.some((condition) => 'path' in condition && condition.path.startsWith(prefix)),
    );
    if (alias === undefined) return undefined;
    if (!conditions.every((condition) => 'path' in condition && condition.path.startsWith(alias)))
      throw new NoReading('conditions on an element and on what it refers to');
    return alias.slice(0, -1);
  }

  #size(sketch: Extract<SketchCondition, { kind: 'size' }>): Condition {
    const place = this.#resolver.placeOf(sketch.what)?.place;
    if (!place?.array || place.up !== this.#resolver.target)
      throw new NoReading(`${sketch.what.text} cannot be counted here`);
    if (sketch.where.length > 0) throw new NoReading('counts only some of the elements');
    this.used.add(place);
    return { kind: 'size', path: place.array, op: sketch.op, count: sketch.count };
  }

  /** Text that stands for numbers or days is converted, which the server does for rows and not for elements. */
  #checkElement({ field }: Column, condition: Condition): void {
    const converted = field.numericText || field.time === 'slashDate';
    if (converted && condition.kind === 'compare' && condition.values.some((value) => typeof value !== 'string'))
      throw new NoReading(`${field.path} is compared within an array`);
  }

  /** On a row itself, or on some element below it. */
  #placed(column: Column, condition: Condition, within: Place | undefined, negative = false): Condition {
    this.used.add(column.place);
    const { place } = column;
    const row = rowsOf(place);
    if (!within && chain(this.#grain).includes(row)) return condition;
    this.#checkElement(column, condition);
    if (within && contains(within, place)) return condition;
    if (chain(this.#grain).includes(row)) return condition;
    if (place.relation && place.array === undefined && chain(this.#grain).some((one) => contains(one, place))) {
      this.below = true;
      if (negative) this.#resolver.findings.doubt(`whether none or some of ${place.entity.id} is meant`, 0.35);
      return { kind: 'some', path: place.prefix.slice(0, -1), where: [condition], negated: false };
    }
    const below = chain(place).find((one) => one.array !== undefined && !chain(this.#grain).includes(one));
    if (!below?.array || !below.up || !chain(this.#grain).includes(rowsOf(below.up)))
      throw new NoReading(`${column.field.path} is not reached from here`);
    this.below = true;
    if (negative) this.#resolver.findings.doubt(`whether none or some of ${below.array} is meant`, 0.35);
    return { kind: 'some', path: below.array, where: [condition], negated: false };
  }
}
