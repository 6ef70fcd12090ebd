import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundledServer } from '../client/mcpb/servers.ts';

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

test('the description for registries has every setting that a person gives this server, and its version', () => {
  const { version, description, packages } = read('server.json');
  const [{ identifier, environmentVariables }] = packages;
  expect(environmentVariables).toEqual(
    bundledServer('mongodb').settings.map(({ name, meaning, required, secret, default: unset }) => ({
      name,
      description: meaning,
      ...(required && { isRequired: true }),
      ...(secret && { isSecret: true }),
      ...(unset !== undefined && { default: unset }),
    })),
  );
  expect(version).toBe(read('package.json').version);
  expect(identifier).toContain(`mcp-mongodb-${version}.mcpb`);
  // Registries take no longer one.
  expect(description.length).toBeLessThanOrEqual(100);
});
