/** A thing in Google Cloud, declared: what it is to be, how to see what it is, and the commands between the two. */
import type { Command } from '../gcloud/command.ts';
import type { Reader } from '../gcloud/reader.ts';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
/** Field by field, by the names that people know from the console or gcloud: `nodes.max`. */
export type Fields = Readonly<Record<string, Value>>;

/** What is there. */
export interface Found {
  readonly fields: Fields;
  /** Why it cannot be changed now, such as `PROVISIONING`: it is waited for. */
  readonly busy?: string;
  /** Deleted, and still to be had back: it is restored, as its name is taken. */
  readonly deleted?: boolean;
}

export interface FieldChange {
  readonly field: string;
  readonly before: Value | undefined;
  readonly after: Value;
}

export interface Resource {
  /** Unique: `network`, `secret:orchestra-openrouter-api-key`. */
  readonly id: string;
  /** For people: `network orchestra`. */
  readonly title: string;
  /** API that has it, such as `container.googleapis.com`; where it is off, this is not there. @default always on */
  readonly api?: string;
  /** Ids that must be as they should be before this one is touched. */
  readonly needs: readonly string[];
  /** Writes to an IAM policy. Two at the same time lose one, so they take turns. */
  readonly policy?: true;
  /** Why `destroy` leaves it: `data` until it is told to delete data, `forever` where Google cannot delete it or others use it. */
  readonly keep?: { readonly as: 'data' | 'forever'; readonly because: string };
  readonly wanted: Fields;
  /** Undefined where it is not there. Lists are better than descriptions: steps share their answers. @throws {GcloudFailed} */
  read(read: Reader): Promise<Found | undefined>;
  create(deleted: boolean): readonly Command[];
  /** Commands that change these fields in place; undefined where one of them can only be had by making it anew. */
  update(changes: readonly FieldChange[], found: Found): readonly Command[] | undefined;
  /** Empty where it goes with something else. */
  remove(found: Found): readonly Command[];
  /** gcloud returns before it is there, or gone: it is looked at until it is. @default gcloud waits itself */
  readonly returnsEarly?: true;
  /** Id of what it goes with, where that is deleted too. @default it goes by its own commands */
  readonly partOf?: string;
  /** USD a month, lowest and highest; undefined where no price is known for sure. @default free */
  readonly cost?: { readonly low: number; readonly high: number } | 'unknown';
}

/** Fields that are not as wanted. Fields that nobody states are Google's to set. */
export function changesOf({ wanted }: Pick<Resource, 'wanted'>, found: Found): FieldChange[] {
  return Object.entries(wanted).flatMap(([field, after]) => {
    const before = found.fields[field];
    return same(before, after) ? [] : [{ field, before, after }];
  });
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, value]) => same(value, (b as Readonly<Record<string, Value>>)[key]))
  );
}
