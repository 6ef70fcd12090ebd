/**
 * The dev cluster from empty to in use, with a real Argo CD, a real control plane and a repository: one cluster, which the
 * scenarios change one after the other. Each leaves it as git then says.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { skipped } from '../../testbed/skip.ts';
import { type Installed, installDev } from './installed.ts';
import { bootstrapScenario } from './scenarios/bootstrap.ts';
import { brokenScenario } from './scenarios/broken.ts';
import { driftScenario } from './scenarios/drift.ts';
import { fencesScenario } from './scenarios/fences.ts';
import { pushScenario } from './scenarios/push.ts';
import { refusalScenario } from './scenarios/refusal.ts';
import { removalScenario } from './scenarios/removal.ts';
import { restartsScenario } from './scenarios/restarts.ts';

const controlPlane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'kwok-stages'];

describe.skipIf(skipped(...controlPlane, 'argocd', 'argocd-manifests', 'redis-server'))(
  'the dev cluster',
  { timeout: 900_000 },
  () => {
    let installed: Installed;
    const dev = () => installed;

    beforeAll(async () => {
      installed = await installDev();
    });
    afterAll(() => installed?.stop());

    bootstrapScenario(dev);
    pushScenario(dev);
    driftScenario(dev);
    removalScenario(dev);
    refusalScenario(dev);
    brokenScenario(dev);
    restartsScenario(dev);
    fencesScenario(dev);
  },
);
