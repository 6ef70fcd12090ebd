/**
 * What makes the cluster hard to break into, once: the flag that asks for it, the field in which GKE shows it, and the
 * benchmark's number. The cluster is created with these flags, `plan` compares these fields, and docs/bootstrap.md shows this table.
 * CIS numbers are those of the CIS GKE Benchmark 1.4, as google/gke-policy-automation has them.
 */

export interface Hardening {
  readonly setting: string;
  /** Flags of `gcloud container clusters create`. */
  readonly create: readonly string[];
  /** Flags of `clusters update`. @default the cluster would have to be made anew */
  readonly update?: readonly string[];
  /** Path in the cluster as GKE describes it. Newer versions of the API have some fields in another place. */
  readonly field: string | readonly string[];
  readonly value: string | boolean;
  /** Number of the benchmark. @default none has it */
  readonly cis?: string;
  /** Where an older gcloud has no such flag: what is then not so. @default the flag is needed */
  readonly without?: string;
}

export interface HardeningInput {
  readonly project: string;
  readonly privateNodes: boolean;
  /** Full name of the key that encrypts Secrets in etcd. */
  readonly key: string;
}

export const hardening = ({ project, privateNodes, key }: HardeningInput): readonly Hardening[] => [
  {
    setting: 'Workload Identity',
    create: [`--workload-pool=${project}.svc.id.goog`],
    update: [`--workload-pool=${project}.svc.id.goog`],
    field: 'workloadIdentityConfig.workloadPool',
    value: `${project}.svc.id.goog`,
    cis: '5.2.2',
  },
  {
    setting: 'Secrets encrypted with our key before etcd',
    create: [`--database-encryption-key=${key}`],
    update: [`--database-encryption-key=${key}`],
    field: 'databaseEncryption.keyName',
    value: key,
    cis: '5.3.1',
  },
  {
    setting: 'Release channel',
    create: ['--release-channel=regular'],
    update: ['--release-channel=regular'],
    field: 'releaseChannel.channel',
    value: 'REGULAR',
    cis: '5.5.4',
  },
  {
    setting: 'Shielded nodes',
    create: ['--enable-shielded-nodes'],
    update: ['--enable-shielded-nodes'],
    field: 'shieldedNodes.enabled',
    value: true,
    cis: '5.5.5',
  },
  {
    setting: 'Traffic between pods of a node is visible to the network',
    create: ['--enable-intra-node-visibility'],
    update: ['--enable-intra-node-visibility'],
    field: 'networkConfig.enableIntraNodeVisibility',
    value: true,
    cis: '5.6.1',
  },
  {
    setting: 'VPC-native addresses',
    create: ['--enable-ip-alias'],
    field: 'ipAllocationPolicy.useIpAliases',
    value: true,
    cis: '5.6.2',
  },
  ...(privateNodes
    ? [
        {
          setting: 'Private nodes',
          create: ['--enable-private-nodes'],
          field: ['privateClusterConfig.enablePrivateNodes', 'networkConfig.defaultEnablePrivateNodes'],
          value: true,
          cis: '5.6.5',
        },
      ]
    : []),
  {
    setting: 'API server by DNS name, behind IAM',
    create: ['--enable-dns-access'],
    update: ['--enable-dns-access'],
    field: 'controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic',
    value: true,
    cis: '5.6.3, 5.6.4',
  },
  {
    setting: 'No API server by IP address',
    create: ['--no-enable-ip-access'],
    update: ['--no-enable-ip-access'],
    field: 'controlPlaneEndpointsConfig.ipEndpointsConfig.enabled',
    value: false,
    cis: '5.6.3, 5.6.4',
  },
  {
    setting: 'Network policy, by Dataplane V2',
    create: ['--enable-dataplane-v2'],
    field: 'networkConfig.datapathProvider',
    value: 'ADVANCED_DATAPATH',
    cis: '5.6.7',
  },
  {
    setting: 'No basic authentication by client certificate',
    create: ['--no-issue-client-certificate'],
    field: 'masterAuth.clientCertificateConfig.issueClientCertificate',
    value: false,
    cis: '5.8.2',
  },
  {
    setting: 'No attribute-based access',
    create: ['--no-enable-legacy-authorization'],
    update: ['--no-enable-legacy-authorization'],
    field: 'legacyAbac.enabled',
    value: false,
    cis: '5.8.4',
  },
  {
    setting: 'Only images that were allowed',
    create: ['--binauthz-evaluation-mode=PROJECT_SINGLETON_POLICY_ENFORCE'],
    update: ['--binauthz-evaluation-mode=PROJECT_SINGLETON_POLICY_ENFORCE'],
    field: 'binaryAuthorization.evaluationMode',
    value: 'PROJECT_SINGLETON_POLICY_ENFORCE',
    cis: '5.10.5',
  },
  {
    setting: 'Security posture',
    create: ['--security-posture=standard'],
    update: ['--security-posture=standard'],
    field: 'securityPostureConfig.mode',
    value: 'BASIC',
  },
  {
    setting: 'Scanning of what runs for known weaknesses',
    create: ['--workload-vulnerability-scanning=standard'],
    update: ['--workload-vulnerability-scanning=standard'],
    field: 'securityPostureConfig.vulnerabilityMode',
    value: 'VULNERABILITY_BASIC',
  },
  {
    setting: 'Anonymous requests reach health checks alone',
    create: ['--anonymous-authentication-config=LIMITED'],
    update: ['--anonymous-authentication-config=LIMITED'],
    field: 'anonymousAuthenticationConfig.mode',
    value: 'LIMITED',
    without: 'anonymous requests are refused by RBAC alone',
  },
  {
    setting: 'No rights for everyone who is authenticated',
    create: ['--no-enable-insecure-binding-system-authenticated'],
    update: ['--no-enable-insecure-binding-system-authenticated'],
    field: 'rbacBindingConfig.enableInsecureBindingSystemAuthenticated',
    value: false,
    without: 'a binding to system:authenticated is not refused',
  },
  {
    setting: 'No rights for everyone who is not',
    create: ['--no-enable-insecure-binding-system-unauthenticated'],
    update: ['--no-enable-insecure-binding-system-unauthenticated'],
    field: 'rbacBindingConfig.enableInsecureBindingSystemUnauthenticated',
    value: false,
    without: 'a binding to system:unauthenticated is not refused',
  },
];

