/** What is, beside what is wanted: nothing is changed here. */
import type { Command } from '../gcloud/command.ts';
import { GcloudFailed } from '../gcloud/failure.ts';
import type { Reader } from '../gcloud/reader.ts';
import { changesOf, type FieldChange, type Found, type Resource } from './resource.ts';

export type Action = 'none' | 'create' | 'restore' | 'update' | 'replace' | 'wait';

export interface Planned {
  readonly resource: Resource;
  readonly action: Action;
  /** Of `update` and `replace`. */
  readonly changes: readonly FieldChange[];
  /** What would be run; empty for `none`, `wait`, and `replace`, which a person does. */
  readonly commands: readonly Command[];
  readonly found?: Found;
}

/** Reading failed: a plan with holes would create what is there. */
export class CannotRead extends Error {
  override readonly name = 'CannotRead';
  readonly failures: readonly { readonly resource: Resource; readonly failure: GcloudFailed }[];

  constructor(failures: CannotRead['failures']) {
    super(failures.map(({ resource, failure }) => `${resource.title}: ${failure.message}`).join('\n'));
    this.failures = failures;
  }
}

/** Reads all at the same time. @throws {CannotRead} with everything that could not be read */
export async function plan(resources: readonly Resource[], read: Reader): Promise<readonly Planned[]> {
  const failures: { resource: Resource; failure: GcloudFailed }[] = [];
  const planned = await Promise.all(
    resources.map(async (resource) => {
      try {
        return await planOne(resource, read);
      } catch (error) {
        if (!(error instanceof GcloudFailed)) throw error;
        failures.push({ resource, failure: error });
        return undefined;
      }
    }),
  );
  if (failures.length > 0) throw new CannotRead(failures);
  return planned.filter((one) => one !== undefined);
}

/** What is to be done with one resource, as it is now. @throws {GcloudFailed} */
async function planOne(resource: Resource, read: Reader): Promise<Planned> {
  const isThere = resource.api === undefined || read.isEnabled(resource.api);
  const found = isThere ? await resource.read(read) : undefined;
  if (found === undefined) return { resource, action: 'create', changes: [], commands: resource.create(false) };
  if (found.deleted) return { resource, action: 'restore', changes: [], commands: resource.create(true), found };
  if (found.busy !== undefined) return { resource, action: 'wait', changes: [], commands: [], found };
  const changes = changesOf(resource, found);
  if (changes.length === 0) return { resource, action: 'none', changes, commands: [], found };
  const commands = resource.update(changes, found);
  return commands === undefined
    ? { resource, action: 'replace', changes, commands: [], found }
    : { resource, action: 'update', changes, commands, found };
}

/** Whether there is nothing to do. */
export const isEmpty = (planned: readonly Planned[]) => planned.every(({ action }) => action === 'none');
