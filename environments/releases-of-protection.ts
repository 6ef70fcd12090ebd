/**
 * Objects that hold data and may leave dist/, each with its reason. Without an entry here, a synthesis that would drop one fails.
 * An entry is written in the commit that drops the object, and removed in any later one.
 */
import * as z from 'zod';
import { InvalidInput, type Problem } from './problem.ts';

/** The kinds that hold data, or without which data is out of reach: they leave dist/ when somebody says so. */
export const protectedKinds = [
  'PersistentVolumeClaim',
  'StatefulSet',
  'Namespace',
  'CustomResourceDefinition',
  'ExternalSecret',
  'Secret',
] as const;
export type ProtectedKind = (typeof protectedKinds)[number];

/** An object that may leave a cluster's folder. */
export interface ReleaseOfProtection {
  /** Folder below dist/, such as `prod-us-central1`. */
  readonly cluster: string;
  readonly kind: ProtectedKind;
  /** Of the object; none where its kind has none. */
  readonly namespace?: string | undefined;
  readonly name: string;
  /** A claim template that leaves a StatefulSet that stays. @default none: the object itself leaves */
  readonly volumeClaimTemplate?: string | undefined;
  /** Why its data is not needed, or where it is now; for who reads the commit. */
  readonly reason: string;
}

export const releasesOfProtection: readonly ReleaseOfProtection[] = [];

const text = z.string().min(1);
const entry = z.strictObject({
  cluster: text,
  kind: z.enum(protectedKinds),
  namespace: text.optional(),
  name: text,
  volumeClaimTemplate: text.optional(),
  reason: z.string().trim().min(10),
});

const allowed: Readonly<Record<string, string>> = {
  cluster: 'the folder of a cluster below dist/',
  kind: protectedKinds.join(', '),
  namespace: 'the namespace of the object, or nothing for a kind without one',
  name: 'the name of the object',
  volumeClaimTemplate: 'the name of a claim template of a StatefulSet, or nothing for the whole object',
  reason: 'a sentence: why the data is not needed, or where it is now',
};

/** @throws InvalidInput with every mistake of the list */
export function parseReleasesOfProtection(input: unknown = releasesOfProtection): readonly ReleaseOfProtection[] {
  const result = z.array(entry).safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue): Problem[] => {
    const [index, key] = issue.path;
    const path = `releasesOfProtection[${String(index)}]`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((unknown) => ({
        path: `${path}.${unknown}`,
        given: 'an unknown name',
        allowed: Object.keys(allowed).join(', '),
        fix: 'remove it',
      }));
    const value = issue.path.reduce<unknown>(
      (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
      input,
    );
    return [
      {
        path: key === undefined ? path : `${path}.${String(key)}`,
        given: value === undefined ? 'nothing' : JSON.stringify(value),
        allowed: allowed[String(key)] ?? `{ ${Object.keys(allowed).join(', ')} }`,
        fix: 'write it as the message of the synthesis showed it',
      },
    ];
  });
  throw new InvalidInput('environments/releases-of-protection.ts', problems);
}
