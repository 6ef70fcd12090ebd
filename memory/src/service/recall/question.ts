import { Refusal } from '../../api/errors.ts';
import type { Input, Scope } from '../../api/service.ts';
import { readQuestion } from '../../search/question/question.ts';
import type { IndexFilter } from '../../stores/search-index.ts';
import { tiers as allTiers, type Tier } from '../../stores/store.ts';
import { type StoreTier, storeTiers } from '../dependencies.ts';
import { storeTierOf } from '../tiers/tiers.ts';

type SearchBody = Input<'searchMemories'>['body'];

/** What is asked, with every time and tier worked out. */
export interface Asked {
  readonly scope: Scope;
  readonly now: number;
  readonly text: string;
  readonly question: ReturnType<typeof readQuestion>;
  readonly mode: SearchBody['mode'];
  readonly filter: IndexFilter;
  readonly tags: readonly string[];
  readonly asOf: number | undefined;
  readonly stores: readonly StoreTier[];
}

export function asked(
  scope: Scope,
  {
    query,
    mode,
    filters,
    tiers = [...allTiers],
    asOf,
  }: Pick<SearchBody, 'query' | 'mode' | 'filters' | 'tiers' | 'asOf'>,
  now: number,
): Asked {
  const { from, to, tags = [], ...lists } = filters;
  const start = from === undefined ? undefined : Date.parse(from);
  const end = to === undefined ? undefined : Date.parse(to);
  if (start !== undefined && end !== undefined && end <= start) {
    throw new Refusal('invalid-request', 'No time is between `from` and `to`.', {
      mistakes: [{ pointer: '/filters/to', given: String(to), allowed: `an instant after ${from}` }],
    });
  }
  const wanted = new Set<Tier>(tiers);
  return {
    scope,
    now,
    text: query,
    question: readQuestion(query, { now: asOf === undefined ? now : Date.parse(asOf) }),
    mode,
    filter: {
      tenant: scope.tenant,
      ...lists,
      ...(wanted.size < allTiers.length && { tiers: [...wanted] }),
      ...(start !== undefined && { from: start }),
      ...(end !== undefined && { to: end }),
    },
    tags,
    asOf: asOf === undefined ? undefined : Date.parse(asOf),
    stores: storeTiers.filter((store) => [...wanted].some((tier) => storeTierOf(tier) === store)),
  };
}
