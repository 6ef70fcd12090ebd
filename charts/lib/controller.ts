/** What runs the pods of a workload: the kinds of controller, each with what differs from one to the other. */
import { createHash } from 'node:crypto';
import type { Duration } from '../../environments/units.ts';
import type { JobSpec, PodTemplateSpec } from '../../imports/index.ts';
import { KubeObject } from './object.ts';
import { quantity } from './quantity.ts';
import type { Workload } from './workload.ts';

/** How many pods there can be: at all times, and when autoscaled or rolled out. */
export interface Replicas {
  readonly min: number;
  readonly max: number;
  /** Pods beyond `max` while a new version is rolled out. */
  readonly surge: number;
}

/** A kind of controller with its settings. */
export interface Controller {
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';
  readonly replicas: Replicas;
  render(workload: Workload, template: PodTemplateSpec): void;
}

/** Settings of a Deployment. */
export interface DeploymentProps {
  readonly replicas: number;
  /** Scales up to `maxReplicas` at this average use of the CPU requested, in percent. @default a fixed number of pods */
  readonly autoscale?: { readonly maxReplicas: number; readonly cpuTarget: number };
  /** Never two pods at a time, not even while a new version is rolled out. @default false */
  readonly singleton?: boolean;
  /** Time a rollout may make no progress. @default 600 s */
  readonly progressDeadlineSeconds?: number;
}

/** Stateless pods that are replaced one by one, without a gap. */
export function deployment({
  replicas,
  autoscale,
  singleton,
  progressDeadlineSeconds = 600,
}: DeploymentProps): Controller {
  const max = autoscale?.maxReplicas ?? replicas;
  return {
    kind: 'Deployment',
    replicas: { min: replicas, max, surge: singleton ? 0 : 1 },
    render(workload, template) {
      const { metadata, selector } = workload;
      new KubeObject(
        workload,
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata,
          spec: {
            // The autoscaler owns the number: stated here, every sync would reset it.
            ...(!autoscale && { replicas }),
            revisionHistoryLimit: 5,
            progressDeadlineSeconds,
            selector: { matchLabels: selector },
            strategy: singleton
              ? { type: 'Recreate' }
              : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template,
          },
        },
        { wave: workload.props.wave },
      );
      if (autoscale) addAutoscaler(workload, replicas, autoscale);
      addDisruptionBudget(workload, replicas);
    },
  };
}

/** Settings of a StatefulSet. */
export interface StatefulSetProps {
  readonly replicas: number;
  /** `Parallel` where members must see each other to become ready. It cannot be changed later. @default 'OrderedReady' */
  readonly podManagement?: 'OrderedReady' | 'Parallel';
}

/** Pods with names and disks of their own. Disks outlive the StatefulSet. */
export function statefulSet({ replicas, podManagement = 'OrderedReady' }: StatefulSetProps): Controller {
  return {
    kind: 'StatefulSet',
    replicas: { min: replicas, max: replicas, surge: 0 },
    render(workload, template) {
      const { metadata, selector, props } = workload;
      new KubeObject(
        workload,
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata,
          spec: {
            replicas,
            serviceName: workload.headlessService,
            podManagementPolicy: podManagement,
            revisionHistoryLimit: 5,
            updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
            persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
            selector: { matchLabels: selector },
            template,
            ...(props.disks && {
              volumeClaimTemplates: Object.entries(props.disks).map(([name, disk]) => ({
                // Stated, although defaults: Argo CD shows a difference for ever otherwise (argo-cd#11143).
                apiVersion: 'v1' as const,
                kind: 'PersistentVolumeClaim' as const,
                metadata: { name },
                spec: {
                  accessModes: disk.accessModes ?? ['ReadWriteOnce'],
                  storageClassName: disk.storageClass,
                  volumeMode: 'Filesystem' as const,
                  resources: { requests: { storage: quantity(disk.size) } },
                },
              })),
            }),
          },
        },
        { wave: workload.props.wave },
      );
      addDisruptionBudget(workload, replicas);
    },
  };
}

/** Settings of a Job, and of the Jobs of a CronJob. */
export interface JobProps {
  /** Time after which the Job counts as failed. */
  readonly deadline: Duration;
  /** Tries after the first. @default 3 */
  readonly retries?: number;
}

const jobSpec = ({ deadline, retries = 3 }: JobProps): Omit<JobSpec, 'template'> => ({
  backoffLimit: retries,
  activeDeadlineSeconds: deadline.toSeconds(),
  completions: 1,
  parallelism: 1,
});

/**
 * Runs to its end once for each version of itself. A Job's template is immutable, so its name ends in a hash of it: a changed
 * Job is a new Job, and an unchanged one does not run again.
 */
export function job(props: JobProps): Controller {
  return {
    kind: 'Job',
    replicas: { min: 0, max: 1, surge: 0 },
    render(workload, template) {
      const spec = { ...jobSpec(props), template };
      const version = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
      const { metadata } = workload;
      new KubeObject(
        workload,
        { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, name: `${metadata.name}-${version}` }, spec },
        { wave: workload.props.wave, id: 'Job' },
      );
    },
  };
}

/**
 * Waits until somebody starts it: `kubectl patch job NAME --type merge -p '{"spec":{"suspend":false}}'`. To run it again,
 * delete it; Argo CD makes it anew, suspended. Argo CD replaces it when it changes, as its template is immutable.
 */
export function suspendedJob(props: JobProps): Controller {
  return {
    kind: 'Job',
    replicas: { min: 0, max: 1, surge: 0 },
    render(workload, template) {
      const { metadata } = workload;
      new KubeObject(
        workload,
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { ...metadata, annotations: { 'argocd.argoproj.io/sync-options': 'Force=true,Replace=true' } },
          spec: { ...jobSpec(props), suspend: true, template },
        },
        { wave: workload.props.wave },
      );
    },
  };
}

/** Settings of a CronJob. */
export interface CronJobProps extends JobProps {
  /** Five cron fields, in UTC. */
  readonly schedule: string;
}

/** Runs on a schedule, never two at a time. */
export function cronJob(props: CronJobProps): Controller {
  return {
    kind: 'CronJob',
    replicas: { min: 0, max: 1, surge: 0 },
    render(workload, template) {
      new KubeObject(
        workload,
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: workload.metadata,
          spec: {
            schedule: props.schedule,
            timeZone: 'Etc/UTC',
            concurrencyPolicy: 'Forbid',
            startingDeadlineSeconds: 3600,
            successfulJobsHistoryLimit: 3,
            failedJobsHistoryLimit: 3,
            suspend: false,
            jobTemplate: { metadata: { labels: workload.selector }, spec: { ...jobSpec(props), template } },
          },
        },
        { wave: workload.props.wave },
      );
    },
  };
}

function addAutoscaler(workload: Workload, minReplicas: number, autoscale: { maxReplicas: number; cpuTarget: number }) {
  new KubeObject(workload, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: workload.metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
      minReplicas,
      maxReplicas: autoscale.maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: autoscale.cpuTarget } },
        },
      ],
    },
  });
}

/** Lets a node drain take one pod at a time. A single pod needs none: a budget would only block the drain. */
function addDisruptionBudget(workload: Workload, replicas: number) {
  if (replicas < 2) return;
  new KubeObject(workload, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: workload.metadata,
    spec: {
      maxUnavailable: 1,
      // A pod that is broken anyway must not block a drain.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: workload.selector },
    },
  });
}
