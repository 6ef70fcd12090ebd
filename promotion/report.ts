/** A plan for people: what changes, object by object, and how to commit it. */
import { ownImages, recordFile } from '../environments/releases.ts';
import { described } from '../review/describe-value.ts';
import type { ObjectChange } from '../review/object-changes.ts';
import type { Plan } from './plan.ts';

/** Subject and body of the commit. */
export function commitMessage({ kind, to, after, applications, before, changes }: Plan): string {
  const { release, from } = after.promotion;
  const what = named(applications, Object.keys(after.promotion.applications).length, changes);
  const subject =
    kind === 'rollback'
      ? `Roll ${what} back in ${to} to release ${from?.release}: release ${release}`
      : `Promote ${what} from ${from?.environment} to ${to}: release ${release}`;
  const images = imageLines({ before, after });
  const totals = counts(changes);
  return [
    subject,
    '',
    ...(from?.commit ? [`${from.environment}${from.release ? ` release ${from.release}` : ''} at ${from.commit}`] : []),
    ...images,
    totals === '' ? `No object changes (${applications.length} applications)` : `Objects: ${totals}`,
  ].join('\n');
}

/** What a subject line can hold: the applications that were named, or else those that change, if they are few. */
function named(applications: readonly string[], all: number, changes: readonly ObjectChange[]): string {
  const names = applications.length < all ? applications : [...new Set(changes.map(({ application }) => application))];
  return names.length > 0 && names.length <= 4 ? names.join(', ') : 'all';
}

/** The applications whose entry in the record changes. */
export function takenApplications({ before, after }: Pick<Plan, 'before' | 'after'>): string[] {
  const [old, now] = [before.promotion.applications, after.promotion.applications];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .sort();
}

export function imageLines({ before, after }: Pick<Plan, 'before' | 'after'>): string[] {
  const shown = ({ images, versions }: Plan['before'], name: (typeof ownImages)[number]) =>
    `${versions[name] ? `${versions[name]} ` : ''}${images[name].slice(0, 'sha256:'.length + 12)}`;
  return ownImages
    .filter((name) => before.images[name] !== after.images[name])
    .map((name) => `${name}: ${shown(before, name)} → ${shown(after, name)}`);
}

function counts(changes: readonly ObjectChange[]): string {
  const number = (change: ObjectChange['change']) => changes.filter((one) => one.change === change).length;
  return (['added', 'changed', 'removed'] as const)
    .flatMap((change) => (number(change) > 0 ? [`${number(change)} ${change}`] : []))
    .join(', ');
}

/** Every change with its fields, then what stays held and what to do next. */
export function reportText(plan: Plan, written: boolean): string {
  const { to, changes, stillHeld, notes, after, difference } = plan;
  const images = imageLines(plan);
  const groups = Map.groupBy(changes, ({ cluster, application }) => `${cluster}/${application}`);
  const files = [...difference.added, ...difference.changed, ...difference.removed].length;
  const restarts = changes.filter(({ effects }) => effects.includes('restarts pods')).length;
  const data = changes.filter(({ effects }) => effects.includes('touches data')).length;
  return [
    ...(images.length > 0 ? ['images', ...images.map((line) => `  ${line}`)] : []),
    ...[...groups].flatMap(([group, own]) => [`dist/${group}: ${counts(own)}`, ...own.flatMap(changeLines)]),
    changes.length === 0
      ? `No object of ${to} changes; its record does: it names the charts as they are now.`
      : `${counts(changes)}; ${restarts === 0 ? 'no pod restarts' : `pods of ${restarts} restart`}; ${data === 0 ? 'no data is touched' : `DATA IS TOUCHED by ${data}`}.`,
    ...notes.map((note) => `Note: ${note}`),
    ...Object.entries(stillHeld).map(([cluster, names]) => `Still held in ${cluster}: ${names.join(', ')}.`),
    written
      ? `Release ${after.promotion.release} of ${to} is written: ${recordFile(to)} and ${files} files of dist/. To commit it:`
      : `Nothing was written. It would be release ${after.promotion.release} of ${to}: ${recordFile(to)} and ${files} files of dist/, with`,
    '',
    ...(written ? [`git add ${recordFile(to)} dist`, "git commit -F - <<'END'"] : []),
    commitMessage(plan),
    ...(written ? ['END'] : []),
  ].join('\n');
}

function changeLines({ change, kind, object, effects, fields }: ObjectChange): string[] {
  return [
    `  ${change.padEnd(7)} ${kind} ${object}${effects.length > 0 ? ` (${effects.join(', ')})` : ''}`,
    ...fields.map(({ path, before, after }) => `    ${path}: ${described(before)} → ${described(after)}`),
  ];
}

/** The same for programs. */
export function reportJson(plan: Plan, written: boolean): string {
  const { kind, to, before, after, changes, stillHeld, notes, difference } = plan;
  const from = after.promotion.from;
  return JSON.stringify(
    {
      kind,
      from: from?.environment,
      to,
      release: { before: before.promotion.release, after: after.promotion.release },
      applications: takenApplications(plan),
      images: imageLines(plan),
      changes,
      stillHeld,
      notes,
      difference,
      commitMessage: commitMessage(plan),
      written,
    },
    null,
    2,
  );
}
