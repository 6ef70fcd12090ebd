import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OperationId, operations } from '../src/api/operations.ts';
import { concurrency } from './concurrency.ts';
import { expiry } from './expiry.ts';
import { histories } from './histories.ts';
import { memories } from './memories.ts';
import { pages } from './pages.ts';
import { refusals } from './refusals.ts';
import { sessions } from './sessions.ts';
import { answered, type Subject } from './subject.ts';
import { subjects } from './subjects.ts';

/** What the API promises, over HTTP, whatever it keeps its memories in. */
export function apiContract(
  name: string,
  start: () => Promise<Subject>,
  { runs }: { /** Random histories that there is time for. */ readonly runs: number },
): void {
  describe(name, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject?.stop());
    const given = () => subject;

    describe('sessions', () => sessions(given));
    describe('memories', () => memories(given));
    describe('subjects, policies, operations, audit', () => subjects(given));
    describe('pages', () => pages(given));
    describe('concurrency', () => concurrency(given));
    describe('refusals', () => refusals(given));
    // Last, as they move the clock.
    describe('expiry', () => expiry(given));
    describe('histories', () => histories(given, runs));

    test('no operation of the table was left out', () => {
      const left = (Object.keys(operations) as OperationId[]).filter((id) => !answered.has(id));
      expect(left).toEqual([]);
    });
  });
}

export type Given = () => Subject;
