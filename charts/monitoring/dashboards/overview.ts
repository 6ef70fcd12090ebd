import { namespaces } from '../../lib/namespaces.ts';
import { dashboard, here } from './dashboard.ts';

const ours = namespaces.join('|');
/** GKE's own metrics of pods: always there, at no charge. */
const system = (resource: string) => `monitored_resource="${resource}",namespace_name=~"${ours}",${here}`;

/** Up or down, and how full: where to look first. */
export const overview = dashboard({
  uid: 'orchestra-overview',
  title: 'AI Orchestra: overview',
  description: 'Is everything up, and what is nearly full. Begin here; the other dashboards go into one store each.',
  rows: [
    {
      title: 'Up',
      panels: [
        {
          as: 'up',
          title: 'Workloads',
          description:
            'Green: at least one pod of the workload answers its scrape. Red or missing: its Down alert is about to fire.',
          unit: 'none',
          queries: [{ expr: `max by (job) (up{namespace=~"${ours}",${here}})`, legend: '{{job}}' }],
        },
        {
          as: 'up',
          title: 'Stores, by their exporters',
          description: 'Red: the exporter runs and cannot log in to the server beside it.',
          unit: 'none',
          queries: [
            { expr: `min by (pod) (mongodb_up{${here}})`, legend: '{{pod}}' },
            { expr: `min by (pod) (pg_up{${here}})`, legend: '{{pod}}' },
            { expr: `min by (pod) (redis_up{${here}})`, legend: '{{pod}}' },
          ],
        },
      ],
    },
    {
      title: 'Restarts',
      panels: [
        {
          title: 'Restarts of containers',
          description:
            'A step is a container that ended and began again. One step at a rollout is none of these; many are a crash loop.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (pod_name, container_name) (increase(kubernetes_io:container_restart_count{${system('k8s_container')}}[$__rate_interval])) > 0`,
              legend: '{{pod_name}} {{container_name}}',
            },
          ],
        },
        {
          title: 'Agent steps that wait',
          description:
            "Length of Celery's queue. It should go back to nothing again and again; a line that only climbs means workers that do not keep up.",
          unit: 'short',
          queries: [{ expr: `max by (key) (redis_key_size{key="celery",${here}})`, legend: '{{key}}' }],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          title: 'Memory, of the limit',
          description: 'Memory that cannot be given back. At 100 % the container is killed.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (pod_name, container_name) (kubernetes_io:container_memory_limit_utilization{memory_type="non-evictable",${system('k8s_container')}})`,
              legend: '{{pod_name}} {{container_name}}',
            },
          ],
          limits: { amber: 0.8, red: 0.95 },
          max: 1,
        },
        {
          title: 'CPU, of what is requested',
          description: 'Above 100 % a pod lives on what others leave over; the autoscalers add pods at 70 %.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (pod_name, container_name) (kubernetes_io:container_cpu_request_utilization{${system('k8s_container')}})`,
              legend: '{{pod_name}} {{container_name}}',
            },
          ],
          limits: { amber: 1, red: 2 },
        },
        {
          title: 'Disks',
          description: 'Share in use. DiskFilling fires at 80 %, DiskFull at 95 %. A disk can grow while it is in use.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (pod_name, volume_name) (kubernetes_io:pod_volume_utilization{${system('k8s_pod')}})`,
              legend: '{{pod_name}} {{volume_name}}',
            },
          ],
          limits: { amber: 0.8, red: 0.95 },
          max: 1,
        },
      ],
    },
  ],
});
