/** Tokens for those who have one of another issuer, and for service accounts. */
import { GoogleError, RawAnswer } from '../answer.ts';
import { type Cloud, fullName, object, type Service, text } from '../cloud.ts';
import { ExpressionError, parseExpression } from '../expression.ts';
import { type Call, type Fields, param, route } from '../route.ts';
import { host as iamHost, serviceAccountName } from './service-accounts.ts';

/** How OAuth refuses. */
const refused = (error: string, description: string) =>
  new RawAnswer(
    400,
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify({ error, error_description: description })),
  );

/** A token of GitHub for one of Google, as the provider allows it. @see https://cloud.google.com/iam/docs/reference/sts/rest */
export function sts(cloud: Cloud): Service {
  const { identities, state, project, projectNumber } = cloud;
  const exchange = (call: Call): Fields | RawAnswer => {
    const given = (snake: string, camel: string) => text(call.body[snake] ?? call.body[camel]);
    const audience = given('audience', 'audience');
    const name = audience
      .replace('//iam.googleapis.com/', '')
      .replace(`projects/${projectNumber}/`, `projects/${project}/`);
    const provider = state.get(fullName(iamHost, name));
    const pool = state.get(fullName(iamHost, name.replace(/\/providers\/[^/]+$/, '')));
    const usable = (fields: Fields | undefined) => fields?.state === 'ACTIVE' && fields.disabled !== true;
    if (provider === undefined || !usable(provider) || !usable(pool))
      return refused(
        'invalid_target',
        `The target service indicated by the "audience" parameters is invalid. (${name})`,
      );
    try {
      const claims = identities.verified(given('subject_token', 'subjectToken'));
      const oidc = object(provider.oidc);
      if (claims.iss !== oidc.issuerUri)
        return refused('invalid_grant', `The issuer in ID Token ${claims.iss} does not match the expected ones.`);
      const audiences = Array.isArray(oidc.allowedAudiences)
        ? oidc.allowedAudiences
        : [`https:${audience}`, audience, `https://iam.googleapis.com/${name}`];
      if (!audiences.includes(claims.aud))
        return refused(
          'invalid_grant',
          `The audience in ID Token [${claims.aud}] does not match the expected audience.`,
        );
      const assertion = Object.fromEntries(Object.entries(claims).map(([claim, value]) => [claim, String(value)]));
      const condition = text(provider.attributeCondition);
      if (condition && parseExpression(condition)({ assertion }) !== true)
        return refused('unauthorized_client', 'The given credential is rejected by the attribute condition.');
      const subject = parseExpression(text(object(provider.attributeMapping)['google.subject']))({ assertion });
      const poolName = name
        .replace(/\/providers\/[^/]+$/, '')
        .replace(`projects/${project}/`, `projects/${projectNumber}/`);
      const { token } = identities.issue(`principal://iam.googleapis.com/${poolName}/subject/${String(subject)}`, 3600);
      return {
        access_token: token,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3600,
      };
    } catch (error) {
      if (error instanceof GoogleError) return refused('invalid_grant', error.message);
      if (error instanceof ExpressionError)
        return refused(
          'unauthorized_client',
          `The given credential is rejected by the attribute condition: ${error.message}`,
        );
      throw error;
    }
  };
  return {
    api: 'sts',
    host: 'sts.googleapis.com',
    base: '',
    alwaysOn: true,
    routes: [
      route('POST', '/v1/token', exchange, { reads: true }),
      route(
        'POST',
        '/v1/introspect',
        (call) => {
          const username = identities.principal(text(call.body.token));
          return username ? { active: true, username } : { active: false };
        },
        { reads: true },
      ),
    ],
  };
}

/** @see https://cloud.google.com/iam/docs/reference/credentials/rest */
export function iamCredentials({ identities, state, project }: Cloud): Service {
  return {
    api: 'iamcredentials',
    host: 'iamcredentials.googleapis.com',
    base: '',
    alwaysOn: false,
    routes: [
      route(
        'POST',
        '/v1/projects/{project}/serviceAccounts/{email}:generateAccessToken',
        (call) => {
          const email = param(call, 'email');
          const account = state.get(serviceAccountName(project, email));
          if (account === undefined)
            throw new GoogleError('NOT_FOUND', `Not found; Gaia id not found for email ${email}`);
          if (account.disabled === true)
            throw new GoogleError('FAILED_PRECONDITION', 'The service account is disabled.');
          const seconds = Number(/^(\d+)s$/.exec(text(call.body.lifetime))?.[1] ?? 3600);
          const { token, expireTime } = identities.issue(`serviceAccount:${email}`, seconds);
          return { accessToken: token, expireTime };
        },
        { reads: true },
      ),
    ],
  };
}
