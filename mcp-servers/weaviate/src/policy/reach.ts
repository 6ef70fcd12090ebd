import { type Caller, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Visible } from './visible.ts';

/** Where a caller's objects are in a collection. */
export interface Reach {
  /** Name of the caller's shard; only of a collection with tenants. */
  readonly shard?: string;
  /** Every object must have this value; only of a collection whose objects name their tenant. */
  readonly only?: { readonly property: string; readonly value: string };
}

/** Names that Weaviate takes for a tenant. */
const SHARD = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The part of a collection that is the caller's. The tenant is the token's; no argument can name one.
 * @throws {ToolRefusal} `policy` where the collection is divided by tenants and the caller has none, or none that can be there
 */
export function reachOf(visible: Visible, { tenant }: Pick<Caller, 'tenant'>): Reach {
  if (visible.broken !== undefined) {
    throw new ToolRefusal(
      'policy',
      `${visible.name} cannot be read: it ${visible.broken}.`,
      'Ask the operator of this server to correct the policy; other collections can be read.',
    );
  }
  const { multiTenant, tenantProperty, name } = visible;
  if (!multiTenant && tenantProperty === undefined) return {};
  if (tenant === undefined || tenant.trim() === '') {
    throw new ToolRefusal(
      'policy',
      `${name} is divided by tenants, and your token names none.`,
      'Use a token with a tenant (MCP_TENANT_CLAIM says in which claim), or another collection.',
    );
  }
  if (tenantProperty !== undefined) return { only: { property: tenantProperty.name, value: tenant } };
  if (!SHARD.test(tenant)) {
    throw new ToolRefusal(
      'policy',
      `The tenant of your token cannot be a tenant in Weaviate: such names have 1 to 64 letters, digits, "_" and "-".`,
      'Use a token whose tenant has such a name.',
    );
  }
  return { shard: tenant };
}
