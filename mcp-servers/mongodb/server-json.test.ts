import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeVariables } from '@ai-orchestra/configuration';
import { sharedVariables } from '@ai-orchestra/mcp-kit/config';
import { expect, test } from 'vitest';
import { mongodbServerConfig } from './src/config.ts';

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

test('the description for registries has every setting of this server, and its version', () => {
  const { version, description, packages } = read('server.json');
  const [{ identifier, environmentVariables }] = packages;
  const own = describeVariables(mongodbServerConfig).filter(
    ({ name }) => !(name in sharedVariables) && !name.startsWith('OTEL_'),
  );
  expect(environmentVariables).toEqual(
    own.map(({ name, meaning, required, secret, default: unset }) => ({
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
