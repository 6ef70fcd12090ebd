/** The description of a bundle, in version 0.3 of its format (github.com/modelcontextprotocol/mcpb, MANIFEST.md). */
import type { Description } from '@ai-orchestra/configuration';
import type { BundledServer } from './servers.ts';

export interface Option {
  readonly type: 'string' | 'number' | 'boolean' | 'file';
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly default?: string | number | boolean;
  readonly sensitive?: true;
}

/** Where a bundle's program is, inside of it. */
export const ENTRY = 'server/main.js';

export function manifestOf(server: BundledServer) {
  return {
    manifest_version: '0.3',
    name: server.name,
    display_name: server.title,
    version: server.version,
    description: server.description,
    author: { name: 'AI Orchestra' },
    license: server.license,
    server: {
      type: 'node',
      entry_point: ENTRY,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${ENTRY}`],
        env: Object.fromEntries(server.settings.map(({ name }) => [name, `\${user_config.${optionName(name)}}`])),
      },
    },
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: ['darwin', 'linux', 'win32'], runtimes: { node: server.nodeVersion } },
    user_config: Object.fromEntries(server.settings.map((one) => [optionName(one.name), optionOf(one)])),
  };
}

/** Applications show these as the names of fields. */
export const optionName = (variable: string) => variable.toLowerCase();

function optionOf({ name, meaning, required, secret, allowed, default: unset }: Description): Option {
  const type = typeOf(allowed);
  return {
    type,
    title: name,
    description: allowed === '' ? meaning : `${meaning} (${allowed})`,
    required,
    // Without a default, an application would hand on the placeholder where nothing is given; empty means not set.
    ...(required ? {} : { default: unset === undefined ? '' : inType(unset, type) }),
    ...(secret && { sensitive: true as const }),
  };
}

function typeOf(allowed: string): Option['type'] {
  if (allowed === 'true | false') return 'boolean';
  if (/^(integer|number),/.test(allowed)) return 'number';
  return allowed === 'absolute path' ? 'file' : 'string';
}

function inType(value: string, type: Option['type']): string | number | boolean {
  if (type === 'number') return Number(value);
  return type === 'boolean' ? value === 'true' : value;
}
