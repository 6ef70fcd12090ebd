/** `node gcp-bootstrap/rehearsal/apply-part.ts`: the part of dev, applied by a process of its own, so that it can be killed. */
import { clusters } from '../../environments/index.ts';
import { apply } from '../engine/apply.ts';
import { plan } from '../engine/plan.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { readProject } from '../project.ts';
import { failuresOf } from '../report.ts';
import { resourcesOf } from '../resources.ts';
import { oneOfEachKind } from './part.ts';

const own = clusters().filter(({ environment }) => environment.name === 'dev');
const gcloud = new Gcloud({ project: own[0]?.environment.googleCloud.projectId ?? '', waits: [10, 10] });
const project = await readProject(new Reader(gcloud));
const resources = oneOfEachKind(resourcesOf({ project, clusters: own, given: () => 'a value', now: Date.now }));
const planned = await plan(resources, new Reader(gcloud, project.apis));
const outcomes = await apply(gcloud, planned, { tell: () => {}, interval: 10 });
const failures = failuresOf(outcomes, (id) => id);
if (failures.length > 0) console.error(JSON.stringify(failures, null, 2));
process.exitCode = failures.length > 0 ? 1 : 0;
