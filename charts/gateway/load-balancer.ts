/**
 * A plain LoadBalancer Service, without HTTPS and without IAP: whoever connects from one of the ranges is let through to
 * SuperAGI's own login. For a private network or a first look. A proxy puts GUI and backend on one host.
 */
import type { Environment } from '../../environments/schema.ts';
import { Cpu, Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import type { Application } from '../lib/application.ts';
import { calls } from '../lib/calls.ts';
import { ConfigFiles } from '../lib/config-map.ts';
import { httpProbe, tcpProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { KubeObject } from '../lib/object.ts';
import { clientsFrom } from '../lib/peers.ts';
import { configFiles, scratch } from '../lib/volume.ts';
import { Workload } from '../lib/workload.ts';
import type { SuperAgi } from '../superagi/superagi.ts';
import { nginxConfiguration, proxyHealthPath } from './nginx-configuration.ts';

const name = 'superagi-proxy';
const configurationFolder = '/etc/nginx/orchestra';

export function addLoadBalancer(
  scope: Application,
  { backend, gui }: SuperAgi,
  { sourceRanges }: Extract<Environment['exposure'], { by: 'load-balancer' }>,
) {
  const [api, pages] = [backend.endpoint('http'), gui.endpoint('http')];
  new ConfigFiles(scope, { name, namespace: 'superagi', data: { 'nginx.conf': nginxConfiguration(api, pages) } });
  const proxy = new Workload(scope, {
    name,
    namespace: 'superagi',
    controller: deployment({ replicas: 2 }),
    // `nginx` of the image.
    user: 101,
    priority: 'orchestra-service',
    terminationGraceSeconds: 60,
    listens: { http: { port: 8080 } },
    calls: [calls(api, '/api'), calls(pages, 'everything else')],
    containers: {
      proxy: {
        image: image('proxy'),
        // Not the image's entrypoint, which edits files below /etc/nginx.
        command: ['nginx', '-e', 'stderr', '-c', `${configurationFolder}/nginx.conf`],
        resources: { cpu: Cpu.millis(20), memory: Size.mebibytes(64) },
        ports: ['http'],
        // Uploads are written there before they are passed on.
        mounts: { [configurationFolder]: configFiles(name), '/tmp': scratch('tmp', Size.gibibytes(1)) },
        drainSeconds: 20,
        probes: { readiness: httpProbe(proxyHealthPath, 'http'), liveness: tcpProbe('http', { failureThreshold: 6 }) },
      },
    },
  });
  new KubeObject(scope, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'superagi-public', namespace: 'superagi' },
    spec: {
      type: 'LoadBalancer',
      // Made of a backend service; without a class it may be made of a target pool, which Google advises against.
      loadBalancerClass: 'networking.gke.io/l4-regional-external',
      loadBalancerSourceRanges: sourceRanges,
      // Keeps the clients' addresses, which the NetworkPolicy checks once more. The nodes answer the health checks.
      externalTrafficPolicy: 'Local',
      // The quota forbids node ports. Uncertain: that GKE's load balancer needs none was not tried on a cluster.
      allocateLoadBalancerNodePorts: false,
      selector: proxy.selector,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  });
  scope.system.topology.admit(
    clientsFrom(sourceRanges),
    proxy.endpoint('http'),
    'people and programs of the allowed ranges',
  );
}
