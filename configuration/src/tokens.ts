import { absolutePath, list, listOf, text, trustedUrl, word } from './values.ts';

// How a service verifies the tokens of its callers and learns whose data they may touch.

/** The service accounts of a cluster that may call, and the tenant each one stands for. */
export interface ServiceAccountTenant {
  readonly namespace: string;
  readonly name: string;
  /** `*`: the account is trusted to name the tenant with each request. */
  readonly tenant: string;
}

const ACCOUNT =
  /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)=(\*|[A-Za-z0-9_-]{1,63})$/;

export const tokens = {
  issuer: trustedUrl().describe('Issuer of the tokens that callers present; for pods, the issuer of the cluster.'),
  audience: word().describe('Audience that a token has to be made for.'),
  jwksUrl: trustedUrl()
    .optional()
    .describe("Keys of the issuer; not set: found through the issuer's discovery document."),
  caFile: absolutePath()
    .optional()
    .describe('CA certificates (PEM) that the issuer is verified with; not set: trusted CAs.'),
  tokenFile: absolutePath()
    .optional()
    .describe("The pod's own token, shown when the keys are fetched; a cluster's API server asks for one."),
  serviceAccounts: listOf(
    'comma-separated: namespace/name=tenant (tenant "*": the account names it with each request)',
    (item): ServiceAccountTenant | undefined => {
      const [, namespace, name, tenant] = ACCOUNT.exec(item) ?? [];
      return namespace && name && tenant ? { namespace, name, tenant } : undefined;
    },
  ).describe('Service accounts of the cluster that may call, each with the tenant whose data it gets.'),
  tenantClaim: text('name of a claim', /^[A-Za-z0-9_:/.-]{1,128}$/).describe(
    "Claim that holds the caller's tenant, in tokens that are not of a service account.",
  ),
  scopes: list('scope', /^[\x21\x23-\x5B\x5D-\x7E]+$/).describe('Scopes that a token has to carry.'),
};
