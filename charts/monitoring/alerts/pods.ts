/** Alerts about pods, disks and Jobs of any workload, from what Kubernetes says of them. */
import { Duration } from '../../../environments/units.ts';
import type { System } from '../../lib/system.ts';
import type { Alert } from '../alert.ts';
import { ofOurs } from './kube-state.ts';

/** The labels that name a pod, whichever of the two names its namespace has. */
const where = '{{ or $labels.exported_namespace $labels.namespace }}';

export function podAlerts(system: System): readonly Alert[] {
  return [
    {
      name: 'ContainerCrashLooping',
      expr: `${ofOurs('kube_pod_container_status_waiting_reason', 'reason="CrashLoopBackOff"')} == 1`,
      for: Duration.minutes(5),
      severity: 'ticket',
      summary: `${where}/{{ $labels.pod }}: container {{ $labels.container }} starts and ends again and again`,
      description: 'Its last output says why. If no other pod does its work, its own alert pages.',
      firstLook: `kubectl -n ${where} logs {{ $labels.pod }} -c {{ $labels.container }} --previous --tail=50`,
    },
    {
      name: 'ContainerCannotStart',
      expr: `${ofOurs('kube_pod_container_status_waiting_reason', 'reason=~"ImagePullBackOff|ErrImagePull|InvalidImageName|CreateContainerConfigError|CreateContainerError"')} == 1`,
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: `${where}/{{ $labels.pod }}: container {{ $labels.container }} waits: {{ $labels.reason }}`,
      description:
        'Its image cannot be pulled, or a Secret or ConfigMap that it reads is missing. The old pods, where there are some, still run.',
      firstLook: `kubectl -n ${where} describe pod {{ $labels.pod }}`,
    },
    {
      name: 'PodUnschedulable',
      expr: `${ofOurs('kube_pod_status_unschedulable')} == 1`,
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: `${where}/{{ $labels.pod }} finds no node`,
      description:
        'The cluster autoscaler is at its bound, the zone of its disk has no room, or its constraints cannot be met.',
      firstLook: `kubectl -n ${where} get events --field-selector involvedObject.name={{ $labels.pod }}`,
    },
    ...(['ticket', 'page'] as const).map((severity): Alert => {
      const left = severity === 'page' ? 0.05 : 0.2;
      return {
        name: severity === 'page' ? 'DiskFull' : 'DiskFilling',
        expr: `${ofOurs('kubelet_volume_stats_available_bytes')} / ${ofOurs('kubelet_volume_stats_capacity_bytes')} < ${left}`,
        for: Duration.minutes(15),
        severity,
        summary: `The disk ${where}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left`,
        description:
          'A store whose disk is full refuses writes or ends. A disk can grow while it is in use; it can never shrink.',
        firstLook: `kubectl -n ${where} get pvc {{ $labels.persistentvolumeclaim }}`,
      };
    }),
    ...scheduledJobs(system),
  ];
}

/** A try that failed is no news when a later try of the same Job succeeded. */
function scheduledJobs(system: System): readonly Alert[] {
  const names = system.topology.workloads
    .filter(({ props }) => props.controller.kind === 'CronJob')
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const jobs = (phase: string) =>
    `max by (job_name) (label_replace(${ofOurs('kube_pod_status_phase', `phase="${phase}"`, `pod=~"(${names.join('|')})-[0-9]+-.*"`)} == 1, "job_name", "$1", "pod", "(.*)-[a-z0-9]+"))`;
  return [
    {
      name: 'ScheduledJobFailed',
      expr: `${jobs('Failed')} unless ${jobs('Succeeded')}`,
      for: Duration.minutes(45),
      severity: 'ticket',
      summary: 'The Job {{ $labels.job_name }} failed and no later try of it succeeded',
      description: 'A backup that is missing: what could be restored grows older with every day.',
      firstLook: 'kubectl get jobs -A --sort-by=.status.startTime',
    },
  ];
}
