import { superagiDatabase } from '../../postgresql.ts';
import { dashboard, here } from './dashboard.ts';

const database = `datname="${superagiDatabase.name}",${here}`;

/** SuperAGI's own stores; SuperAGI itself has no metrics. */
export const superagi = dashboard({
  uid: 'orchestra-superagi',
  title: 'AI Orchestra: SuperAGI (PostgreSQL and broker)',
  description: 'What can be seen of SuperAGI from outside: its database and its queue.',
  rows: [
    {
      title: 'Queue (Redis)',
      panels: [
        {
          title: 'Agent steps that wait',
          description: 'Tasks that no worker has taken. No line at all means an empty queue.',
          unit: 'short',
          queries: [{ expr: `max by (key) (redis_key_size{key="celery",${here}})`, legend: '{{key}}' }],
          limits: { amber: 20, red: 100 },
        },
        {
          title: 'Memory of the broker, of maxmemory',
          description: 'At 100 % tasks are refused: the broker never evicts.',
          unit: 'percentunit',
          queries: [{ expr: `redis_memory_used_bytes{${here}} / redis_memory_max_bytes{${here}}`, legend: '{{pod}}' }],
          limits: { amber: 0.85, red: 0.95 },
          max: 1,
        },
        {
          title: 'Clients and commands of the broker',
          description:
            'Connections of backends and workers, and commands a second. Workers poll, so an idle system is not at nothing.',
          unit: 'short',
          queries: [
            { expr: `redis_connected_clients{${here}}`, legend: 'clients' },
            { expr: `rate(redis_commands_processed_total{${here}}[$__rate_interval])`, legend: 'commands a second' },
          ],
        },
      ],
    },
    {
      title: 'PostgreSQL: traffic',
      panels: [
        {
          title: 'Transactions',
          description: 'A second. Rollbacks beside many commits are errors in SuperAGI.',
          unit: 'ops',
          queries: [
            { expr: `rate(pg_stat_database_xact_commit{${database}}[$__rate_interval])`, legend: 'committed' },
            { expr: `rate(pg_stat_database_xact_rollback{${database}}[$__rate_interval])`, legend: 'rolled back' },
          ],
        },
        {
          title: 'Reads from memory',
          description: 'Blocks found in shared buffers. Below 95 % for long: more memory would help.',
          unit: 'percentunit',
          queries: [
            {
              expr: `rate(pg_stat_database_blks_hit{${database}}[$__rate_interval]) / (rate(pg_stat_database_blks_hit{${database}}[$__rate_interval]) + rate(pg_stat_database_blks_read{${database}}[$__rate_interval]))`,
              legend: 'hits',
            },
          ],
          max: 1,
        },
        {
          title: 'Size',
          description: 'The database on disk. The tables of finished runs are what grows.',
          unit: 'bytes',
          queries: [{ expr: `pg_database_size_bytes{${database}}`, legend: '{{datname}}' }],
        },
      ],
    },
    {
      title: 'PostgreSQL: saturation',
      panels: [
        {
          title: 'Connections',
          description:
            'By state, against max_connections. SuperAGI opens up to 70 a process: think of it before adding pods.',
          unit: 'short',
          queries: [
            { expr: `sum by (state) (pg_stat_activity_count{${here}})`, legend: '{{state}}' },
            { expr: `max(pg_settings_max_connections{${here}})`, legend: 'max_connections' },
          ],
        },
        {
          title: 'Longest transaction',
          description: 'By state. One that idles for minutes holds locks and keeps vacuum from its work.',
          unit: 's',
          queries: [{ expr: `max by (state) (pg_stat_activity_max_tx_duration{${here}})`, legend: '{{state}}' }],
          limits: { amber: 300, red: 900 },
        },
        {
          title: 'Locks and deadlocks',
          description: 'Locks by mode, and deadlocks in the interval. A deadlock ends one transaction with an error.',
          unit: 'short',
          queries: [
            { expr: `sum by (mode) (pg_locks_count{${database}}) > 0`, legend: '{{mode}}' },
            { expr: `increase(pg_stat_database_deadlocks{${database}}[$__rate_interval])`, legend: 'deadlocks' },
          ],
        },
      ],
    },
  ],
});
