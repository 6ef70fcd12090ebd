import { dashboard, here } from './dashboard.ts';

/** Short-term memory: DragonflyDB. */
export const dragonfly = dashboard({
  uid: 'orchestra-dragonfly',
  title: 'AI Orchestra: DragonflyDB (short-term memory)',
  description: 'Records live for an hour by default, so memory follows the rate of writes of the last hour.',
  rows: [
    {
      title: 'Memory and data',
      panels: [
        {
          title: 'Memory, of maxmemory',
          description: 'At 100 % writes are refused: nothing is evicted.',
          unit: 'percentunit',
          queries: [
            { expr: `dragonfly_memory_used_bytes{${here}} / dragonfly_memory_max_bytes{${here}}`, legend: '{{pod}}' },
          ],
          limits: { amber: 0.85, red: 0.95 },
          max: 1,
        },
        {
          title: 'Resident memory',
          description: 'What the kernel counts. Far above the data: fragmentation, or a snapshot being written.',
          unit: 'bytes',
          queries: [
            { expr: `dragonfly_used_memory_rss_bytes{${here}}`, legend: 'resident' },
            { expr: `dragonfly_memory_used_bytes{${here}}`, legend: 'data' },
          ],
        },
        {
          title: 'Keys',
          description: 'Keys in each database, and those of them that expire. A gap that grows is data without a TTL.',
          unit: 'short',
          queries: [
            { expr: `dragonfly_db_keys{${here}}`, legend: '{{db}}' },
            { expr: `dragonfly_db_keys_expiring{${here}}`, legend: '{{db}} with a TTL' },
          ],
        },
      ],
    },
    {
      title: 'Traffic',
      panels: [
        {
          title: 'Commands',
          description: 'Commands a second on the main port.',
          unit: 'ops',
          queries: [
            {
              expr: `rate(dragonfly_commands_processed_total{listener="main",${here}}[$__rate_interval])`,
              legend: '{{pod}}',
            },
          ],
        },
        {
          title: 'Time of a command',
          description: 'Average over the interval, for the ten commands that take most time together.',
          unit: 's',
          queries: [
            {
              expr: `rate(dragonfly_commands_duration_seconds{${here}}[$__rate_interval]) / rate(dragonfly_commands_total{${here}}[$__rate_interval]) and topk(10, rate(dragonfly_commands_duration_seconds{${here}}[$__rate_interval]))`,
              legend: '{{cmd}}',
            },
          ],
        },
        {
          title: 'Hits',
          description:
            'Share of reads that found their key. Misses are normal after an hour of silence: the record has expired.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(rate(dragonfly_keyspace_hits_total{db="",${here}}[$__rate_interval])) / (sum(rate(dragonfly_keyspace_hits_total{db="",${here}}[$__rate_interval])) + sum(rate(dragonfly_keyspace_misses_total{db="",${here}}[$__rate_interval])))`,
              legend: 'hits',
            },
          ],
          max: 1,
        },
      ],
    },
    {
      title: 'Clients and safety',
      panels: [
        {
          title: 'Clients',
          description: 'Connections to the main port. A line that only climbs is a caller that leaks them.',
          unit: 'short',
          queries: [{ expr: `dragonfly_connected_clients{listener="main",${here}}`, legend: '{{pod}}' }],
        },
        {
          title: 'Expired and refused',
          description: 'Keys that expired are the normal end of a record. Refused writes are an alert.',
          unit: 'ops',
          queries: [
            { expr: `sum(rate(dragonfly_expired_keys_total{${here}}[$__rate_interval]))`, legend: 'expired' },
            {
              expr: `sum(rate(dragonfly_oom_errors_total{${here}}[$__rate_interval]))`,
              legend: 'refused, out of memory',
            },
          ],
        },
        {
          title: 'Snapshots in an hour',
          description: 'As many as the schedule says; none failed. What came after the last one is lost in a crash.',
          unit: 'short',
          queries: [
            { expr: `increase(dragonfly_backups_total{${here}}[1h])`, legend: 'tried' },
            { expr: `increase(dragonfly_failed_backups_total{${here}}[1h])`, legend: 'failed' },
          ],
        },
      ],
    },
  ],
});
