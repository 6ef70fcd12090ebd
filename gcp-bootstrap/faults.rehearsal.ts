/**
 * Everything that goes wrong, at every step, reading and writing: told for what it is, and never taken for "not there". Steps
 * are made one by one; each fault comes before the step is made, so that a step that took it for success would be seen.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from './engine/apply.ts';
import { plan } from './engine/plan.ts';
import { Gcloud } from './gcloud/gcloud.ts';
import { Reader } from './gcloud/reader.ts';
import { readProject } from './project.ts';
import { commandsOf, type FaultName, faultCells, faults, told } from './rehearsal/faults.ts';
import { inventory } from './rehearsal/inventory.ts';
import { oneOfEachKind } from './rehearsal/part.ts';
import { type Rehearsal, startRehearsal } from './rehearsal/rehearsal.ts';
import { failuresOf } from './report.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(async () => {
  await rehearsal?.stop();
});

const names = Object.keys(faults) as FaultName[];
const options = { tell: () => {}, interval: 10 };

/** The operation begins and fails. What gcloud does not wait for looks like success, and is not there afterwards. */
async function failsUnderWay(commands: ReturnType<typeof commandsOf>) {
  const { cloud } = rehearsal;
  const gcloud = new Gcloud({ project: cloud.project, environment: cloud.environment, waits: [] });
  const injected = cloud.faults.add({
    writes: true,
    failOperation: { status: 'FAILED_PRECONDITION', message: 'The rehearsal does not allow it.' },
  });
  try {
    for (const command of commands) await gcloud.once(command);
    return 'done';
  } catch (error) {
    return String((error as { kind?: string }).kind ?? error);
  } finally {
    injected.remove();
  }
}

test('every fault at every step', async () => {
  const { cloud, gcloud } = rehearsal;
  const wrong: unknown[] = [];
  let count = 0;
  const steps = oneOfEachKind(rehearsal.resources());
  for (const step of steps) {
    const before = inventory(cloud);
    for (const cell of faultCells([step], names)) {
      const seen = await told(rehearsal, cell);
      count++;
      if (seen.kind !== cell.kind) wrong.push({ ...seen, expected: cell.kind });
    }
    if (inventory(cloud).join() !== before.join()) wrong.push(`${step.id}: a refusal changed something`);
    const underWay = await failsUnderWay(commandsOf(step));
    count++;
    if (!['operation', 'other', 'done'].includes(underWay)) wrong.push(`${step.id}: under way: ${underWay}`);
    const { apis } = await readProject(new Reader(gcloud));
    const planned = await plan([step], new Reader(gcloud, apis));
    // What had no operation is there; what had one is not.
    const made = planned.every(({ action }) => action === 'none');
    if (underWay === 'operation' && made && step.id !== 'apis') wrong.push(`${step.id}: failed, and is there`);
    const outcomes = await apply(gcloud, planned, options);
    const failures = failuresOf(outcomes, (id) => id);
    if (failures.length > 0) wrong.push(...failures);
    console.log(`${step.id}: ${count} faults, ${wrong.length} taken for something else`);
  }
  expect(wrong).toEqual([]);
  expect(count).toBe(steps.length * (2 * names.length - 2 + 1));
  cloud.assertContained();
});
