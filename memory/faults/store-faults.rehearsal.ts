/** Every database in every way, and all restarted. */
import { describeStoreFaults, parts } from './store-faults-for-tests.ts';

describeStoreFaults(parts, { restart: true });
