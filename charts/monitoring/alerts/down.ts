/** For each workload that runs all the time an alert that it is down: derived, so that a new workload cannot be forgotten. */
import { Duration } from '../../../environments/units.ts';
import type { NamespaceName } from '../../lib/namespaces.ts';
import type { System } from '../../lib/system.ts';
import { Workload } from '../../lib/workload.ts';
import { type Alert, listPods } from '../alert.ts';
import { ofWorkload } from './kube-state.ts';

/** An alert and the workload that it is about. */
export interface DownAlert extends Alert {
  readonly workload: Workload;
}

/** `mcp-mongodb` becomes `McpMongodbDown`. */
export const downAlertName = (workload: string) =>
  `${workload
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Down`;

const runsAllTheTime = ({ props }: Workload) =>
  props.controller.kind === 'Deployment' || props.controller.kind === 'StatefulSet';

export const isScraped = ({ props }: Workload) => Object.values(props.listens ?? {}).some(({ metrics }) => metrics);

/** One alert for each Deployment and StatefulSet: by its own scrapes, or by its object where nothing is scraped. */
export function downAlerts(system: System): DownAlert[] {
  return system.topology.workloads.filter(runsAllTheTime).map((workload) => ({
    workload,
    name: downAlertName(workload.name),
    expr: isScraped(workload) ? noScrapeSucceeds(workload) : noPodIsReady(workload),
    for: Duration.minutes(5),
    severity: workload.namespace === 'monitoring' ? 'ticket' : 'page',
    summary: `${workload.name}: no pod works`,
    description: whoSuffers(system, workload),
    firstLook: listPods(workload.namespace, workload.name),
  }));
}

/** One pod of several fails where the others go on: no page, and not to be overlooked. */
export const scrapeAlert = (namespace: NamespaceName): Alert => ({
  name: 'PodNotScraped',
  expr: 'up == 0',
  for: Duration.minutes(15),
  severity: 'ticket',
  summary: '{{ $labels.job }}: {{ $labels.pod }} does not answer its scrapes',
  description:
    'The pod is there, and its metrics are not: it hangs, starts for long, or its exporter is broken. Its alerts are blind meanwhile.',
  firstLook: `kubectl -n ${namespace} describe pod {{ $labels.pod }}`,
});

/** Holds when every scrape fails as well as when there is nothing left to scrape. */
const noScrapeSucceeds = ({ name }: Workload) => `absent(up{job="${name}"} == 1)`;

const noPodIsReady = (workload: Workload) =>
  workload.props.controller.kind === 'Deployment'
    ? `${ofWorkload('kube_deployment_status_replicas_available', 'deployment', workload)} == 0`
    : `${ofWorkload('kube_statefulset_status_replicas_ready', 'statefulset', workload)} == 0`;

/** What stops working: the declared calls to the workload say it. */
function whoSuffers(system: System, workload: Workload): string {
  const callers = system.topology
    .flows()
    .flatMap(({ from, to, why }) =>
      to === workload && from instanceof Workload && from !== workload && runsAllTheTime(from)
        ? [`${from.name} (${why})`]
        : [],
    );
  return callers.length === 0
    ? 'No other workload calls it; people or schedules wait for it.'
    : `Who calls it, and what for: ${[...new Set(callers)].sort().join('; ')}.`;
}
