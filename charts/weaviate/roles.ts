/** What the users of Weaviate may do. `admin` is root and needs no role. */

/** A permission of Weaviate's REST API, /v1/authz/roles; `*` is any. */
export type WeaviatePermission =
  | { readonly action: `${Access}_collections`; readonly collections: { readonly collection: string } }
  | { readonly action: `${Access}_tenants`; readonly tenants: { readonly collection: string; readonly tenant: string } }
  | {
      readonly action: `${Access}_data`;
      readonly data: { readonly collection: string; readonly tenant: string; readonly object: string };
    };

type Access = 'create' | 'read' | 'update' | 'delete';

const permissions = (...accesses: readonly Access[]): WeaviatePermission[] =>
  accesses.flatMap((access): WeaviatePermission[] => [
    { action: `${access}_collections`, collections: { collection: '*' } },
    { action: `${access}_tenants`, tenants: { collection: '*', tenant: '*' } },
    { action: `${access}_data`, data: { collection: '*', tenant: '*', object: '*' } },
  ]);

/** Each user has one role, with its own name. */
export const weaviateRoles = {
  memory: permissions('create', 'read', 'update', 'delete'),
  mcp: permissions('read'),
} as const satisfies Readonly<Record<string, readonly WeaviatePermission[]>>;
