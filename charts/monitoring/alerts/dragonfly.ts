import { Duration } from '../../../environments/units.ts';
import type { AlertsOf } from '../alert.ts';

/** DragonflyDB's own metrics; names as in src/server/metrics.cc of v1.40.1. */
export const dragonfly: AlertsOf = () => [
  {
    name: 'DragonflyMemoryHigh',
    expr: 'dragonfly_memory_used_bytes / dragonfly_memory_max_bytes > 0.85',
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: 'DragonflyDB uses {{ $value | humanizePercentage }} of its maxmemory',
    description:
      'At 100 % it refuses writes: nothing is evicted, as cache mode is off. Records expire after their TTL, so memory follows the rate of writes.',
    firstLook: 'kubectl -n superagi-data logs dragonfly-0 --tail=50',
  },
  {
    name: 'DragonflyRefusesWrites',
    // The series appears with the first error, so its first value is no increase.
    expr: 'sum(increase(dragonfly_oom_errors_total[10m])) > 0 or sum(dragonfly_oom_errors_total unless dragonfly_oom_errors_total offset 10m) > 0',
    for: Duration.minutes(1),
    severity: 'page',
    summary: 'DragonflyDB refuses writes: it is out of memory',
    description:
      'New short-term memories are refused with 503 until records expire or maxMemory is raised. What is stored is still read.',
    firstLook: 'kubectl -n superagi-data top pod dragonfly-0 --containers',
  },
  {
    name: 'DragonflySnapshotFailed',
    expr: 'increase(dragonfly_failed_backups_total[1h]) > 0',
    for: Duration.minutes(1),
    severity: 'ticket',
    summary: 'DragonflyDB could not write a snapshot',
    description: 'There is no append-only file: a crash now loses all that came after the last good snapshot.',
    firstLook: 'kubectl -n superagi-data exec dragonfly-0 -c dragonfly -- df -h /data',
  },
  {
    name: 'DragonflySnapshotMissing',
    expr: 'increase(dragonfly_backups_total[1d]) == 0 and dragonfly_uptime_in_seconds > 86400',
    for: Duration.minutes(30),
    severity: 'ticket',
    summary: 'DragonflyDB has tried no snapshot for a day',
    description: 'The snapshot schedule does not run: a crash would lose everything since the last snapshot.',
    firstLook: 'kubectl -n superagi-data exec dragonfly-0 -c dragonfly -- ls -l --full-time /data',
  },
  {
    name: 'DragonflyRestarted',
    expr: 'dragonfly_uptime_in_seconds < 600',
    for: Duration.minutes(0),
    severity: 'ticket',
    summary: 'DragonflyDB has just started',
    description:
      'After a rollout nothing is lost: it saves on SIGTERM. After a crash or an out-of-memory kill, short-term memories newer than the last snapshot are gone.',
    firstLook: 'kubectl -n superagi-data describe pod dragonfly-0',
  },
];
