import { expect, test } from 'vitest';
import { pinnedVersion } from '../../provide/go.ts';
import type { KubernetesResource } from '../kubernetes/client.ts';
import { environmentOf, settingsObjects, UnknownSettings } from './installation.ts';

function configMap(name: string, data?: object): KubernetesResource {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...(data && { data }) };
}

const variable = (name: string, ref: object) => ({ name, valueFrom: ref });

const manifests: readonly KubernetesResource[] = [
  configMap('argocd-cm', { 'resource.exclusions': 'built in', 'timeout.reconciliation': '180s' }),
  configMap('argocd-cmd-params-cm'),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'argocd-secret' } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'controller' } },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'controller' },
    spec: {
      template: {
        spec: {
          containers: [
            {
              env: [
                { name: 'HOME', value: '/home/argocd' },
                variable('TIMEOUT', { configMapKeyRef: { name: 'argocd-cm', key: 'timeout.reconciliation' } }),
                variable('DELAY', { configMapKeyRef: { name: 'argocd-cmd-params-cm', key: 'delay' } }),
                variable('LOG', { configMapKeyRef: { name: 'argocd-cmd-params-cm', key: 'log', optional: true } }),
                variable('REDIS_PASSWORD', { secretKeyRef: { name: 'argocd-redis', key: 'auth' } }),
              ],
            },
          ],
        },
      },
    },
  },
];

function installed(settings: Parameters<typeof settingsObjects>[1]) {
  return settingsObjects(manifests, settings, 'gitops', 'password');
}

test('settings are added to those of the installation, and those given win', () => {
  const data = (settings: Parameters<typeof settingsObjects>[1]) =>
    installed(settings).find(({ metadata }) => metadata.name === 'argocd-cm')?.data;
  expect(data({ 'argocd-cm': { url: 'https://argocd.example.test' } })).toMatchObject({
    'resource.exclusions': 'built in',
    'timeout.reconciliation': '5s',
    url: 'https://argocd.example.test',
  });
  expect(data({ 'argocd-cm': { 'timeout.reconciliation': '60s' } })).toMatchObject({ 'timeout.reconciliation': '60s' });
});

test('nothing but settings, their Secrets and the project default is installed, all in the namespace', () => {
  expect(installed({}).map(({ kind, metadata }) => `${metadata.namespace} ${kind} ${metadata.name}`)).toEqual([
    'gitops ConfigMap argocd-cm',
    'gitops ConfigMap argocd-cmd-params-cm',
    'gitops Secret argocd-secret',
    'gitops Secret argocd-redis',
    'gitops AppProject default',
  ]);
});

test('settings of a ConfigMap that Argo CD does not read are refused', () => {
  expect(() => installed({ 'argo-cm': {} })).toThrow(UnknownSettings);
  expect(() => installed({ 'argo-cm': {} })).toThrow('no ConfigMap argo-cm; it has argocd-cm, argocd-cmd-params-cm');
});

test("a component's environment holds what its pod would take from settings and Secrets, and no path of its image", () => {
  const objects = installed({ 'argocd-cmd-params-cm': { delay: '0' } });
  expect(environmentOf('controller', manifests, objects)).toEqual({
    TIMEOUT: '5s',
    DELAY: '0',
    REDIS_PASSWORD: 'password',
  });
});

test('the CRDs are those of the program', () => {
  const module = 'github.com/argoproj/argo-cd/v3';
  expect(pinnedVersion('crds', module)).toBe(pinnedVersion('argocd', module));
});
