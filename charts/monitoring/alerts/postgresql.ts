import { Duration } from '../../../environments/units.ts';
import { superagiDatabase } from '../../postgresql.ts';
import type { AlertsOf } from '../alert.ts';

/** psql in the pod. The password is the container's own variable: it appears neither in the command nor in a process list. */
const psql = (statement: string) =>
  `kubectl -n superagi-data exec superagi-postgresql-0 -c postgresql -- sh -c 'PGPASSWORD=$POSTGRES_PASSWORD exec psql -h 127.0.0.1 -U $POSTGRES_USER $POSTGRES_DB -c "${statement}"'`;

/** Metrics of postgres_exporter v0.20, a sidecar, with its default collectors. */
export const postgresql: AlertsOf = () => [
  {
    name: 'PostgresqlUnreachable',
    expr: 'pg_up == 0',
    for: Duration.minutes(3),
    severity: 'page',
    summary: 'The exporter cannot log in to PostgreSQL',
    description: 'SuperAGI keeps agents, runs and keys here: nobody can work with it while this lasts.',
    firstLook: 'kubectl -n superagi-data logs superagi-postgresql-0 -c postgresql --tail=50',
  },
  {
    name: 'PostgresqlConnectionsHigh',
    expr: 'sum(pg_stat_activity_count) / max(pg_settings_max_connections) > 0.85',
    for: Duration.minutes(5),
    severity: 'page',
    summary: 'PostgreSQL has {{ $value | humanizePercentage }} of max_connections in use',
    description:
      'SuperAGI opens up to 70 connections a process. At 100 % its requests and Celery tasks fail at random.',
    firstLook: psql('select client_addr, state, count(*) from pg_stat_activity group by 1, 2 order by 3 desc'),
  },
  {
    name: 'PostgresqlIdleTransaction',
    expr: 'max by (datname, usename) (pg_stat_activity_max_tx_duration{state=~"idle in transaction.*"}) > 900',
    for: Duration.minutes(5),
    severity: 'ticket',
    summary: 'A transaction of {{ $labels.usename }} has been idle for {{ $value | humanizeDuration }}',
    description: 'It holds its locks, and vacuum cannot remove dead rows: tables grow and slow down.',
    firstLook: psql(
      'select pid, client_addr, xact_start, left(query, 80) from pg_stat_activity where xact_start is not null order by xact_start',
    ),
  },
  {
    name: 'PostgresqlDeadlocks',
    expr: `increase(pg_stat_database_deadlocks{datname="${superagiDatabase.name}"}[1h]) > 5`,
    for: Duration.minutes(1),
    severity: 'ticket',
    summary: '{{ $value | humanize }} deadlocks in {{ $labels.datname }} within an hour',
    description: 'PostgreSQL ends one transaction of each: an agent step or a request failed for it.',
    firstLook: 'kubectl -n superagi-data logs superagi-postgresql-0 -c postgresql --since=1h | grep -A 5 deadlock',
  },
];
