/** What goes wrong in Google Cloud while a step reads or writes, and what it is to be taken for. */
import type { FaultKind } from '../../testbed/fake-gcp/fault.ts';
import type { Resource } from '../engine/resource.ts';
import type { Command } from '../gcloud/command.ts';
import { type FailureKind, GcloudFailed } from '../gcloud/failure.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import type { Rehearsal } from './rehearsal.ts';

interface Fault {
  readonly fault: FaultKind;
  readonly kind: FailureKind;
  /** Only a request that could change something is answered so. */
  readonly writesOnly?: true;
}

export const faults = {
  denied: { fault: { refuse: 'denied' }, kind: 'denied' },
  'service-disabled': { fault: { refuse: 'service-disabled' }, kind: 'api-disabled' },
  absent: { fault: { refuse: 'absent' }, kind: 'absent' },
  exists: { fault: { refuse: 'exists' }, kind: 'exists', writesOnly: true },
  conflict: { fault: { refuse: 'conflict' }, kind: 'conflict', writesOnly: true },
  quota: { fault: { refuse: 'quota' }, kind: 'quota' },
  unavailable: { fault: { refuse: 'unavailable' }, kind: 'unavailable' },
  hang: { fault: { hang: true }, kind: 'timeout' },
} as const satisfies Record<string, Fault>;
export type FaultName = keyof typeof faults;

/** One fault at one side of one step. */
export interface FaultCell {
  /** `writing node-account: denied` */
  readonly name: string;
  readonly kind: FailureKind;
  readonly side: 'reading' | 'writing';
  readonly fault: FaultKind;
  readonly resource: Resource;
}

export function faultCells(resources: readonly Resource[], names: readonly FaultName[]): FaultCell[] {
  return resources.flatMap((resource) =>
    names.flatMap((name) => {
      const { fault, kind, ...one }: Fault = faults[name];
      const sides = one.writesOnly ? (['writing'] as const) : (['reading', 'writing'] as const);
      return sides.map((side) => ({ name: `${side} ${resource.id}: ${name}`, kind, side, fault, resource }));
    }),
  );
}

/** What makes it; where it is always there, what changes all of it. */
export function commandsOf(resource: Resource): readonly Command[] {
  const commands = resource.create(false);
  if (commands.length > 0) return commands;
  const changes = Object.entries(resource.wanted).map(([field, after]) => ({ field, before: undefined, after }));
  return resource.update(changes, { fields: resource.wanted }) ?? [];
}

/** Long enough for gcloud to begin on a busy machine, and to try a 503 again as often as it likes. */
const PATIENCE = 120_000;
const IMPATIENCE = 20_000;

/**
 * Lets it happen to every request of a step, tried once.
 * @returns what the step takes it for; where it takes it for nothing, that
 */
export async function told({ cloud }: Rehearsal, { name, side, fault, resource }: FaultCell) {
  const timeout = 'hang' in fault ? IMPATIENCE : PATIENCE;
  const gcloud = new Gcloud({ project: cloud.project, environment: cloud.environment, waits: [], timeout });
  const injected = cloud.faults.add({ ...fault, times: 1000, ...(side === 'writing' && { writes: true }) });
  try {
    if (side === 'reading') {
      const found = await resource.read(new Reader(gcloud));
      return { name, kind: `read as ${found === undefined ? 'not there' : 'there'}` };
    }
    for (const command of commandsOf(resource)) await gcloud.once({ ...command, timeout });
    return { name, kind: injected.hits > 0 ? 'done' : 'not asked' };
  } catch (error) {
    if (!(error instanceof GcloudFailed)) throw error;
    return { name, kind: error.kind };
  } finally {
    injected.remove();
  }
}
