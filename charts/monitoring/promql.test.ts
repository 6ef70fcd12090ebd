import { parser } from '@prometheus-io/lezer-promql';
import { expect, it } from 'vitest';
import { clusters } from '../../environments/index.ts';
import type { ClusterRules, Rules } from '../../imports/index.ts';
import { buildSystem } from '../index.ts';
import { KubeObject } from '../lib/object.ts';
import { dashboards } from './grafana.ts';

/** The metrics that exist, by who reports them; read in the sources of the versions in images.ts. */
const metrics: Readonly<Record<string, readonly string[]>> = {
  'Prometheus itself': ['up'],
  // src/server/metrics.cc
  dragonfly: [
    'dragonfly_backups_total',
    'dragonfly_commands_duration_seconds',
    'dragonfly_commands_processed_total',
    'dragonfly_commands_total',
    'dragonfly_connected_clients',
    'dragonfly_db_keys',
    'dragonfly_db_keys_expiring',
    'dragonfly_expired_keys_total',
    'dragonfly_failed_backups_total',
    'dragonfly_keyspace_hits_total',
    'dragonfly_keyspace_misses_total',
    'dragonfly_memory_max_bytes',
    'dragonfly_memory_used_bytes',
    'dragonfly_oom_errors_total',
    'dragonfly_uptime_in_seconds',
    'dragonfly_used_memory_rss_bytes',
  ],
  // Made from the answers of serverStatus, replSetGetStatus and dbStats by exporter/metrics.go.
  mongodb_exporter: [
    'mongodb_dbstats_indexSize',
    'mongodb_dbstats_storageSize',
    'mongodb_rs_members_optimeDate',
    'mongodb_rs_myState',
    'mongodb_ss_connections',
    'mongodb_ss_globalLock_currentQueue',
    'mongodb_ss_metrics_document',
    'mongodb_ss_metrics_queryExecutor_scannedObjects',
    'mongodb_ss_opLatencies_latency',
    'mongodb_ss_opLatencies_ops',
    'mongodb_ss_opcounters',
    'mongodb_ss_wt_cache_bytes_currently_in_the_cache',
    'mongodb_ss_wt_cache_maximum_bytes_configured',
    'mongodb_up',
  ],
  // usecases/monitoring/prometheus.go and adapters/repos/db/lsmkv/memtable_metrics.go; most have no prefix.
  weaviate: [
    'go_memstats_heap_inuse_bytes',
    'mmap_proc_maps',
    'object_count',
    'queries_durations_ms_bucket',
    'vector_index_size',
    'vector_index_tombstones',
    'weaviate_grpc_server_request_duration_seconds_count',
    'weaviate_http_request_duration_seconds_count',
    'weaviate_lsm_memtable_flush_failures_total',
    'weaviate_vector_index_memory_allocation_rejected_total',
  ],
  // collector/
  postgres_exporter: [
    'pg_database_size_bytes',
    'pg_locks_count',
    'pg_settings_max_connections',
    'pg_stat_activity_count',
    'pg_stat_activity_max_tx_duration',
    'pg_stat_database_blks_hit',
    'pg_stat_database_blks_read',
    'pg_stat_database_deadlocks',
    'pg_stat_database_xact_commit',
    'pg_stat_database_xact_rollback',
    'pg_up',
  ],
  // exporter/exporter.go
  redis_exporter: [
    'redis_aof_last_bgrewrite_status',
    'redis_aof_last_write_status',
    'redis_commands_processed_total',
    'redis_connected_clients',
    'redis_errors_total',
    'redis_key_size',
    'redis_memory_max_bytes',
    'redis_memory_used_bytes',
    'redis_up',
  ],
  // https://cloud.google.com/kubernetes-engine/docs/how-to/kube-state-metrics and .../cadvisor-kubelet-metrics
  'kube-state-metrics and kubelet': [
    'kube_deployment_status_replicas_available',
    'kube_pod_container_status_waiting_reason',
    'kube_pod_status_phase',
    'kube_pod_status_unschedulable',
    'kube_statefulset_status_replicas_ready',
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
  ],
  // https://cloud.google.com/monitoring/api/metrics_kubernetes
  GKE: [
    'kubernetes_io:container_cpu_request_utilization',
    'kubernetes_io:container_memory_limit_utilization',
    'kubernetes_io:container_restart_count',
    'kubernetes_io:pod_volume_utilization',
  ],
};

interface Named {
  readonly where: string;
  readonly expr: string;
}

const alerts = clusters().flatMap((cluster) =>
  buildSystem(cluster)
    .app.node.findAll()
    .filter((construct): construct is KubeObject<Rules | ClusterRules> => construct instanceof KubeObject)
    .filter(({ kind }) => kind === 'Rules' || kind === 'ClusterRules')
    .flatMap(({ manifest }) => manifest.spec.groups.flatMap(({ rules }) => rules))
    .map(({ alert, expr }): Named => ({ where: `${cluster.folder} ${alert}`, expr })),
);

const panels = Object.values(dashboards).flatMap(({ title, panels: own }) =>
  (own as { title: string; targets?: { expr: string }[] }[]).flatMap((panel): Named[] =>
    (panel.targets ?? []).map(({ expr }) => ({
      where: `${title}: ${panel.title}`,
      expr: expr.replaceAll('$__rate_interval', '2m'),
    })),
  ),
);

/** The metrics that an expression asks for, and where it is no PromQL. */
function parse(expr: string): { readonly metrics: readonly string[]; readonly errors: readonly string[] } {
  const found: string[] = [];
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter({ type, from, to }) {
      if (type.isError) errors.push(`at ${from}: ${expr.slice(Math.max(0, from - 20), to + 20)}`);
      // The name of a metric is the first thing in its selector.
      if (type.name === 'VectorSelector')
        found.push(expr.slice(from, to).match(/^[a-zA-Z_:][a-zA-Z0-9_:]*/)?.[0] ?? '');
    },
  });
  return { metrics: found, errors };
}

it('finds expressions to check', () => {
  expect(alerts.length).toBeGreaterThan(0);
  expect(panels.length).toBeGreaterThan(0);
});

it('sees an error in what is no PromQL', () => {
  expect(parse('sum(rate(up[5m])').errors).not.toEqual([]);
});

it('writes PromQL', () => {
  const wrong = [...alerts, ...panels].flatMap(({ where, expr }) =>
    parse(expr).errors.map((error) => `${where}: ${error}`),
  );
  expect(wrong).toEqual([]);
});

it('asks for no metric that nothing reports', () => {
  const known = new Set(Object.values(metrics).flat());
  const unknown = [...alerts, ...panels].flatMap(({ where, expr }) =>
    parse(expr)
      .metrics.filter((metric) => !known.has(metric))
      .map((metric) => `${where}: ${metric}`),
  );
  expect(unknown).toEqual([]);
});
