import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusters } from '../environments/index.ts';
import type { ClusterRules, ConfigMap, Deployment, PodMonitoring, Rules, RulesGroupRule } from '../imports/index.ts';
import { buildSystem } from './index.ts';
import { KubeObject } from './lib/object.ts';
import type { System } from './lib/system.ts';
import { downAlertName } from './monitoring/alerts/down.ts';

const systems = clusters().map(buildSystem);

const objects = <T>(system: System, wanted: string): T[] =>
  system.app.node
    .findAll()
    .filter((construct): construct is KubeObject => construct instanceof KubeObject)
    .filter(({ kind }) => kind === wanted)
    .map(({ manifest }) => manifest as T);

const rulesOf = (system: System): RulesGroupRule[] =>
  [...objects<Rules>(system, 'Rules'), ...objects<ClusterRules>(system, 'ClusterRules')].flatMap(({ spec }) =>
    spec.groups.flatMap(({ rules }) => rules),
  );

const alertNames = (system: System) => new Set(rulesOf(system).map(({ alert }) => alert));

describe.each(systems.map((system) => [system.cluster.folder, system] as const))('alerts of %s', (_folder, system) => {
  it('says of every workload that runs all the time when it is down', () => {
    const running = system.topology.workloads.filter(({ props }) =>
      ['Deployment', 'StatefulSet'].includes(props.controller.kind),
    );
    expect(running.map(({ name }) => downAlertName(name)).filter((name) => !alertNames(system).has(name))).toEqual([]);
  });

  it('watches the scrapes of everything that is scraped, in its own namespace', () => {
    for (const { metadata } of objects<PodMonitoring>(system, 'PodMonitoring')) {
      const own = objects<Rules>(system, 'Rules').filter((rules) => rules.metadata.namespace === metadata.namespace);
      const rules = own.flatMap(({ spec }) => spec.groups.flatMap((group) => group.rules));
      expect(rules).toContainEqual(
        expect.objectContaining({
          alert: downAlertName(metadata.name),
          expr: `absent(up{job="${metadata.name}"} == 1)`,
        }),
      );
    }
  });

  it('tells severity, meaning, a first command and a section of the runbook', () => {
    for (const { alert, labels, annotations } of rulesOf(system)) {
      expect(labels?.severity).toMatch(/^(page|ticket)$/);
      expect(annotations?.summary).toBeTruthy();
      expect(annotations?.description).toBeTruthy();
      expect(annotations?.runbook).toMatch(
        new RegExp(`^First look: kubectl .+\\nThen: docs/runbook\\.md#${alert?.toLowerCase()}$`),
      );
    }
  });

  it('names no pod in an alert about absence, which has no labels', () => {
    const absent = rulesOf(system).filter(({ expr }) => expr.startsWith('absent('));
    expect(absent.length).toBeGreaterThan(0);
    expect(JSON.stringify(absent)).not.toContain('$labels');
  });
});

describe('the runbook', () => {
  const runbook = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8');
  const sections = new Map(
    runbook
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0] ?? '', section] as const),
  );
  const rules = systems.flatMap(rulesOf);

  it('has a section for each alert and none that is left over', () => {
    const names = [...new Set(rules.map(({ alert }) => alert ?? ''))];
    expect([...sections.keys()].sort()).toEqual(names.sort());
  });

  it('begins each section with the command that the alert names', () => {
    for (const { alert, annotations } of rules) {
      const command = (annotations?.runbook ?? '')
        .replace(/^First look: /, '')
        .replace(/\nThen: .*$/, '')
        .replaceAll('{{ or $labels.exported_namespace $labels.namespace }}', 'NAMESPACE')
        .replaceAll(/\{\{ \$labels\.([a-z]+) \}\}/g, (_match, label: string) => label.toUpperCase());
      // One alert for several namespaces has one section.
      const shown = alert === 'PodNotScraped' ? command.replace(/-n [a-z-]+/, '-n NAMESPACE') : command;
      expect(sections.get(alert ?? ''), alert).toContain(`\n    ${shown}\n`);
    }
  });
});

describe('Grafana', () => {
  const [system] = systems;
  if (!system) throw new Error('no cluster');
  const config = (name: string) =>
    Object.values(
      objects<ConfigMap>(system, 'ConfigMap').find(({ metadata }) => metadata.name === name)?.data ?? {},
    ).map((text) => JSON.parse(text));
  const [datasources] = config('grafana-datasources');
  const dashboards = objects<ConfigMap>(system, 'ConfigMap')
    .filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1')
    .flatMap(({ metadata }) => config(metadata.name));

  it('asks the query frontend, and may reach nothing else', () => {
    expect(datasources.datasources[0].url).toBe('http://prometheus-frontend.monitoring.svc.cluster.local:9090');
    const callees = system.topology.flows().filter(({ from }) => 'name' in from && from.name === 'grafana');
    expect(callees.map(({ to }) => to.name)).toEqual(['prometheus-frontend', 'DNS']);
  });

  it('reads its password from a Secret, lets nobody in without one, and fetches no plugin', () => {
    const { spec } =
      objects<Deployment>(system, 'Deployment').find(({ metadata }) => metadata.name === 'grafana') ?? {};
    const env = spec?.template.spec?.containers[0]?.env ?? [];
    expect(env.find(({ name }) => name === 'GF_SECURITY_ADMIN_PASSWORD')?.valueFrom?.secretKeyRef?.name).toBe(
      'grafana',
    );
    expect(env).toContainEqual({ name: 'GF_AUTH_ANONYMOUS_ENABLED', value: 'false' });
    expect(env).toContainEqual({ name: 'GF_PLUGINS_PREINSTALL_DISABLED', value: 'true' });
  });

  it('has dashboards with uids of their own, which draw from the one datasource', () => {
    expect(dashboards.length).toBeGreaterThan(0);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { panels } of dashboards)
      for (const panel of panels)
        if (panel.type !== 'row') expect(panel.datasource.uid).toBe(datasources.datasources[0].uid);
  });

  it('says of each panel how to read it, and lays none over another', () => {
    for (const { panels } of dashboards) {
      const taken = new Set<string>();
      for (const { title, type, description, gridPos } of panels) {
        if (type !== 'row') expect(description, title).toBeTruthy();
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken, title).not.toContain(`${x},${y}`);
            taken.add(`${x},${y}`);
          }
      }
    }
  });

  it('has each dashboard in a ConfigMap that Kubernetes accepts', () => {
    for (const { data } of objects<ConfigMap>(system, 'ConfigMap'))
      expect(JSON.stringify(data).length).toBeLessThan(1024 ** 2);
  });
});
