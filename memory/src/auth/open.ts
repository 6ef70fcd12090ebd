import type { MemoryConfig } from '../config.ts';
import type { Authenticator } from './authenticator.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { issuerKeys } from './keys.ts';
import { LocalAuthenticator, localToken, tokenFileOf } from './local.ts';
import { OidcAuthenticator } from './oidc.ts';

/** The configured authentication, and where the token of a local one is. */
export function openAuthenticator(
  config: MemoryConfig,
  now: () => number,
): { readonly authenticator: Authenticator; readonly tokenFile?: string } {
  const { MEMORY_OIDC_ISSUER: issuer, MEMORY_TENANT_CLAIM: tenantClaim } = config;
  if (config.MEMORY_AUTHENTICATION === 'local' || issuer === undefined) {
    const tokenFile = tokenFileOf(config.MEMORY_SQLITE_PATH);
    return { authenticator: new LocalAuthenticator(localToken(tokenFile)), tokenFile };
  }
  const { MEMORY_OIDC_CA_FILE: caFile, MEMORY_OIDC_TOKEN_FILE: tokenFile, MEMORY_OIDC_JWKS_URL: jwksUrl } = config;
  const get = issuerFetch({ ...(caFile !== undefined && { caFile }), ...(tokenFile !== undefined && { tokenFile }) });
  const keys = issuerKeys({
    issuer: String(issuer),
    ...(jwksUrl !== undefined && { jwksUrl: String(jwksUrl) }),
    get,
    now,
  });
  return {
    authenticator: new OidcAuthenticator({
      issuer: String(issuer),
      audience: config.MEMORY_OIDC_AUDIENCE,
      keys,
      serviceAccounts: config.MEMORY_SERVICE_ACCOUNTS ?? [],
      ...(tenantClaim !== undefined && { tenantClaim }),
      now,
    }),
  };
}
