/**
 * The objects as a Helm chart: one template for each object, one values file for each environment, one release for each.
 * The templates take from values what differs between environments, and what charts usually take: namespaces, images,
 * replicas; names and labels come from `_helpers.tpl`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { yamlDocument } from '../../synth/yaml.ts';
import {
  copyName,
  environmentNames,
  isMap,
  type Json,
  nameLabel,
  placeholder,
  placeholders,
  type Setting,
  type SharedObject,
} from './objects.ts';
import type { Renderer } from './renderer.ts';

const helpers = `{{- define "orchestra.fullname" -}}
{{- with .root.Values.namePrefix }}{{ . }}-{{ end }}{{ .name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "orchestra.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: {{ .root.Values.partOf }}
{{- end }}
`;

/** Writes the chart and its values, with each object `copies` times. */
export function helm(program: string, objects: readonly SharedObject[], copies: number, folder: string): Renderer[] {
  const chart = join(folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: orchestra\nversion: 1.0.0\n');
  writeFileSync(join(chart, 'templates/_helpers.tpl'), helpers);
  const environments = environmentNames(objects);
  for (const environment of environments)
    writeFileSync(join(folder, `${environment}.yaml`), yamlDocument(values(objects, environment)));
  for (const [index, object] of objects.entries()) {
    const directory = join(chart, 'templates', object.application);
    mkdirSync(directory, { recursive: true });
    for (let copy = 1; copy <= copies; copy++)
      writeFileSync(join(directory, `${index}-${copy}.yaml`), template(object, index, copy, environments));
  }
  // Without folders of a user's own, no plugin and no repository is looked for.
  const home = join(folder, 'home');
  const env = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  const steps = (extra: (environment: string) => readonly string[]) =>
    environments.map((environment) => ({
      file: program,
      args: ['template', environment, chart, '--values', join(folder, `${environment}.yaml`), ...extra(environment)],
      cwd: folder,
      env,
    }));
  return [
    { name: 'helm template', writes: false, steps: () => steps(() => []) },
    {
      name: 'helm template --output-dir',
      writes: true,
      steps: (out) => steps((environment) => ['--output-dir', join(out, environment)]),
    },
  ];
}

/** The values of an environment, by application. */
function values(objects: readonly SharedObject[], environment: string): object {
  const byApplication = new Map<string, Record<string, Json>>();
  for (const [index, { application, manifests, settings }] of objects.entries()) {
    const own = byApplication.get(application) ?? {};
    byApplication.set(application, own);
    for (const { name, values: given } of settings)
      if (given[environment] !== undefined) own[name] = given[environment];
    if (!everywhere(manifests, environmentNames(objects))) own[`object${index}`] = environment in manifests;
  }
  return { namePrefix: '', partOf: 'ai-orchestra', ...Object.fromEntries(byApplication) };
}

const everywhere = (manifests: SharedObject['manifests'], environments: readonly string[]) =>
  environments.every((environment) => environment in manifests);

function template(object: SharedObject, index: number, copy: number, environments: readonly string[]): string {
  const { manifests, settings } = object;
  const { metadata } = object.template;
  const own = new Map(settings.map((setting) => [placeholder(setting.name), setting]));
  const value = ({ name }: { readonly name: string }) =>
    `(index .Values ${JSON.stringify(object.application)}).${name}`;
  const named = own.get(metadata.name);
  const name = named ? `(printf "%s${copyName('', copy)}" ${value(named)})` : `"${copyName(metadata.name, copy)}"`;
  const label = isMap(metadata.labels) && Object.keys(metadata.labels).length === 2 && metadata.labels[nameLabel];
  const text = yamlDocument({
    ...object.template,
    metadata: { ...metadata, name: '__name__', ...(label && { labels: '__labels__' }) },
  });
  const lines = text.split('\n').map((line) => {
    if (line === '  name: __name__') return `  name: {{ include "orchestra.fullname" (dict "name" ${name} "root" .) }}`;
    if (line === '  labels: __labels__')
      return `  labels: {{- include "orchestra.labels" (dict "name" "${label}" "root" .) | nindent 4 }}`;
    const setting = own.get(placeholders.exec(line)?.[0] ?? '');
    // What looks like an action in the object's own text (alerts, dashboards) is printed by one.
    return setting ? settingLine(line, setting, value(setting), manifests) : line.replaceAll('{{', '{{ "{{" }}');
  });
  const whole = lines.join('\n');
  return everywhere(manifests, environments)
    ? whole
    : `{{- if (index .Values ${JSON.stringify(object.application)}).object${index} }}\n${whole}{{- end }}\n`;
}

/** A line that takes its value from a setting. */
function settingLine(line: string, { name, values: given }: Setting, value: string, manifests: object): string {
  const set = (expression: string) => line.replace(` ${placeholder(name)}`, expression);
  const [first] = Object.values(given);
  const depth = line.length - line.replace(/^ *(- )*/, '').length + 2;
  const scalar = Object.values(given).every((one) => typeof one !== 'object');
  const filled = scalar
    ? set(` {{ ${value} | ${typeof first === 'string' ? 'quote' : 'toJson'} }}`)
    : set(` {{- toYaml ${value} | nindent ${depth} }}`);
  if (Object.keys(manifests).every((environment) => environment in given)) return filled;
  if (/^ *- /.test(line)) throw new Error(`an optional value begins a list item, which the chart cannot say: ${line}`);
  return `{{- if not (kindIs "invalid" ${value}) }}\n${filled}\n{{- end }}`;
}
