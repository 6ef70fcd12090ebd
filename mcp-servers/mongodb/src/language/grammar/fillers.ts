/** Words that may be left over when everything else is understood: they ask, point or connect, and change no answer. */
const words = `
what which who whom whose where when how that this these those there here it its their them they he she his her him himself herself themselves someone anyone everyone individual individuals
show list find give get display return tell me us provide retrieve identify report fetch print select see view state mention name names named determine calculate compute enumerate describe extract compile
please can could would will may might shall you your we our i my like want need know help let gather obtain look looking search indicate specify
all each every any some of for in on at by to from with within and but as be have been do so also along together well respectively
the a an is are was were only just currently presently now ever yet already still actually exactly specific particular certain given various existing existent
available listed recorded registered present stored known shown included found exist exists existing occurring reported documented noted entered appear appears offered
database databases system record records table tables collection data dataset entries entry information info details detail document documents value values item items set
corresponding associated respective related relevant assigned belonging belong belongs linked connected attached tied correspond corresponds
level levels located situated based residing reside resides live lives living lived stay stays from housed placed positioned
work works working worked employed serve serves serving act acts
then whether if where during while who whoever
complete full entire whole overall
different list listing breakdown summary
one ones other others
made make makes done take takes taken taking receive received receives get gets getting go goes
use used uses using utilized
come comes coming came hail hails hailing
year years number numbers amount amounts quantity
group grouped categorized classified considered designated described identified called known titled denoted labelled labeled marked
regarding about concerning
sort sorted order ordered ranked arranged ascending descending
enrolled enroll enrolls participating participate participates
time times date dates
unit units
possible particular
appearing contained containing
earn earns earning
, . that
tell provide
do does
distinct
results result output
ensure
`;

const known = new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Adverbs in -ly say how, not which. */
const adverb = /ly$/;
const denying =
  /^(?:lacks$|not$|most|least|fewest|count$|per$|ofeach$|between|before|after|since|until|than$|un|non|dis|mis|anti|exceed|exclud|except|surpass|match|compar|differ|shared|common|combin|never|same|lowest|highest)/;

export const isFiller = (word: string) => known.has(word);
const prepositions = new Set([
  'in',
  'on',
  'by',
  'for',
  'with',
  'to',
  'at',
  'from',
  'under',
  'into',
  'within',
  'as',
  'through',
  'during',
  'over',
]);
const pronouns = new Set(['they', 'he', 'she', 'it', 'we', 'you']);

/**
 * Whether a word only connects what stands before it with what follows, as "taught" does in "courses taught on Monday". A word that
 * says which records are meant ("retired employees", "jobs that failed") has nothing to connect with, and is none of these.
 */
export function isConnecting(word: string, before: string, after: string, afterNext: string, at: number): boolean {
  if (denying.test(word) || !/^[a-z]{3,}$/.test(word)) return false;
  if (/^(?:under|into|out|across|among|amongst)$/.test(word)) return !/^[ND]\d+$/.test(after);
  if (adverb.test(word) && word.length > 4) return true;
  if (pronouns.has(before)) return true;
  const verb = /(?:ed|ing|en|wn|ught|lt|nt|old|ade)$/.test(word) || /^(?:that|who|which)$/.test(before);
  const subject = verb && /^(?:[EXFCMS]\d+|that|who|which|be|have|where|whom)$/.test(before);
  const object =
    /^[CSGM]\d+$/.test(after) ||
    (prepositions.has(after) && /^[A-Z]\d+$/.test(afterNext)) ||
    (at > 1 && /^[EX]\d+$/.test(after) && /(?:ing|ed|s)$/.test(word));
  return subject && object;
}
