/** Alerts, and Grafana to look closer. Metrics are scraped by Managed Service for Prometheus, as each workload declares. */
import { Application } from './lib/application.ts';
import { namespaces } from './lib/namespaces.ts';
import { KubeObject } from './lib/object.ts';
import type { System } from './lib/system.ts';
import { type Alert, ruleGroup } from './monitoring/alert.ts';
import { broker } from './monitoring/alerts/broker.ts';
import { downAlerts, isScraped, scrapeAlert } from './monitoring/alerts/down.ts';
import { dragonfly } from './monitoring/alerts/dragonfly.ts';
import { mongodb } from './monitoring/alerts/mongodb.ts';
import { podAlerts } from './monitoring/alerts/pods.ts';
import { postgresql } from './monitoring/alerts/postgresql.ts';
import { superagi } from './monitoring/alerts/superagi.ts';
import { weaviate } from './monitoring/alerts/weaviate.ts';
import { prometheusFrontend } from './monitoring/frontend.ts';
import { grafana } from './monitoring/grafana.ts';

/** The alerts about what a store says of itself; each store is in superagi-data. */
const subjects = { dragonfly, mongodb, weaviate, postgresql, broker, superagi };

/**
 * The last of the charts but those that derive from all workloads: its alerts follow from the workloads that are declared
 * before it. Leave it out where `monitoring.enabled` is false.
 */
export class Monitoring extends Application {
  constructor(system: System) {
    super(system, 'monitoring', import.meta.filename);
    grafana(this, prometheusFrontend(this).endpoint('http'));
    for (const [name, alerts] of Object.entries(subjects))
      this.addRules('superagi-data', name, alerts(system.environment));
    this.addDownAlerts();
  }

  /** What is scraped is judged by its own namespace's Rules, the rest by what the cluster knows of it. */
  private addDownAlerts() {
    const down = downAlerts(this.system);
    for (const namespace of namespaces) {
      const scraped = down.filter(({ workload }) => workload.namespace === namespace && isScraped(workload));
      if (scraped.length > 0) this.addRules(namespace, 'down', [...scraped, scrapeAlert(namespace)]);
    }
    const unscraped = down.filter(({ workload }) => !isScraped(workload));
    new KubeObject(this, {
      apiVersion: 'monitoring.googleapis.com/v1',
      kind: 'ClusterRules',
      metadata: { name: 'orchestra' },
      spec: {
        groups: [
          ruleGroup('pods', podAlerts(this.system)),
          ...(unscraped.length > 0 ? [ruleGroup('down', unscraped)] : []),
        ],
      },
    });
  }

  /** Rules see the metrics of their own namespace alone. */
  private addRules(namespace: (typeof namespaces)[number], name: string, alerts: readonly Alert[]) {
    new KubeObject(
      this,
      {
        apiVersion: 'monitoring.googleapis.com/v1',
        kind: 'Rules',
        metadata: { name, namespace },
        spec: { groups: [ruleGroup(name, alerts)] },
      },
      { id: `${namespace}-${name}-rules` },
    );
  }
}
