/** A promotion: an environment takes the charts and the digests that the one before it has run. */
import { InvalidInput, type Problem } from '../environments/problem.ts';
import {
  environmentBefore,
  type HeldApplication,
  notYetBuilt,
  type OwnImage,
  promotionOrder,
  type Release,
  recordFile,
} from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import { promotionCommand } from '../synth/hold.ts';
import { ownDigests } from '../synth/own-digests.ts';
import { type HeldRelease, history, isHeld } from './history.ts';
import type { Intention } from './plan.ts';
import { clustersOf, type State, uncommitted } from './state.ts';

type EnvironmentName = Environment['name'];

/** What is asked for. */
export interface Request {
  readonly from: EnvironmentName;
  readonly to: EnvironmentName;
  /** @default every application */
  readonly only?: readonly string[] | undefined;
}

/** @throws InvalidInput with every reason why not */
export function promotionOf(state: State, { from, to, only }: Request): Intention {
  const problems: Problem[] = outOfOrder(from, to);
  if (problems.length > 0) throw new InvalidInput(`the promotion of ${from} to ${to}`, problems);
  const source = releaseOf(state, from);
  const target = heldReleaseOf(state, to);
  const applications = chosen(state, to, only);
  const images = imagesBy(state, to);
  const taken = [...new Set(applications.flatMap((name) => [...(images.get(name) ?? [])]))].sort();
  const changed = taken.filter((image) => source.images[image] !== target.images[image]);
  problems.push(
    ...uncommitted(state, from),
    ...uncommitted(state, to),
    ...neverRun(state, from, applications),
    ...shared(to, images, applications, changed),
    ...changed.flatMap((image) => [
      ...neverBuilt(from, to, image, source),
      ...goesBack(
        state,
        { from, to, only },
        image,
        source,
        target,
        [...(images.keys() ?? [])].filter((name) => images.get(name)?.has(image)),
      ),
    ]),
  );
  if (problems.length > 0) throw new InvalidInput(`the promotion of ${from} to ${to}`, problems);
  const rendered = new Set(clustersOf(state, to).flatMap(({ rendered }) => rendered));
  const same = (name: string) =>
    target.promotion.applications[name]?.charts === state.generator &&
    ![...(images.get(name) ?? [])].some((image) => changed.includes(image));
  const release = target.promotion.release + 1;
  const now = applications.filter((name) => rendered.has(name));
  const entries: Record<string, HeldApplication> = { ...target.promotion.applications };
  for (const name of applications) if (!rendered.has(name)) delete entries[name];
  for (const name of now) if (!same(name)) entries[name] = { release, charts: state.generator };
  return {
    kind: 'promotion',
    to,
    before: target,
    applications,
    committed: state.disk,
    notes: [],
    after: {
      images: { ...target.images, ...pick(source.images, taken) },
      versions: versions(target, source, taken),
      promotion: {
        release,
        from: {
          environment: from,
          ...(source.promotion && { release: source.promotion.release }),
          ...(state.head && { commit: state.head }),
        },
        applications: entries,
      },
    },
  };
}

function outOfOrder(from: EnvironmentName, to: EnvironmentName): Problem[] {
  const before = environmentBefore(to);
  if (before === from) return [];
  const order = promotionOrder.join(', then ');
  return [
    {
      path: `--from ${from} --to ${to}`,
      given: before === undefined ? `${to} is the first: it follows the charts` : `${to} takes from ${before} alone`,
      allowed: `one step at a time: ${order}`,
      fix:
        before === undefined
          ? 'change the charts; npm run synth renders it'
          : `promote to ${before} first if it has not run this, then: ${promotionCommand(to)}`,
    },
  ];
}

export function releaseOf(state: State, name: EnvironmentName): Release {
  const [cluster] = clustersOf(state, name);
  if (!cluster) throw new Error(`${name} has no cluster`);
  return cluster.cluster.release;
}

export function heldReleaseOf(state: State, name: EnvironmentName): HeldRelease {
  const release = releaseOf(state, name);
  if (!isHeld(release)) throw new Error(`${name} is not held`);
  return release;
}

/** Every application that an environment has, by its charts, its record or its folders. */
function applicationNames(state: State, name: EnvironmentName): string[] {
  const { promotion } = releaseOf(state, name);
  const known = clustersOf(state, name).flatMap(({ index, rendered }) => [
    ...rendered,
    ...Object.keys(index.applications),
  ]);
  return [...new Set([...known, ...Object.keys(promotion?.applications ?? {})])].sort();
}

