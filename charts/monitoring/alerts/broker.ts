import { Duration } from '../../../environments/units.ts';
import type { AlertsOf } from '../alert.ts';

/** Celery's broker by redis_exporter v1.93, a sidecar. It is the only Redis: DragonflyDB has metrics of its own. */
export const broker: AlertsOf = () => [
  {
    name: 'BrokerUnreachable',
    expr: 'redis_up == 0',
    for: Duration.minutes(3),
    severity: 'page',
    summary: "The exporter cannot log in to Celery's broker",
    description: 'No agent step is queued or run while this lasts; SuperAGI still shows its pages.',
    firstLook: 'kubectl -n superagi-data logs superagi-broker-0 -c redis --tail=50',
  },
  {
    name: 'BrokerMemoryHigh',
    expr: 'redis_memory_used_bytes / redis_memory_max_bytes > 0.85',
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: "Celery's broker uses {{ $value | humanizePercentage }} of its maxmemory",
    description:
      "At 100 % it refuses tasks: it never evicts. Tasks pile up, or the vector index of SuperAGI's resources has grown.",
    firstLook: `kubectl -n superagi-data exec superagi-broker-0 -c redis -- /opt/redis-stack/bin/redis-cli info keyspace`,
  },
  {
    name: 'BrokerRefusesTasks',
    // The series appears with the first error, so its first value is no increase.
    expr: 'sum(increase(redis_errors_total{err="OOM"}[10m])) > 0 or sum(redis_errors_total{err="OOM"} unless redis_errors_total{err="OOM"} offset 10m) > 0',
    for: Duration.minutes(1),
    severity: 'page',
    summary: "Celery's broker refuses tasks: it is out of memory",
    description: 'Agents stop at their next step, and new runs do not begin. What is queued is kept.',
    firstLook: `kubectl -n superagi-data exec superagi-broker-0 -c redis -- /opt/redis-stack/bin/redis-cli llen celery`,
  },
  {
    name: 'BrokerAppendFailed',
    expr: 'redis_aof_last_write_status == 0 or redis_aof_last_bgrewrite_status == 0',
    for: Duration.minutes(5),
    severity: 'page',
    summary: "Celery's broker cannot write its append-only file",
    description:
      'While the last write failed Redis refuses all others; while rewriting fails the file grows until the disk is full.',
    firstLook: 'kubectl -n superagi-data exec superagi-broker-0 -c redis -- df -h /data',
  },
];
