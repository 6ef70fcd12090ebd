import { readFile } from 'node:fs/promises';
import type { Problem } from '@ai-orchestra/configuration';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { parseDocument } from 'yaml';
import * as z from 'zod';

const names = (what: string) => z.array(z.string().min(1).max(256)).max(500).describe(what);

const rule = z.strictObject({
  read: z.boolean().describe('false: the collection is as if it were not there.'),
  properties: names(
    'The only properties that may be read, nested ones as `address.city`. Not set: all but those that look like a secret.',
  ).optional(),
  hide: names('Properties that may not be read, whatever else is said.').default([]),
  vectors: names(
    'Vectors that may be searched although they are made of properties that may not be read. Likeness tells of their text.',
  ).default([]),
  tenantProperty: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Property that names the tenant of each object, in a collection without tenants of its own.'),
});

const file = z.strictObject({
  version: z.literal(1),
  collections: z.record(z.string().regex(/^(\*|[A-Z][A-Za-z0-9_]{0,254})$/), rule),
});

/** What a policy says of a collection. */
export type CollectionRule = z.output<typeof rule>;

/** Which collections and properties may be read. What it does not name may not be. */
export interface Policy {
  /** Not set: the collection is as if it were not there. */
  ruleOf(collection: string): CollectionRule | undefined;
}

/** Without a policy file: all but what looks like a secret. */
export const openPolicy: Policy = { ruleOf: () => ({ read: true, hide: [], vectors: [] }) };

/** A collection's own rule counts alone; `*` is for those that have none. @throws SettingsMistakes with all of them */
export function parsePolicy(yaml: string, path: string): Policy {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) {
    throw new SettingsMistakes(
      path,
      document.errors.map(({ message, linePos }) => ({
        path: linePos === undefined ? 'the file' : `line ${linePos[0].line}`,
        given: 'text that is not YAML',
        allowed: 'YAML, such as policy.example.yaml',
        fix: message.split('\n')[0] ?? '',
      })),
    );
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  const parsed = file.safeParse(content);
  if (!parsed.success) {
    throw new SettingsMistakes(
      path,
      parsed.error.issues.map((issue) => mistake(issue, content)),
    );
  }
  const { collections } = parsed.data;
  const rules = new Map(Object.entries(collections));
  return {
    ruleOf(collection) {
      const found = rules.get(collection) ?? rules.get('*');
      return found?.read ? found : undefined;
    },
  };
}

/** @throws SettingsMistakes also where the file cannot be read */
export async function readPolicy(path: string): Promise<Policy> {
  let yaml: string;
  try {
    yaml = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SettingsMistakes(path, [
      {
        path: 'the file',
        given: `one that cannot be read (${code})`,
        allowed: 'a file that this process may read',
        fix: 'Mount it, or correct MCP_POLICY_FILE.',
      },
    ]);
  }
  return parsePolicy(yaml, path);
}

function mistake(issue: z.core.$ZodIssue, content: unknown): Problem {
  const given = issue.path.reduce<unknown>(
    (one, key) => (typeof one === 'object' && one !== null ? (one as Record<PropertyKey, unknown>)[key] : undefined),
    content,
  );
  return {
    path: issue.path.map(String).join('.') || 'the file',
    given: given === undefined ? 'nothing' : JSON.stringify(given).slice(0, 80),
    allowed:
      issue.code === 'unrecognized_keys'
        ? `no ${issue.keys.map((key) => `\`${key}\``).join(', ')} here`
        : issue.message,
    fix: 'See the reference of the policy in docs/mcp.md.',
  };
}
