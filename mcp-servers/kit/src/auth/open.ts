import type { KitConfig } from '../config.ts';
import type { Identity } from '../protocol/server.ts';
import { type Authenticator, localAuthenticator } from './authenticator.ts';

/**
 * The configured authentication.
 * @param allScopes of the server's tools, prompts and resources
 */
export async function openAuthenticator(
  config: KitConfig,
  { title }: Pick<Identity, 'title'>,
  allScopes: readonly string[],
  now: () => number,
): Promise<Authenticator> {
  const { MCP_ISSUER, MCP_AUTHENTICATION: kind } = config;
  // Over stdio, whoever starts the process is its caller.
  if (kind === 'none' || MCP_ISSUER === undefined || config.MCP_TRANSPORT === 'stdio')
    return localAuthenticator(allScopes);
  // Verifying tokens takes time to load, and a server on this machine alone verifies none.
  const [{ BearerAuthenticator }, { issuerFetch }, { issuerKeys }] = await Promise.all([
    import('./bearer.ts'),
    import('./issuer-fetch.ts'),
    import('./keys.ts'),
  ]);
  const {
    MCP_CA_FILE: caFile,
    MCP_TOKEN_FILE: tokenFile,
    MCP_JWKS_URL: jwksUrl,
    MCP_TENANT_CLAIM: tenantClaim,
  } = config;
  const issuer = String(MCP_ISSUER);
  const get = issuerFetch({ ...(caFile !== undefined && { caFile }), ...(tokenFile !== undefined && { tokenFile }) });
  const keys = issuerKeys({ issuer, ...(jwksUrl !== undefined && { jwksUrl: String(jwksUrl) }), get, now });
  const resource =
    kind === 'oauth' && config.MCP_RESOURCE_URL !== undefined ? String(config.MCP_RESOURCE_URL) : undefined;
  return new BearerAuthenticator({
    issuer,
    audience: config.MCP_AUDIENCE,
    keys,
    serviceAccounts: config.MCP_SERVICE_ACCOUNTS ?? [],
    people: kind === 'oauth',
    scopes: kind === 'oauth' ? config.MCP_SCOPES : [],
    allScopes,
    now,
    ...(tenantClaim !== undefined && { tenantClaim }),
    ...(resource !== undefined && {
      ...resourceMetadata(resource, issuer, title, [...config.MCP_SCOPES, ...allScopes]),
    }),
  });
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** RFC 9728: below the resource's own path, and at the root for clients that look there. */
function resourceMetadata(resource: string, issuer: string, title: string, scopes: readonly string[]) {
  const { origin, pathname } = new URL(resource);
  const path = pathname === '/' ? WELL_KNOWN : `${WELL_KNOWN}${pathname}`;
  return {
    metadataUrl: `${origin}${path}`,
    metadata: {
      paths: [...new Set([path, WELL_KNOWN])],
      document: {
        resource,
        authorization_servers: [issuer],
        scopes_supported: [...new Set(scopes)].sort(),
        bearer_methods_supported: ['header'],
        resource_name: title,
      },
    },
  };
}
