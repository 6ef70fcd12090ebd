/**
 * What pods talk to outside this system. Each is named once, so that `npm run flows` can say who reaches what, and a
 * NetworkPolicy can be written for it.
 */
import type { NetworkPolicyPeer } from '../../imports/index.ts';

/** A port or a range of ports. */
export interface PortRange {
  readonly port: number;
  readonly endPort?: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** A party outside the system. */
export interface ExternalPeer {
  readonly name: string;
  /** How a NetworkPolicy names it. */
  readonly selectors: readonly NetworkPolicyPeer[];
}

const addresses = (name: string, ...cidrs: string[]): ExternalPeer => ({
  name,
  selectors: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
});

const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

/**
 * Cluster DNS: kube-dns, NodeLocal DNSCache (on by default from 1.34.1) at its link-local address, and Cloud DNS for GKE at
 * the metadata server's. A pod selector alone matches neither of the last two (tektoncd/operator#4000).
 */
export const dns: ExternalPeer = {
  name: 'DNS',
  selectors: [
    { namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
    { namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'node-local-dns' } } },
    { ipBlock: { cidr: '169.254.20.10/32' } },
    { ipBlock: { cidr: '169.254.169.254/32' } },
  ],
};

/**
 * The metadata server, which hands out Workload Identity tokens. Dataplane V2 sees the address and port that the pod dialled.
 * Uncertain: both pairs come from third-party sources; the second is that of clusters without Dataplane V2.
 */
export const metadataServer = addresses('metadata server', '169.254.169.254/32');
export const metadataServerWithoutDataplaneV2 = addresses('metadata server (Calico)', '169.254.169.252/32');

/**
 * Google APIs by the private.googleapis.com addresses: no route to the Internet is needed. The network's DNS zone for
 * googleapis.com must answer with them; the bootstrap makes it.
 * @see https://cloud.google.com/vpc/docs/configure-private-google-access
 */
export const googleApis = addresses('Google APIs', '199.36.153.8/30');

/** The Internet, without any private or link-local range: what an agent may reach must not include this network. */
export const internet: ExternalPeer = {
  name: 'Internet',
  selectors: [
    {
      ipBlock: {
        cidr: '0.0.0.0/0',
        except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '199.36.153.8/30'],
      },
    },
  ],
};

/** Where the global external load balancer and its health checks come from. */
export const googleFrontEnds = addresses('Google front ends', '35.191.0.0/16', '130.211.0.0/22');

/** The collectors of Managed Service for Prometheus. */
export const prometheus: ExternalPeer = {
  name: 'Managed Prometheus',
  selectors: [{ namespaceSelector: inNamespace('gmp-system') }, { namespaceSelector: inNamespace('gke-gmp-system') }],
};

/** Clients of a LoadBalancer Service that keeps their address. */
export const clientsFrom = (cidrs: readonly string[]) => addresses('clients', ...cidrs);
