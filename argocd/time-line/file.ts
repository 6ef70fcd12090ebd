import { join } from 'node:path';

/** Where the test of a cluster that comes up leaves its time line: not in git, as it differs from run to run. */
export const timeLineFile = join(import.meta.dirname, '../../node_modules/.cache/ai-orchestra/gitops-timeline.json');
