/** A review for people: by cluster, what comes, changes and goes, and what that does to what runs. */
import { described } from './describe-value.ts';
import type { ObjectChange } from './object-changes.ts';
import type { Review } from './pull-request.ts';

const count = (changes: readonly ObjectChange[], change: ObjectChange['change']) =>
  changes.filter((one) => one.change === change).length;
const doing = (changes: readonly ObjectChange[], effect: ObjectChange['effects'][number]) =>
  changes.filter(({ effects }) => effects.includes(effect));

/** For a terminal. */
export function reviewText({ base, changes }: Review): string {
  if (changes.length === 0) return `No object of any cluster changes since ${base.slice(0, 12)}.`;
  return [...Map.groupBy(changes, ({ cluster }) => cluster)]
    .flatMap(([cluster, own]) => [
      `${cluster}: ${totals(own)}`,
      ...own.flatMap((change) => [`  ${title(change)}`, ...fieldLines(change).map((line) => `    ${line}`)]),
    ])
    .join('\n');
}

function totals(changes: readonly ObjectChange[]): string {
  const numbers = (['added', 'changed', 'removed'] as const).map((change) => `${count(changes, change)} ${change}`);
  const restarts = doing(changes, 'restarts pods').length;
  const data = doing(changes, 'touches data').length;
  return [
    ...numbers,
    restarts === 0 ? 'no pod restarts' : `pods of ${restarts} restart`,
    ...(data === 0 ? [] : [`DATA IS TOUCHED by ${data}`]),
  ].join(', ');
}

const title = ({ change, application, kind, object, effects }: ObjectChange) =>
  `${change} ${application}: ${kind} ${object}${effects.length > 0 ? ` (${effects.join(', ')})` : ''}`;

const fieldLines = ({ fields }: ObjectChange) =>
  fields.map(({ path, before, after }) => `${path}: ${described(before)} → ${described(after)}`);

/** GitHub takes 65,536 characters in a comment. */
const longestComment = 60_000;

/** For a comment: a table of clusters, and each object to unfold; where that is too long, the objects without their fields. */
export function reviewMarkdown(review: Review, longest = longestComment): string {
  const { base, changes } = review;
  if (changes.length === 0) return `No object of any cluster changes since \`${base.slice(0, 12)}\`.`;
  const clusters = [...Map.groupBy(changes, ({ cluster }) => cluster)];
  const rows = clusters.map(([cluster, own]) =>
    [
      `**${cluster}**`,
      ...(['added', 'changed', 'removed'] as const).map((change) => String(count(own, change))),
      list(doing(own, 'restarts pods')),
      list(doing(own, 'runs a Job')),
      list(doing(own, 'touches data')),
    ].join(' | '),
  );
  const head = [
    `Since \`${base.slice(0, 12)}\`, in \`dist/\`:`,
    '',
    '| cluster | added | changed | removed | pods restart | Jobs run | **data touched** |',
    '| --- | --: | --: | --: | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ];
  const whole = [...head, ...clusters.flatMap((one) => details(one, true))].join('\n');
  if (whole.length <= longest) return whole;
  const named = [...head, ...clusters.flatMap((one) => details(one, false))].join('\n');
  const all = 'All fields: `npm run review -- --base REVISION`.';
  if (named.length + all.length < longest) return `${named}\n${all}`;
  return `${head.join('\n')}\n${all}`;
}

const list = (changes: readonly ObjectChange[]) =>
  changes.length > 5 ? `${changes.length} objects` : changes.map(({ object }) => `\`${object}\``).join('<br>') || '-';

function details([cluster, changes]: readonly [string, readonly ObjectChange[]], withFields: boolean): string[] {
  return [
    `<details><summary>${cluster}: ${changes.length} objects</summary>`,
    '',
    '```diff',
    ...changes.flatMap((change) => [
      `${{ added: '+', changed: '!', removed: '-' }[change.change]} ${title(change)}`,
      ...(withFields ? fieldLines(change).map((line) => `    ${unfenced(line)}`) : []),
    ]),
    '```',
    '',
    '</details>',
    '',
  ];
}

/** A value cannot end the block that it is shown in. */
const unfenced = (line: string) => line.replaceAll('```', "'''");
