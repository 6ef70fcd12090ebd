/** A cluster's charts become files in memory: which path, which text, and where each came from. */
import { isAbsolute, relative } from 'node:path';
import type { ApiObject } from 'cdk8s';
import type { Application } from '../charts/lib/application.ts';
import type { System } from '../charts/lib/system.ts';
import { InvalidInput } from '../environments/problem.ts';
import { yamlDocument } from './yaml.ts';

/** A Kubernetes object as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** One file of dist/. */
export interface RenderedFile {
  /** Path below dist/: `<cluster>/<application>/<Kind>-<name>.yaml`. */
  readonly path: string;
  readonly text: string;
  readonly manifest: Manifest;
  /** Path of the construct that made it. */
  readonly construct: string;
  /** File that declares its chart, relative to the repository. */
  readonly source: string;
}

/**
 * Renders every object of a system, asking each once. cdk8s' own writer resolves the whole App again for each chart.
 * @param root folder of the repository, for the source map
 * @throws InvalidInput where two objects would be one file; it names both constructs
 */
export function render(system: System, root: string): RenderedFile[] {
  return system.applications.flatMap((chart) => renderApplication(chart, root));
}

function renderApplication(chart: Application, root: string): RenderedFile[] {
  const { objects } = chart;
  const namesakes = Map.groupBy(objects, fileName);
  const source = isAbsolute(chart.source) ? relative(root, chart.source) : chart.source;
  const makers = new Map<string, string>();
  return objects.map((object) => {
    const plain = fileName(object);
    const namespace = object.metadata.namespace;
    const collides = (namesakes.get(plain) ?? []).some(
      (other) => other !== object && other.metadata.namespace !== namespace,
    );
    const name = collides && namespace ? `${object.kind}-${namespace}-${object.name}.yaml` : plain;
    const path = `${chart.system.cluster.folder}/${chart.application}/${name}`;
    const construct = object.node.path;
    // Compared without case: a checkout on macOS or Windows would keep only one of the two.
    const twin = makers.get(path.toLowerCase());
    if (twin)
      throw new InvalidInput(`the charts of ${chart.system.cluster.folder}`, [
        {
          path: `dist/${path}`,
          given: `two objects on one path: ${twin} and ${construct}`,
          allowed: 'one object a file',
          fix: 'give one of them another name or namespace',
        },
      ]);
    makers.set(path.toLowerCase(), construct);
    const manifest = object.toJson() as Manifest;
    return { path, text: yamlDocument(manifest), manifest, construct, source };
  });
}

/** `StatefulSet-dragonfly.yaml`; a colon, which RBAC names may have, is no good in a file name. */
const fileName = (object: ApiObject) => `${object.kind}-${object.name.replaceAll(':', '-')}.yaml`;
