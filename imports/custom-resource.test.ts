import { expect, test } from 'vitest';
import type { CrdDocument } from '../testbed/crds/sources.ts';
import { customDefinitions } from './custom-resource.ts';
import type { Schema } from './typescript.ts';

function crd(spec: Schema): CrdDocument {
  const openAPIV3Schema = { type: 'object', properties: { spec, status: { type: 'object' } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'routes.example.com' },
    spec: { group: 'example.com', names: { kind: 'Route' }, versions: [{ name: 'v1', schema: { openAPIV3Schema } }] },
  };
}

const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });
const list = (items: Schema): Schema => ({ type: 'array', items });
const kind = { crd: 'routes.example.com', version: 'v1' };

test('nested objects are named by their path without spec, items of a list in the singular', () => {
  const spec = object({ rules: list(object({ matches: list(object({ path: { type: 'string' } })) })) });

  expect([...customDefinitions(crd(spec), kind).keys()]).toEqual(['Route', 'RouteSpec', 'RouteRule', 'RouteRuleMatch']);
});

test('the kind has its own apiVersion and kind, a name, and no status', () => {
  const route = customDefinitions(crd(object({ a: { type: 'string' } })), kind).get('Route');

  expect(route?.properties).toEqual({
    apiVersion: { enum: ['example.com/v1'] },
    kind: { enum: ['Route'] },
    metadata: { $ref: 'NamedObjectMeta' },
    spec: { $ref: 'RouteSpec' },
  });
  expect(route?.required).toEqual(['apiVersion', 'kind', 'metadata']);
});

test('`only` leaves the other properties of an object out', () => {
  const provider = object({ one: object({ a: { type: 'string' } }), two: object({ b: { type: 'string' } }) });

  const definitions = customDefinitions(crd(object({ provider })), { ...kind, only: { 'spec.provider': ['one'] } });

  expect([...definitions.keys()]).toEqual(['Route', 'RouteSpec', 'RouteProvider', 'RouteProviderOne']);
});

test('two objects of one name are refused', () => {
  const spec = object({ rule: object({ a: { type: 'string' } }), rules: list(object({ b: { type: 'string' } })) });

  expect(() => customDefinitions(crd(spec), kind)).toThrow(/routes\.example\.com would be named RouteRule/);
});
