import { object, text } from '../cloud.ts';
import type { Fields } from '../route.ts';

export interface Kind {
  /** As `compute#network` has it. */
  readonly kind: string;
  readonly places: readonly ('global' | 'regions/{region}' | 'zones/{zone}')[];
  /** Fields that must name something that is there. */
  readonly references?: readonly string[];
  /** Who changes it must have read it. */
  readonly fingerprint?: boolean;
  /** What Google puts in where nothing was sent. @param number of the new one, for its address */
  readonly defaults: (body: Fields, number: number) => Fields;
}

const none = () => ({});
const global = ['global'] as const;
const regional = ['regions/{region}'] as const;
const zonal = ['zones/{zone}'] as const;

/** First address of a range that machines do not get. */
const gateway = (range: string) => range.replace(/\d+\/\d+$/, '1');

export const kinds: Readonly<Record<string, Kind>> = {
  networks: {
    kind: 'network',
    places: global,
    defaults: (body) => ({
      autoCreateSubnetworks: true,
      mtu: 1460,
      networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
      routingConfig: { routingMode: 'REGIONAL', ...object(body.routingConfig) },
    }),
  },
  subnetworks: {
    kind: 'subnetwork',
    places: regional,
    references: ['network'],
    fingerprint: true,
    defaults: ({ ipCidrRange }) => ({
      gatewayAddress: gateway(text(ipCidrRange)),
      privateIpGoogleAccess: false,
      privateIpv6GoogleAccess: 'DISABLE_GOOGLE_ACCESS',
      purpose: 'PRIVATE',
      stackType: 'IPV4_ONLY',
    }),
  },
  routers: { kind: 'router', places: regional, references: ['network'], defaults: none },
  addresses: {
    kind: 'address',
    places: ['global', 'regions/{region}'],
    defaults: (_, number) => ({
      address: `203.0.113.${number % 256}`,
      addressType: 'EXTERNAL',
      ipVersion: 'IPV4',
      networkTier: 'PREMIUM',
      status: 'RESERVED',
    }),
  },
  sslPolicies: {
    kind: 'sslPolicy',
    places: ['global', 'regions/{region}'],
    fingerprint: true,
    defaults: () => ({ profile: 'COMPATIBLE', minTlsVersion: 'TLS_1_0' }),
  },
  firewalls: {
    kind: 'firewall',
    places: global,
    references: ['network'],
    defaults: () => ({ direction: 'INGRESS', priority: 1000, disabled: false }),
  },
  // What a cluster makes by itself, and could leave behind: a test puts them into the state by their names.
  forwardingRules: { kind: 'forwardingRule', places: ['global', 'regions/{region}'], defaults: none },
  networkEndpointGroups: { kind: 'networkEndpointGroup', places: zonal, defaults: none },
  disks: { kind: 'disk', places: zonal, defaults: () => ({ status: 'READY' }) },
};
