/**
 * The objects for kustomize: a base with what the first environment that has an object says, and an overlay for each
 * environment: the images, replicas and labels by their transformers, the rest by patches.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { yamlDocument } from '../../synth/yaml.ts';
import { copyName, environmentNames, type Json, type Manifest, type Setting, type SharedObject } from './objects.ts';
import type { Renderer } from './renderer.ts';

const partOf = 'app.kubernetes.io/part-of';

/** Writes base and overlays, with each object `copies` times. */
export function kustomize(
  program: string,
  objects: readonly SharedObject[],
  copies: number,
  folder: string,
): Renderer[] {
  const base = join(folder, 'base');
  const each = Array.from({ length: copies }, (_, index) => index + 1);
  const files = objects.flatMap((object, index) =>
    each.map((copy) => {
      mkdirSync(join(base, object.application), { recursive: true });
      const file = `${object.application}/${index}-${copy}.yaml`;
      writeFileSync(join(base, file), yamlDocument(withoutPartOf(named(baseOf(object).manifest, copy))));
      return file;
    }),
  );
  writeFileSync(join(base, 'kustomization.yaml'), yamlDocument({ resources: files }));
  const environments = environmentNames(objects);
  for (const environment of environments) {
    mkdirSync(join(folder, environment));
    const overlays = objects.flatMap((object) => each.map((copy) => overlay(object, environment, copy)));
    const images = new Map(overlays.flatMap((own) => own.images).map((image) => [image.name, image]));
    writeFileSync(
      join(folder, environment, 'kustomization.yaml'),
      yamlDocument({
        resources: ['../base'],
        labels: [{ pairs: { [partOf]: 'ai-orchestra' } }],
        images: [...images.values()],
        replicas: overlays.flatMap((own) => own.replicas),
        patches: overlays.flatMap((own) => own.patches),
      }),
    );
  }
  return [
    {
      name: 'kustomize build',
      writes: false,
      steps: () =>
        environments.map((environment) => ({ file: program, args: ['build', join(folder, environment)], cwd: folder })),
    },
  ];
}

/** The environment whose version of the object is the base. */
function baseOf({ manifests }: SharedObject): { readonly environment: string; readonly manifest: Manifest } {
  for (const [environment, manifest] of Object.entries(manifests)) return { environment, manifest };
  throw new Error('an object of no environment');
}

const named = (manifest: Manifest, copy: number): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, name: copyName(manifest.metadata.name, copy) },
});

/** The label that every object has is the overlay's to add. */
function withoutPartOf(manifest: Manifest): Manifest {
  const { [partOf]: _, ...labels } = manifest.metadata.labels as Record<string, Json>;
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}

interface Overlay {
  readonly images: readonly { readonly name: string; readonly newName: string; readonly digest: string }[];
  readonly replicas: readonly { readonly name: string; readonly count: number }[];
  readonly patches: readonly Json[];
}

/** What an environment says differently from the base. */
function overlay(object: SharedObject, environment: string, copy: number): Overlay {
  const base = baseOf(object);
  const { apiVersion, kind, metadata } = named(base.manifest, copy);
  if (!(environment in object.manifests)) {
    const patch = { apiVersion, kind, metadata: pickName(metadata), $patch: 'delete' };
    return { images: [], replicas: [], patches: [{ patch: JSON.stringify(patch) }] };
  }
  const differing = object.settings.filter(
    ({ values }) => JSON.stringify(values[environment]) !== JSON.stringify(values[base.environment]),
  );
  const isImage = ({ path }: Setting) => path.at(-1) === 'image';
  const isReplicas = ({ path }: Setting) => path.join('.') === 'spec.replicas';
  const patched = differing.filter((setting) => !isImage(setting) && !isReplicas(setting));
  const operations = patched.map(({ path, values }) => {
    const pointer = `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
    const value = values[environment];
    if (value === undefined) return { op: 'remove', path: pointer };
    const given = path.join('.') === 'metadata.name' ? copyName(String(value), copy) : value;
    return { op: values[base.environment] === undefined ? 'add' : 'replace', path: pointer, value: given };
  });
  const target = { ...groupVersion(apiVersion), kind, ...pickName(metadata) };
  return {
    images: differing.filter(isImage).map(({ values }) => {
      const [name = ''] = String(values[base.environment]).split(/[:@]/);
      const [newName = '', digest = ''] = String(values[environment]).split('@');
      return { name, newName, digest };
    }),
    replicas: differing
      .filter(isReplicas)
      .map(({ values }) => ({ name: metadata.name, count: Number(values[environment]) })),
    patches:
      operations.length > 0 ? [{ target, patch: JSON.stringify(operations), options: { allowNameChange: true } }] : [],
  };
}

const pickName = ({ name, namespace }: Manifest['metadata']) => ({ name, ...(namespace && { namespace }) });

function groupVersion(apiVersion: string) {
  const [version = '', group] = apiVersion.split('/').reverse();
  return { version, ...(group && { group }) };
}
