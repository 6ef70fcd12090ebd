import type { PersistentVolumeClaim } from '../../imports/index.ts';
import type { Application } from '../lib/application.ts';
import { KubeObject } from '../lib/object.ts';
import { quantity } from '../lib/quantity.ts';
import { workspaceName } from './process.ts';

/** The files that agents read and write, on one volume that backend and workers mount at the same time. */
export class Workspace extends KubeObject<PersistentVolumeClaim> {
  constructor(application: Application, { wave }: { readonly wave: number }) {
    const { system } = application;
    const { workspace } = system.environment.superagi;
    super(
      application,
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: workspaceName,
          namespace: 'superagi',
          annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=confirm' },
        },
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName: 'orchestra-shared',
          volumeMode: 'Filesystem',
          resources: { requests: { storage: quantity(workspace) } },
        },
      },
      // Not before the pods that mount it: it stays Pending until there is one, and Argo CD waits for each wave (argo-cd#12840).
      { wave },
    );
    system.claims.push({ application, namespace: 'superagi', name: workspaceName, size: workspace });
  }
}