/** The same of a node pool: flags of `node-pools create`, path in the pool. */
export const nodeHardening = (serviceAccount: string): readonly Hardening[] => [
  {
    setting: 'Nodes with an identity of their own',
    create: [`--service-account=${serviceAccount}`],
    field: 'config.serviceAccount',
    value: serviceAccount,
    cis: '5.2.1',
  },
  {
    setting: 'Container-Optimized OS',
    create: ['--image-type=COS_CONTAINERD'],
    field: 'config.imageType',
    value: 'COS_CONTAINERD',
    cis: '5.5.1',
  },
  {
    setting: 'Nodes are repaired',
    create: ['--enable-autorepair'],
    update: ['--enable-autorepair'],
    field: 'management.autoRepair',
    value: true,
    cis: '5.5.2',
  },
  {
    setting: 'Nodes are upgraded',
    create: ['--enable-autoupgrade'],
    update: ['--enable-autoupgrade'],
    field: 'management.autoUpgrade',
    value: true,
    cis: '5.5.3',
  },
  {
    setting: 'Integrity of a node is watched',
    create: ['--shielded-integrity-monitoring'],
    field: 'config.shieldedInstanceConfig.enableIntegrityMonitoring',
    value: true,
    cis: '5.5.6',
  },
  {
    setting: 'Secure boot',
    create: ['--shielded-secure-boot'],
    field: 'config.shieldedInstanceConfig.enableSecureBoot',
    value: true,
    cis: '5.5.7',
  },
  {
    setting: "Pods do not see the node's metadata",
    create: ['--workload-metadata=GKE_METADATA'],
    update: ['--workload-metadata=GKE_METADATA'],
    field: 'config.workloadMetadataConfig.mode',
    value: 'GKE_METADATA',
    cis: '5.2.2',
  },
  {
    setting: 'No read-only port of the kubelet',
    create: ['--no-enable-insecure-kubelet-readonly-port'],
    update: ['--no-enable-insecure-kubelet-readonly-port'],
    field: 'config.kubeletConfig.insecureKubeletReadonlyPortEnabled',
    value: false,
    without: 'the port is as GKE has it by default, which is off from 1.32 on',
  },
];
