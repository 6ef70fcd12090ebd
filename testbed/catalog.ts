import type { Provision } from './provide/provision.ts';
import { argocd, argocdManifests } from './servers/argocd/programs.ts';
import { chromium } from './servers/browser.ts';
import { dragonfly } from './servers/dragonfly.ts';
import { embeddings } from './servers/embeddings/embeddings.ts';
import { etcd } from './servers/etcd.ts';
import { firestoreEmulator } from './servers/firestore.ts';
import { kwok, kwokStages } from './servers/kubernetes/kwok.ts';
import { kubeApiserver, kubeControllerManager, kubeScheduler } from './servers/kubernetes/programs.ts';
import { mongod, mongoJavaServer } from './servers/mongodb/programs.ts';
import { redis } from './servers/redis.ts';
import { actionlint, helm, kubeconform, kustomize, zizmor } from './servers/tools.ts';
import { weaviate } from './servers/weaviate.ts';

/** All that the test bed can provide, in the order of building: the servers that most tests need come first. */
export const catalog: readonly Provision[] = [
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kwok,
  kwokStages,
  redis,
  argocd,
  argocdManifests,
  mongoJavaServer,
  firestoreEmulator,
  weaviate,
  embeddings,
  chromium,
  actionlint,
  zizmor,
  mongod,
  dragonfly,
  helm,
  kustomize,
  kubeconform,
];