/** @throws InvalidInput for a name that is none */
export function chosen(state: State, name: EnvironmentName, only: readonly string[] | undefined): string[] {
  const all = applicationNames(state, name);
  const unknown = (only ?? []).filter((application) => !all.includes(application));
  if (unknown.length > 0)
    throw new InvalidInput(
      '--only',
      unknown.map((application) => ({
        path: '--only',
        given: application,
        allowed: all.join(', '),
        fix: `name applications of ${name}: folders of dist/${clustersOf(state, name)[0]?.cluster.folder}/`,
      })),
    );
  return only ? [...new Set(only)].sort() : all;
}

/** The images of ours that each application names, by the charts or as it runs. */
export function imagesBy(state: State, name: EnvironmentName): ReadonlyMap<string, ReadonlySet<OwnImage>> {
  const files = clustersOf(state, name).flatMap((cluster) => [...cluster.files, ...cluster.fresh]);
  const byApplication = Map.groupBy(files, ({ path }) => path.split('/')[1] ?? '');
  return new Map([...byApplication].map(([application, own]) => [application, new Set(ownDigests(own).keys())]));
}

/** The source has them held itself: it runs other charts than these. */
function neverRun(state: State, from: EnvironmentName, applications: readonly string[]): Problem[] {
  return clustersOf(state, from).flatMap(({ cluster, held }) =>
    held
      .filter((name) => applications.includes(name))
      .map((name) => ({
        path: `dist/${cluster.folder}/${name}`,
        given: `${from} holds it back: it has never run the charts as they are now`,
        allowed: `what ${from} has run`,
        fix: `${promotionCommand(from, [name])}, let it run there, and promote then`,
      })),
  );
}

function neverBuilt(from: EnvironmentName, to: EnvironmentName, image: OwnImage, source: Release): Problem[] {
  return source.images[image] === notYetBuilt
    ? [
        {
          path: `${recordFile(from)}: images.${image}`,
          given: 'no digest yet: sixty-four zeros',
          allowed: `a digest that ${from} runs; ${to} has one`,
          fix: 'write the digest that the registry printed when the image was pushed',
        },
      ]
    : [];
}

/** An image that applications share changes in all of them, or in none. */
function shared(
  to: EnvironmentName,
  images: ReadonlyMap<string, ReadonlySet<OwnImage>>,
  applications: readonly string[],
  changed: readonly OwnImage[],
): Problem[] {
  return [...images].flatMap(([name, own]) =>
    applications.includes(name)
      ? []
      : changed
          .filter((image) => own.has(image))
          .map((image) => ({
            path: `--only ${applications.join(',')}`,
            given: `${image}, which ${name} of ${to} runs too`,
            allowed: 'all applications that an image is in',
            fix: promotionCommand(to, [...applications, name]),
          })),
  );
}

function goesBack(
  state: State,
  { to, only }: Request,
  image: OwnImage,
  source: Release,
  target: HeldRelease,
  users: readonly string[],
): Problem[] {
  const [version, current] = [source.versions[image], target.versions[image]];
  const digest = source.images[image];
  const earlier =
    version !== undefined && current !== undefined
      ? isOlder(version, current) && `${version}, older than ${current}`
      : ranBefore(state, to, image, digest, target, users);
  return earlier
    ? [
        {
          path: `${recordFile(to)}: images.${image}`,
          given: earlier,
          allowed: 'the same or a later one',
          fix: `npm run promote -- --to ${to} --rollback${only ? ` --only ${only.join(',')}` : ''}, if it shall go back`,
        },
      ]
    : [];
}

/** Without versions, what the environment had before its present release is older. */
function ranBefore(
  { root }: State,
  to: EnvironmentName,
  image: OwnImage,
  digest: string,
  target: HeldRelease,
  users: readonly string[],
): string | false {
  const releaseIn = ({ promotion }: HeldRelease) =>
    Math.max(0, ...users.map((name) => promotion.applications[name]?.release ?? 0));
  const had = [...history(root, to)]
    .filter(({ release }) => release.images[image] === digest && digest !== notYetBuilt)
    .map(({ release }) => releaseIn(release));
  const last = Math.max(0, ...had);
  return last > 0 && last < releaseIn(target) && `${digest}, which ${to} had in release ${last}`;
}

/** Both are three numbers. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const first = a?.findIndex((part, index) => part !== b?.[index]) ?? -1;
  return first >= 0 && (a?.[first] ?? 0) < (b?.[first] ?? 0);
}

const pick = (images: Release['images'], names: readonly OwnImage[]) =>
  Object.fromEntries(names.map((name) => [name, images[name]]));

/** The versions, with those of some images as another record has them. */
export function versions(of: Release, source: Release, taken: readonly OwnImage[]): Release['versions'] {
  const kept = Object.entries(of.versions).filter(([name]) => !taken.some((image) => image === name));
  const fresh = Object.entries(source.versions).filter(([name]) => taken.some((image) => image === name));
  return Object.fromEntries([...kept, ...fresh]);
}
