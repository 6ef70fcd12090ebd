import { Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import type { Application } from '../lib/application.ts';
import { calls } from '../lib/calls.ts';
import { ConfigFiles } from '../lib/config-map.ts';
import { httpProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import type { Endpoint } from '../lib/endpoint.ts';
import { configFiles, type Mount, scratch } from '../lib/volume.ts';
import { Workload } from '../lib/workload.ts';
import { secrets } from '../secrets.ts';
import { type Dashboard, datasourceUid } from './dashboards/dashboard.ts';
import { dragonfly } from './dashboards/dragonfly.ts';
import { mongodb } from './dashboards/mongodb.ts';
import { overview } from './dashboards/overview.ts';
import { superagi } from './dashboards/superagi.ts';
import { weaviate } from './dashboards/weaviate.ts';

/** By the name of their file. */
export const dashboards: Readonly<Record<string, Dashboard>> = { overview, dragonfly, mongodb, weaviate, superagi };

const dashboardFolder = '/etc/grafana/dashboards';

/** JSON is YAML, which Grafana's provisioning reads. */
const file = (content: object) => `${JSON.stringify(content, null, 2)}\n`;

/**
 * Grafana, for people of this project: `kubectl -n monitoring port-forward svc/grafana 3000`, then log in as admin. Nothing
 * in it is kept: what it shows comes from these files, and a dashboard changes by a commit.
 */
export function grafana(scope: Application, prometheus: Endpoint): Workload {
  const { interval, grafana: settings } = scope.system.environment.monitoring;
  new ConfigFiles(scope, {
    name: 'grafana-datasources',
    namespace: 'monitoring',
    data: { 'datasources.yaml': file(datasources(`http://${prometheus.address}`, `${interval.toSeconds()}s`)) },
  });
  new ConfigFiles(scope, {
    name: 'grafana-providers',
    namespace: 'monitoring',
    data: { 'dashboards.yaml': file(providers) },
  });
  for (const [name, content] of Object.entries(dashboards))
    new ConfigFiles(scope, {
      name: `grafana-dashboards-${name}`,
      namespace: 'monitoring',
      labels: { grafana_dashboard: '1' },
      data: { [`${name}.json`]: file(content) },
    });
  return new Workload(scope, {
    name: 'grafana',
    namespace: 'monitoring',
    controller: deployment({ replicas: 1 }),
    user: 472,
    priority: 'orchestra-service',
    listens: { http: { port: 3000 } },
    calls: [calls(prometheus, 'queries of metrics')],
    containers: {
      grafana: {
        image: image('grafana'),
        env: { ...variables, GF_SECURITY_ADMIN_PASSWORD: secrets.grafana.key('password') },
        resources: settings.resources,
        ports: ['http'],
        mounts: {
          '/var/lib/grafana': scratch('data', Size.mebibytes(512)),
          // Where it talks to the processes of its plugins.
          '/tmp': scratch('tmp', Size.mebibytes(64)),
          '/etc/grafana/provisioning/datasources': configFiles('grafana-datasources'),
          '/etc/grafana/provisioning/dashboards': configFiles('grafana-providers'),
          ...Object.fromEntries(
            Object.keys(dashboards).map((name): [string, Mount] => [
              `${dashboardFolder}/${name}`,
              configFiles(`grafana-dashboards-${name}`),
            ]),
          ),
        },
        probes: {
          // Its database is made anew at each start.
          startup: httpProbe('/api/health', 'http', { failureThreshold: 30 }),
          readiness: httpProbe('/api/health', 'http'),
          liveness: httpProbe('/api/health', 'http', { failureThreshold: 6 }),
        },
      },
    },
  });
}

const datasources = (url: string, timeInterval: string) => ({
  apiVersion: 1,
  datasources: [
    {
      name: 'Managed Prometheus',
      uid: datasourceUid,
      type: 'prometheus',
      access: 'proxy',
      url,
      isDefault: true,
      editable: false,
      // Rules are evaluated in the cluster, and the frontend cannot reach their evaluator: no alerts tab.
      jsonData: { httpMethod: 'GET', prometheusType: 'Prometheus', timeInterval, manageAlerts: false },
    },
  ],
});

const providers = {
  apiVersion: 1,
  providers: [
    {
      name: 'orchestra',
      type: 'file',
      folder: 'AI Orchestra',
      allowUiUpdates: false,
      disableDeletion: true,
      options: { path: dashboardFolder, foldersFromFilesStructure: false },
    },
  ],
};

/**
 * Bundled plugins that nothing here uses; each would be a process with memory of its own.
 * @see https://github.com/grafana/grafana/blob/main/pkg/setting/setting_plugins.go
 */
const unusedPlugins = [
  'cloudwatch',
  'elasticsearch',
  'grafana-postgresql-datasource',
  'grafana-pyroscope-datasource',
  'influxdb',
  'jaeger',
  'loki',
  'mssql',
  'mysql',
  'opentsdb',
  'stackdriver',
  'tempo',
  'zipkin',
];

const variables = {
  GF_PATHS_DATA: '/var/lib/grafana',
  GF_PATHS_PLUGINS: '/var/lib/grafana/plugins',
  GF_LOG_MODE: 'console',
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
  // It may reach nothing but the query frontend.
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
  // From 13.2 on Prometheus is a bundled plugin. Updating it at start ends its process and then fails on the read-only root:
  // the datasource is gone (grafana#132528).
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_PLUGINS_PREINSTALL_AUTO_UPDATE: 'false',
  GF_PLUGINS_DISABLE_PLUGINS: unusedPlugins.join(','),
  // Managed Service for Prometheus evaluates the rules.
  GF_UNIFIED_ALERTING_ENABLED: 'false',
  GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${dashboardFolder}/overview/overview.json`,
};
