import { dashboard, here } from './dashboard.ts';

const job = `job="weaviate",${here}`;

/** Semantic memory: Weaviate. */
export const weaviate = dashboard({
  uid: 'orchestra-weaviate',
  title: 'AI Orchestra: Weaviate (semantic memory)',
  description: 'Collections are counted together: PROMETHEUS_MONITORING_GROUP keeps the number of series small.',
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests',
          description:
            'REST requests a second, by status. 4xx are callers that ask for what is not there or may not see it; 5xx are alerts.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (status_code) (rate(weaviate_http_request_duration_seconds_count{${job}}[$__rate_interval]))`,
              legend: '{{status_code}}',
            },
          ],
        },
        {
          title: 'gRPC requests',
          description: 'The memory service searches and writes batches this way.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (method, status) (rate(weaviate_grpc_server_request_duration_seconds_count{${job}}[$__rate_interval]))`,
              legend: '{{method}} {{status}}',
            },
          ],
        },
        {
          title: 'Time of a search',
          description:
            'Half of the searches are faster than the lower line, 95 % than the upper. The time of the embedding comes on top.',
          unit: 'ms',
          queries: [
            {
              expr: `histogram_quantile(0.5, sum by (le) (rate(queries_durations_ms_bucket{${job}}[$__rate_interval])))`,
              legend: 'median',
            },
            {
              expr: `histogram_quantile(0.95, sum by (le) (rate(queries_durations_ms_bucket{${job}}[$__rate_interval])))`,
              legend: '95 %',
            },
          ],
          limits: { amber: 500, red: 1000 },
        },
      ],
    },
    {
      title: 'Data',
      panels: [
        {
          title: 'Objects',
          description: 'Objects of all collections. Semantic memory never expires: this grows.',
          unit: 'short',
          queries: [{ expr: `sum by (pod) (object_count{${job}})`, legend: '{{pod}}' }],
        },
        {
          title: 'Vector index',
          description:
            'Slots of the index, and those of deleted vectors that wait to be cleaned. Tombstones that only climb slow every search.',
          unit: 'short',
          queries: [
            { expr: `sum(vector_index_size{${job}})`, legend: 'size' },
            { expr: `sum(vector_index_tombstones{${job}})`, legend: 'tombstones' },
          ],
        },
        {
          title: 'Writes to disk that failed',
          description: 'Memory that could not be flushed. Anything above nothing is an alert.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (pod) (increase(weaviate_lsm_memtable_flush_failures_total{${job}}[$__rate_interval]))`,
              legend: '{{pod}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          title: 'Heap',
          description:
            'Memory that Go holds, against GOMEMLIMIT in the chart: near it, garbage collection takes the CPU.',
          unit: 'bytes',
          queries: [{ expr: `go_memstats_heap_inuse_bytes{${job}}`, legend: '{{pod}}' }],
        },
        {
          title: 'Memory maps',
          description:
            'Files mapped by the process. Weaviate stops mapping at 70 % of the vm.max_map_count of the node.',
          unit: 'short',
          queries: [{ expr: `mmap_proc_maps{${job}}`, legend: '{{pod}}' }],
        },
        {
          title: 'Vectors refused',
          description: 'New vectors for which there was no memory. They wait in the outbox of their tier.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (pod) (increase(weaviate_vector_index_memory_allocation_rejected_total{${job}}[$__rate_interval]))`,
              legend: '{{pod}}',
            },
          ],
        },
      ],
    },
  ],
});
