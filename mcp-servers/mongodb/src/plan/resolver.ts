/** Settles what mentions mean, seen from one collection and one entity that the question is about. */
import type { Field } from '../catalogue/catalogue.ts';
import type { Mention, ValueTerm } from '../language/terms.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import { labelOf } from './labels.ts';
import { distance, type Place, pathIn, type Scope } from './scope.ts';

/** A field at a place. */
export interface Column {
  readonly place: Place;
  readonly field: Field;
}

/** There is no reading from this collection and this entity. */
export class NoReading extends Error {}

/** Something that was not certain: its weight is the confidence that it costs, from 0 to 1. */
export interface Doubt {
  readonly about: string;
  readonly weight: number;
}

/** Costs of what a reading stretches; tuned so that a name as it is written near the target beats everything else. */
const COST = { step: 0.12, relation: 0.25, otherOwner: 0.5, elsewhere: 0.08 };

/** Two candidates nearer to each other than this are a doubt. */
const CLOSE = 0.06;

/** What is found out on the way to a reading. */
export class Findings {
  /** How far names had to be stretched; 0 where every name is as written. */
  cost = 0;
  readonly doubts: Doubt[] = [];
  readonly assumptions = new Set<string>();
  readonly alternatives = new Set<string>();

  doubt(about: string, weight: number): void {
    if (!this.doubts.some((doubt) => doubt.about === about)) this.doubts.push({ about, weight });
  }
}

export class Resolver {
  readonly scope: Scope;
  readonly target: Place;
  readonly vocabulary: Vocabulary;
  readonly findings: Findings;
  /** What mentions before were taken for: "each type" is the type that was just named. */
  readonly settled: Column[] = [];

  constructor(scope: Scope, target: Place, vocabulary: Vocabulary, findings = new Findings()) {
    this.scope = scope;
    this.target = target;
    this.vocabulary = vocabulary;
    this.findings = findings;
  }

  /** The same, with another place as the nearest. */
  near(place: Place): Resolver {
    return new Resolver(this.scope, place, this.vocabulary, this.findings);
  }

  /** The fields that a mention means: one, or the parts of a name. */
  columns(mention: Mention): Column[] {
    if (mention.label) return this.label(mention);
    if (/^(?:full )?names?$/i.test(mention.text)) {
      const owner = mention.owner ? this.placeOf(mention.owner, true)?.place : this.target;
      if (!owner) this.findings.cost += COST.otherOwner;
      const label = owner ? labelOf(owner.entity) : [];
      if (owner && label.length > 1) return label.map((field) => ({ place: owner, field }));
    }
    return [this.column(mention)];
  }

  /** What the entity of a mention is called. */
  label(mention: Mention): Column[] {
    const place = this.placeOf(mention)?.place;
    const fields = place ? labelOf(place.entity) : [];
    if (!place || fields.length === 0) throw new NoReading(`nothing says what ${mention.text} is called`);
    return fields.map((field) => ({ place, field }));
  }

  /** The field that a mention means, nearest to the target. */
  column(mention: Mention, suits: (field: Field) => boolean = () => true): Column {
    const said = mention.owner
      ? undefined
      : this.settled.find(
          ({ field }) => suits(field) && mention.fields.some((link) => link.field === field && link.score > 0.5),
        );
    if (said && !mention.fields.some(({ field, score }) => score >= 0.95 && field !== said.field)) return said;
    const found = this.candidates(mention, suits);
    const [best, second] = found;
    if (!best) throw new NoReading(`${mention.text} is no field here`);
    this.findings.cost += best.cost;
    if (best.score < 0.6) this.findings.doubt(`"${mention.text}" is taken for ${best.field.path}`, 0.2);
    const differs = second && (second.field.path !== best.field.path || second.place !== best.place);
    if (differs && second.cost - best.cost < CLOSE) {
      this.findings.doubt(`"${mention.text}" may be ${best.field.path} or ${second.field.path}`, 0.25);
      this.findings.alternatives.add(`"${mention.text}" as ${second.field.entity}: ${second.field.path}`);
    }
    this.settled.push(best);
    return best;
  }

  candidates(mention: Mention, suits: (field: Field) => boolean = () => true) {
    const owners = new Set((mention.owner?.entities ?? []).map(({ entity }) => entity.id));
    const ownOne = mention.fields.some(({ field }) => owners.has(field.entity));
    return mention.fields
      .filter(({ field }) => suits(field))
      .flatMap(({ field, score, owned }) =>
        this.scope.places
          .filter((place) => place.entity.id === field.entity)
          .map((place) => {
            const away = place === this.target ? 0 : COST.elsewhere + COST.step * distance(place, this.target);
            const owner =
              owners.size === 0 || owned || owners.has(field.entity) ? 0 : ownOne ? COST.otherOwner : COST.elsewhere;
            const near = owners.has(field.entity) || owned ? 0.05 * distance(place, this.target) : away;
            return { place, field, score, cost: 1 - score + near + owner + (place.relation ? COST.relation : 0) };
          }),
      )
      .toSorted((a, b) => a.cost - b.cost);
  }

  /** The place of the entity that a mention names. */
  placeOf(mention: Mention, lookOnly = false): { readonly place: Place; readonly score: number } | undefined {
    const found = mention.entities
      .flatMap(({ entity, score }) =>
        this.scope.places
          .filter((place) => place.entity.id === entity.id)
          .map((place) => ({
            place,
            score,
            cost: 1 - score + COST.step * distance(place, this.target) + (place.relation ? COST.relation : 0),
          })),
      )
      .toSorted((a, b) => a.cost - b.cost);
    const [best] = found;
    if (best && !lookOnly) this.findings.cost += best.cost;
    return best;
  }

  /** The fields that have all the values, the nearest first. */
  fieldOf(values: readonly ValueTerm[]): Column & { readonly literal: readonly (string | number | boolean)[] } {
    const [first] = values;
    const found = (first?.links ?? [])
      .filter(({ field }) => values.every(({ links }) => links.some((link) => link.field === field)))
      .flatMap(({ field, score }) =>
        this.scope.places
          .filter((place) => place.entity.id === field.entity)
          .map((place) => ({
            place,
            field,
            cost: 1 - score + COST.step * distance(place, this.target) + (place.relation ? COST.relation : 0),
          })),
      )
      .toSorted((a, b) => a.cost - b.cost);
    const [best, second] = found;
    if (!best || !first) throw new NoReading(`${first?.text ?? ''} is no value here`);
    this.findings.cost += best.cost;
    if (second && second.field.path !== best.field.path && second.cost - best.cost < CLOSE) {
      this.findings.doubt(`"${first.text}" may be ${best.field.path} or ${second.field.path}`, 0.25);
      this.findings.alternatives.add(`"${first.text}" as ${second.field.path}`);
    }
    const literal = values.flatMap(({ links, text }) =>
      literalsOf(
        links.filter(({ field }) => field === best.field).map(({ value }) => value),
        text,
      ),
    );
    return { place: best.place, field: best.field, literal };
  }

  path({ place, field }: Column): string {
    return pathIn(place, field);
  }
}

/** Values that are spelled as the question has them, or else all that share its stems. */
export function literalsOf<Value extends string | number | boolean>(
  values: readonly Value[],
  text: string,
): readonly Value[] {
  const exact = values.filter((value) => String(value) === text);
  if (exact.length > 0) return exact;
  const same = values.filter((value) => String(value).toLowerCase() === text.toLowerCase());
  return same.length > 0 ? same : values;
}
