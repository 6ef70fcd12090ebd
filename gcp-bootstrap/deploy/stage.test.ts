import { expect, test } from 'vitest';
import { KubectlFailed } from '../argo-cd/kubectl.ts';
import { GcloudFailed } from '../gcloud/failure.ts';
import { ProgramFailed } from './program.ts';
import { clock, failureText, runStages, type Stage, StageFailed } from './stage.ts';

const stages = (failing: unknown): Stage[] => [
  {
    name: 'network',
    run: async (tell) => {
      tell('a network');
      return 'one made';
    },
  },
  { name: 'cluster', run: () => Promise.reject(failing) },
  { name: 'calls', run: async () => 'never' },
];

test('stages run in their order until one fails; each says what it did, and how long it took', async () => {
  const told: string[] = [];
  const { results, failure } = await runStages(stages(new StageFailed('no', 'do it')), (line) => told.push(line));
  expect(results).toMatchObject([{ stage: 'network', outcome: 'one made' }]);
  expect(failure).toEqual({ stage: 'cluster', said: 'no', fix: 'do it' });
  expect(told.map((line) => line.replaceAll(/[\d.]+ s/g, 'N s'))).toEqual([
    '[1/3] network',
    '        N s  a network',
    'ok network: one made (N s)',
    '[2/3] cluster',
    '!! cluster (N s)',
  ]);
});

test.for([
  [new GcloudFailed('denied', 'gcloud a', 'PERMISSION_DENIED'), 'gcloud a', 'PERMISSION_DENIED', /Ask for the role/],
  [new KubectlFailed('kubectl b', 'refused'), 'kubectl b', 'refused', /run the command again/],
  [new ProgramFailed('git c', 'fatal'), 'git c', 'fatal', /run the command again/],
] as const)(
  'a failure says the command, what was said, and what to do: $0.name',
  async ([error, command, said, fix]) => {
    const { failure } = await runStages(stages(error), () => {});
    expect(failure).toEqual({ stage: 'cluster', command, said, fix: expect.stringMatching(fix) });
    expect(failure && failureText(failure)).toMatch(/^cluster\n {2}command {2}.+\n {2}said {5}.+\n {2}to do {4}.+$/);
  },
);

test('a mistake of the program itself is not taken for a failure of a stage', async () => {
  await expect(runStages(stages(new TypeError('bug')), () => {})).rejects.toThrow('bug');
});

test('time is told as people say it', () => {
  expect([4.21, 59.97, 119.7, 723].map(clock)).toEqual(['4.2 s', '1 min 0 s', '2 min 0 s', '12 min 3 s']);
});
