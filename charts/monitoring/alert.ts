/** An alert as this project writes it, and as Managed Service for Prometheus reads it. */
import type { Environment } from '../../environments/schema.ts';
import type { Duration } from '../../environments/units.ts';
import type { RulesGroup } from '../../imports/index.ts';

/** Who reacts: `page` wakes somebody, as users or data are hurt now; `ticket` waits for the working day. */
export type Severity = 'page' | 'ticket';

/** Something that a person must know of, with what it means and where to begin. */
export interface Alert {
  /** Name of the alert; its lower case is the anchor in docs/runbook.md. */
  readonly name: string;
  /** PromQL that yields something while the alert holds. */
  readonly expr: string;
  /** Time that the expression must hold before anybody is told. */
  readonly for: Duration;
  readonly severity: Severity;
  /** One line: what is wrong. It may name labels of the result as `{{ $labels.pod }}`. */
  readonly summary: string;
  /** What it means for users and data. */
  readonly description: string;
  /** The first command to type at three in the morning; it reads, and changes nothing. */
  readonly firstLook: string;
}

/** The alerts of one subject; some depend on how large the environment is. */
export type AlertsOf = (environment: Environment) => readonly Alert[];

/** The section of the runbook that an alert points at, as a path in this repository. */
export const runbookSection = ({ name }: Pick<Alert, 'name'>) => `docs/runbook.md#${name.toLowerCase()}`;

/**
 * The alerts as a group of rules, evaluated every minute.
 * @see https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md
 */
export function ruleGroup(name: string, alerts: readonly Alert[]): RulesGroup {
  return {
    name,
    interval: '1m',
    rules: alerts.map((alert) => ({
      alert: alert.name,
      expr: alert.expr,
      for: `${alert.for.toSeconds()}s`,
      labels: { severity: alert.severity },
      annotations: {
        summary: alert.summary,
        description: alert.description,
        runbook: `First look: ${alert.firstLook}\nThen: ${runbookSection(alert)}`,
      },
    })),
  };
}

/** Lists the pods of a workload: nearly every first look. */
export const listPods = (namespace: string, workload: string) =>
  `kubectl -n ${namespace} get pods -l app.kubernetes.io/name=${workload} -o wide`;
