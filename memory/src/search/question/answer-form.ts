/** What kind of answer a question asks for, and whether a text has anything of that kind. */
interface AnswerForm {
  readonly name: 'time' | 'place' | 'person' | 'number' | 'cause';
  readonly asks: RegExp;
  readonly answers: RegExp;
  /** How much it tells, 0 to 1: dates are rare in texts that do not answer, numbers are not. */
  readonly strength: number;
}

const units = 'days?|weeks?|weekends?|months?|years?|mornings?|evenings?|nights?|summer|winter|spring|fall|autumn';
const calendar =
  'mon(?:day)?|tues(?:day)?|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december';
const relatives =
  'mom|mum|dad|mother|father|parents?|brother|sister|wife|husband|son|daughter|kids?|children|aunt|uncle|cousin|grand\\w+|niece|nephew';
const acquaintances =
  'friends?|neighbou?rs?|colleagues?|co-?workers?|boss|manager|teacher|mentor|coach|boyfriend|girlfriend|partner|team|family';
const places =
  'park|beach|city|town|village|country|home|house|mountains?|store|shop|restaurant|caf[eé]|cent(?:er|re)|museum|school|office|airport|hotel|hospital|church|gym';

const forms: readonly AnswerForm[] = [
  {
    name: 'time',
    asks: /\b(?:when|what (?:date|day|month|year|time)|which (?:date|day|month|year)|how long ago)\b/i,
    answers: new RegExp(
      `\\b(?:yesterday|today|tonight|tomorrow|ago|last|next|recently|since|birthday|anniversary|(?:19|20)\\d\\d|${units}|${calendar})\\b`,
      'i',
    ),
    strength: 1,
  },
  {
    name: 'place',
    asks: /\b(?:where|(?:what|which) (?:place|city|town|country|state|location))\b/i,
    answers: new RegExp(`\\b(?:in|at|to|near|from) (?:the |a |my |our )?\\p{Lu}\\p{L}+|\\b(?:${places})\\b`, 'u'),
    strength: 0.8,
  },
  {
    name: 'person',
    asks: /\b(?:who|whom|whose)\b/i,
    answers: new RegExp(`\\b(?:${relatives}|${acquaintances}|he|she|they|we)\\b`, 'i'),
    strength: 0.5,
  },
  {
    name: 'number',
    asks: /\bhow (?:many|much|long|old|often|far|big|tall)\b/i,
    answers:
      /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|dozen|couple|few|several|once|twice|many|first|second|third)\b/i,
    strength: 0.3,
  },
  {
    name: 'cause',
    asks: /\b(?:why|reason|motivat\w*|inspir\w*)\b/i,
    answers: /\b(?:because|since|so that|reason|why|wanted? to|inspired?|made me|makes me|helps?|to help)\b/i,
    strength: 0.3,
  },
];

/** The forms of answer that a question asks for; most ask for none in particular. */
export const formsAskedFor = (question: string): readonly AnswerForm[] =>
  forms.filter(({ asks }) => asks.test(question));

/** 0 to 1: how much a text looks like an answer of one of these forms. */
export const looksLike = (asked: readonly AnswerForm[], text: string): number =>
  Math.max(0, ...asked.map(({ answers, strength }) => (answers.test(text) ? strength : 0)));

export type { AnswerForm };
