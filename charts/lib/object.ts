import { ApiObject, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { KubernetesObject } from '../../imports/index.ts';
import type { Application } from './application.ts';
import { protection, syncOptionsAnnotation } from './protection.ts';
import { waveAnnotation, waveOf } from './waves.ts';

/** What may be said of an object beside its manifest. */
export interface KubeObjectOptions {
  /** Sync wave within its application. @default by kind, see waves.ts */
  readonly wave?: number;
  /** Construct id. @default kind and name */
  readonly id?: string;
}

/**
 * A Kubernetes object, typed by its apiVersion and kind (imports/). The name is as written: nothing is derived from the
 * construct path, so that moving a construct changes no object.
 */
export class KubeObject<T extends KubernetesObject = KubernetesObject> extends ApiObject {
  readonly manifest: T;
  private patched = false;

  constructor(scope: Construct, manifest: T, options: KubeObjectOptions = {}) {
    const { metadata } = manifest;
    super(scope, options.id ?? `${manifest.kind}-${metadata.name}`, {
      ...manifest,
      metadata: {
        ...metadata,
        annotations: { [waveAnnotation]: String(options.wave ?? waveOf(manifest.kind)), ...metadata.annotations },
      },
    } as ConstructorParameters<typeof ApiObject>[2]);
    this.manifest = manifest;
    const protectedBy = protection(manifest.kind, (this.chart as Partial<Application>).application);
    if (protectedBy) this.metadata.addAnnotation(syncOptionsAnnotation, protectedBy);
  }

  override addJsonPatch(...patches: JsonPatch[]) {
    this.patched = true;
    super.addJsonPatch(...patches);
  }

  /**
   * The manifest, with the labels and annotations that were added since. It holds plain values, so there is nothing to resolve;
   * cdk8s looks for tokens in each value, sorts it and clones it, which was a fifth of a synthesis.
   */
  override toJson(): ReturnType<ApiObject['toJson']> {
    return this.patched ? super.toJson() : { ...this.manifest, metadata: this.metadata.toJson() };
  }
}
