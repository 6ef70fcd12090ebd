/** The namespaces of the design, decision 7. `argocd` is made by the bootstrap, which must put Argo CD somewhere. */
export const namespaces = ['superagi', 'superagi-data', 'monitoring'] as const;

export type NamespaceName = (typeof namespaces)[number];

/** Where Argo CD runs. It gets no quota and no NetworkPolicy from here: a mistake in one would cut off what has to mend it. */
export const argoCdNamespace = 'argocd';
