import { Duration } from '../../../environments/units.ts';
import type { Alert, AlertsOf } from '../alert.ts';

/**
 * Metrics of percona/mongodb_exporter, a sidecar of each member, without its compatible mode.
 * Uncertain: `mongodb_rs_*` follow from replSetGetStatus in getDiagnosticData; no test of the exporter names them.
 */
export const mongodb: AlertsOf = ({ mongodb: { members } }) => [
  {
    name: 'MongodbUnreachable',
    expr: 'mongodb_up == 0',
    for: Duration.minutes(3),
    severity: members > 2 ? 'ticket' : 'page',
    summary: 'The exporter in {{ $labels.pod }} cannot log in to its mongod',
    description: 'mongod does not answer on this member, or refuses the password of the user exporter.',
    firstLook: 'kubectl -n superagi-data logs {{ $labels.pod }} -c mongodb --tail=50',
  },
  {
    name: 'MongodbNoPrimary',
    expr: 'absent(mongodb_rs_myState == 1)',
    for: Duration.minutes(3),
    severity: 'page',
    summary: 'The replica set has no primary',
    description:
      'Every write of mid-term memory fails, and reads that ask for the primary. The memory service answers without this tier, and says so.',
    firstLook: `kubectl -n superagi-data exec mongodb-0 -c mongodb -- mongosh --quiet --norc --eval 'db.hello()'`,
  },
  {
    name: 'MongodbConnectionsHigh',
    expr: 'sum by (pod) (mongodb_ss_connections{conn_type="current"}) / sum by (pod) (mongodb_ss_connections{conn_type=~"current|available"}) > 0.8',
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: '{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its connections',
    description: 'At 100 % new clients are refused, the exporter and the readiness probe among them.',
    firstLook: `kubectl -n superagi-data logs {{ $labels.pod }} -c mongodb --since=10m | grep -o '"remote":"[0-9.]*' | sort | uniq -c`,
  },
  {
    name: 'MongodbQueueing',
    expr: 'mongodb_ss_globalLock_currentQueue{count_type="total"} > 50',
    for: Duration.minutes(5),
    severity: 'ticket',
    summary: '{{ $value }} operations wait for a lock on {{ $labels.pod }}',
    description:
      'The member is slower than its callers: the disk is saturated, the cache too small, or a query lacks an index.',
    firstLook: 'kubectl -n superagi-data top pod -l app.kubernetes.io/name=mongodb --containers',
  },
  ...(members > 1 ? replication(members) : []),
];

/** Makes sense with more than one member alone. */
const replication = (members: number): readonly Alert[] => [
  {
    name: 'MongodbMemberMissing',
    expr: `count(mongodb_rs_myState == 1 or mongodb_rs_myState == 2) < ${members}`,
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: `Only {{ $value }} of ${members} members of the replica set are primary or secondary`,
    description: 'The set works while a majority is left; one more loss may leave it without a primary.',
    firstLook: 'kubectl -n superagi-data get pods -l app.kubernetes.io/name=mongodb -o wide',
  },
  {
    name: 'MongodbReplicationLag',
    // Each exporter sees all members; dates are milliseconds.
    expr: '(max by (pod) (mongodb_rs_members_optimeDate{member_state="PRIMARY"}) - on (pod) min by (pod) (mongodb_rs_members_optimeDate{member_state="SECONDARY"})) / 1000 > 60',
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: 'A secondary is {{ $value | humanizeDuration }} behind the primary',
    description:
      'Writes with w=majority wait for it when another member is down, and a failover to it would roll writes back.',
    firstLook: 'kubectl -n superagi-data top pod -l app.kubernetes.io/name=mongodb --containers',
  },
];
