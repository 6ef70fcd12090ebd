import { dashboard, here } from './dashboard.ts';

/** Mid-term memory: MongoDB. */
export const mongodb = dashboard({
  uid: 'orchestra-mongodb',
  title: 'AI Orchestra: MongoDB (mid-term memory)',
  description: 'The replica set rs0; each member has its exporter, so a series is named after its pod.',
  rows: [
    {
      title: 'Replica set',
      panels: [
        {
          as: 'stat',
          title: 'State',
          description:
            '1 is primary, 2 secondary; 3 recovers, 5 starts, 8 is down, 9 rolls back. There is exactly one 1.',
          unit: 'none',
          queries: [{ expr: `max by (pod) (mongodb_rs_myState{${here}})`, legend: '{{pod}}' }],
        },
        {
          title: 'Behind the primary',
          description:
            'Seconds that each secondary is behind, as its own exporter sees it. Seconds are normal under load, a minute is an alert.',
          unit: 's',
          queries: [
            {
              expr: `(max by (pod) (mongodb_rs_members_optimeDate{member_state="PRIMARY",${here}}) - on (pod) min by (pod) (mongodb_rs_members_optimeDate{member_state="SECONDARY",${here}})) / 1000`,
              legend: '{{pod}}',
            },
          ],
          limits: { amber: 10, red: 60 },
        },
        {
          title: 'Size of the databases',
          description:
            'Data on disk with its indices. TTL deletes free space inside the files, which stay as large as they were.',
          unit: 'bytes',
          queries: [
            {
              expr: `max by (database) (mongodb_dbstats_storageSize{${here}} + mongodb_dbstats_indexSize{${here}})`,
              legend: '{{database}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Traffic',
      panels: [
        {
          title: 'Operations',
          description:
            'A second, by kind, over all members. Deletes that come every minute are the TTL monitor at work.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (legacy_op_type) (rate(mongodb_ss_opcounters{${here}}[$__rate_interval]))`,
              legend: '{{legacy_op_type}}',
            },
          ],
        },
        {
          title: 'Time of an operation',
          description: 'Average over the interval.',
          unit: 'µs',
          queries: [
            {
              expr: `sum by (op_type) (rate(mongodb_ss_opLatencies_latency{${here}}[$__rate_interval])) / sum by (op_type) (rate(mongodb_ss_opLatencies_ops{${here}}[$__rate_interval]))`,
              legend: '{{op_type}}',
            },
          ],
        },
        {
          title: 'Documents read for each returned',
          description: 'Near 1: queries use indices. Hundreds: some query reads a whole collection.',
          unit: 'short',
          queries: [
            {
              expr: `sum(rate(mongodb_ss_metrics_queryExecutor_scannedObjects{${here}}[$__rate_interval])) / sum(rate(mongodb_ss_metrics_document{doc_op_type="returned",${here}}[$__rate_interval]))`,
              legend: 'read for each returned',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          title: 'Connections',
          description: 'Open connections. At current + available new ones are refused.',
          unit: 'short',
          queries: [{ expr: `sum by (pod) (mongodb_ss_connections{conn_type="current",${here}})`, legend: '{{pod}}' }],
        },
        {
          title: 'Operations that wait for a lock',
          description: 'Nothing most of the time. A plateau is a disk or a query that is too slow.',
          unit: 'short',
          queries: [
            {
              expr: `max by (pod) (mongodb_ss_globalLock_currentQueue{count_type="total",${here}})`,
              legend: '{{pod}}',
            },
          ],
        },
        {
          title: "WiredTiger's cache",
          description:
            'In use, of what is configured. 80 % is normal; near 100 % operations wait while pages are evicted.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (pod) (mongodb_ss_wt_cache_bytes_currently_in_the_cache{${here}} / mongodb_ss_wt_cache_maximum_bytes_configured{${here}})`,
              legend: '{{pod}}',
            },
          ],
          limits: { amber: 0.9, red: 0.97 },
          max: 1,
        },
      ],
    },
  ],
});
