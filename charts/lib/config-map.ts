import type { Construct } from 'constructs';
import type { ConfigMap } from '../../imports/index.ts';
import type { Application } from './application.ts';
import type { NamespaceName } from './namespaces.ts';
import { KubeObject } from './object.ts';

/** Where a ConfigMap lives and what it holds. */
export interface ConfigFilesProps {
  readonly name: string;
  readonly namespace: NamespaceName;
  /** File name to content. */
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A ConfigMap that pods mount with `configFiles(name)`. Declare it before the workload that mounts it: the pods carry a
 * hash of its content.
 */
export class ConfigFiles extends KubeObject<ConfigMap> {
  constructor(
    scope: Application | (Construct & { application: Application }),
    { name, namespace, data, labels }: ConfigFilesProps,
  ) {
    super(scope, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, ...(labels && { labels }) },
      data,
    });
    const { system } = 'system' in scope ? scope : scope.application;
    system.addConfigMap(namespace, name, data);
  }
}
