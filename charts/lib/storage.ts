/** The storage classes of the cluster; all retain. `xfs` is what MongoDB asks for. */
export const storageClasses = {
  'orchestra-ssd': {
    provisioner: 'pd.csi.storage.gke.io',
    parameters: { type: 'pd-ssd' },
    // The disk is made in the zone where the pod is placed.
    binding: 'WaitForFirstConsumer',
  },
  'orchestra-ssd-xfs': {
    provisioner: 'pd.csi.storage.gke.io',
    parameters: { type: 'pd-ssd', 'csi.storage.k8s.io/fstype': 'xfs' },
    binding: 'WaitForFirstConsumer',
  },
  // Many pods write at the same time. The smallest instance is 1Ti.
  'orchestra-shared': {
    provisioner: 'filestore.csi.storage.gke.io',
    parameters: { tier: 'standard', network: 'orchestra' },
    binding: 'WaitForFirstConsumer',
  },
} as const satisfies Readonly<
  Record<
    string,
    { provisioner: string; parameters: Readonly<Record<string, string>>; binding: 'WaitForFirstConsumer' | 'Immediate' }
  >
>;

export type StorageClassName = keyof typeof storageClasses;
