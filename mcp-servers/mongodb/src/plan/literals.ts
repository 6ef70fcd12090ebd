/** Words of a question as values of a field. */
import type { Field } from '../catalogue/catalogue.ts';
import { type Clock, yearPeriod } from '../language/dates.ts';
import type { Literal, PeriodTerm } from '../language/terms.ts';
import type { PlanValue } from './plan.ts';
import { type Findings, literalsOf, NoReading } from './resolver.ts';

/** The values of a literal, in the field's own type. */
export function valuesOf(field: Field, literal: Literal, clock: Clock, findings: Findings): readonly PlanValue[] {
  switch (literal.kind) {
    case 'value': {
      const own = literal.links.filter((link) => link.field === field).map(({ value }) => value);
      return own.length > 0 ? literalsOf(own, literal.text) : [literal.text];
    }
    case 'number': {
      if (field.time !== undefined && field.time !== 'year') return [yearOf(literal.value, clock)];
      if (field.type === 'number' || field.numericText)
        return [field.numericText && field.values.includes(literal.text) ? literal.text : literal.value];
      return [literal.text];
    }
    case 'period': {
      if (literal.period.assumption) findings.assumptions.add(literal.period.assumption);
      return [periodOf(literal, clock, findings)];
    }
    case 'text': {
      const same = field.values.find((value) => String(value).toLowerCase() === literal.text.toLowerCase());
      if (same !== undefined) return [same];
      if (field.complete)
        findings.doubt(`no record has "${literal.text}" as ${field.path}`, literal.quoted ? 0.25 : 0.5);
      return [literal.text];
    }
  }
}

function yearOf(year: number, clock: Clock): PlanValue {
  if (year < 1000 || year > 2200) throw new NoReading(`${year} is no year`);
  const { start, end, days, instant } = yearPeriod(year, clock);
  return { period: { start: start.toISOString(), end: end.toISOString(), ...days, instant } };
}

function periodOf({ period: { start, end, days, instant } }: PeriodTerm, clock: Clock, findings: Findings): PlanValue {
  if (!instant) findings.assumptions.add(`days are those of the time zone ${clock.timeZone}`);
  return { period: { start: start.toISOString(), end: end.toISOString(), ...days, instant } };
}

export const isNumeric = (field: Field) => field.type === 'number' || field.numericText;

/** Whether a literal can be a value of the field. */
export function suits(field: Field, literal: Literal): boolean {
  switch (literal.kind) {
    case 'value':
      return (
        literal.links.some((link) => link.field === field) || (isNumeric(field) && !Number.isNaN(Number(literal.text)))
      );
    case 'number':
      return isNumeric(field) || field.time !== undefined || field.values.includes(literal.text);
    case 'period':
      return field.time !== undefined;
    case 'text':
      return field.type === 'string' || field.type === 'mixed' || field.type === 'objectId';
  }
}

/** Whether the literal is among the values that were seen, where all were. */
export function isKnown(field: Field, literal: Literal): boolean {
  if (literal.kind === 'value') return true;
  if (literal.kind === 'number') return !field.complete || field.values.some((value) => String(value) === literal.text);
  return literal.kind !== 'period';
}
