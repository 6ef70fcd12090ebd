import { Duration } from '../../../environments/units.ts';
import type { AlertsOf } from '../alert.ts';

/**
 * Weaviate's own metrics; names as in usecases/monitoring of v1.38.2. Many have no prefix, so the job is always named.
 */
export const weaviate: AlertsOf = ({ weaviate: { resources } }) => [
  {
    name: 'WeaviateHeapHigh',
    // Go's heap alone: mapped files are given back under pressure. Beyond this, collecting garbage takes the CPU.
    expr: `go_memstats_heap_inuse_bytes{job="weaviate"} > ${Math.round(resources.memory.toMebibytes() * 1024 ** 2 * 0.75)}`,
    for: Duration.minutes(15),
    severity: 'ticket',
    summary: '{{ $labels.pod }} holds {{ $value | humanize1024 }}B of heap, over 75 % of its memory limit',
    description: 'Vector indices live in memory. Soon Weaviate refuses new objects, then it is killed.',
    firstLook: 'kubectl -n superagi-data top pod -l app.kubernetes.io/name=weaviate --containers',
  },
  {
    name: 'WeaviateRefusesVectors',
    expr: 'increase(weaviate_vector_index_memory_allocation_rejected_total[10m]) > 0',
    for: Duration.minutes(1),
    severity: 'page',
    summary: '{{ $labels.pod }} refuses vectors: not enough memory for the index',
    description:
      'New semantic memories are not indexed and cannot be found. None is lost: the outbox of each tier keeps them until Weaviate takes them.',
    firstLook: 'kubectl -n superagi-data logs {{ $labels.pod }} --tail=50',
  },
  {
    name: 'WeaviateErrors',
    expr: 'sum(rate(weaviate_http_request_duration_seconds_count{status_code=~"5.."}[10m])) / sum(rate(weaviate_http_request_duration_seconds_count[10m])) > 0.05',
    for: Duration.minutes(10),
    severity: 'page',
    summary: '{{ $value | humanizePercentage }} of the requests to Weaviate fail',
    description: 'Searches come back partial, and say so, and the outbox relay cannot index.',
    firstLook: 'kubectl -n superagi-data logs -l app.kubernetes.io/name=weaviate --tail=50',
  },
  {
    name: 'WeaviateSearchSlow',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(queries_durations_ms_bucket{job="weaviate"}[10m]))) > 1000',
    for: Duration.minutes(15),
    severity: 'ticket',
    summary: 'The slowest 5 % of searches take more than {{ $value }} ms',
    description:
      'Agents wait for every recall. The cause is most often CPU, a cold cache after a restart, or a filter over many objects.',
    firstLook: 'kubectl -n superagi-data top pod -l app.kubernetes.io/name=weaviate --containers',
  },
  {
    name: 'WeaviateFlushFailed',
    expr: 'increase(weaviate_lsm_memtable_flush_failures_total[15m]) > 0',
    for: Duration.minutes(1),
    severity: 'page',
    summary: 'Weaviate could not write objects from memory to disk',
    description:
      'The disk is full or broken. Data since the last flush is in the write-ahead log on the same disk alone.',
    firstLook: 'kubectl -n superagi-data get pvc -l app.kubernetes.io/name=weaviate',
  },
];
