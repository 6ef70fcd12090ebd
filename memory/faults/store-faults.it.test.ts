/** One database, another one with each seed; `store-faults.rehearsal.ts` has all. */
import { describeStoreFaults, parts, seed } from './store-faults-for-tests.ts';

const { [seed % parts.length]: part = 'short' } = parts;
describeStoreFaults([part], { restart: false });
