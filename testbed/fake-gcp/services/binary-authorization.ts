/** @see https://cloud.google.com/binary-authorization/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, fullName, object, type Service, text } from '../cloud.ts';
import { type Fields, route } from '../route.ts';

const host = 'binaryauthorization.googleapis.com';

/** Every project has one policy, which allows everything until it is replaced. */
export function binaryAuthorization(cloud: Cloud): Service {
  const { state, clock } = cloud;
  const name = `projects/${cloud.project}/policy`;
  const first: Fields = {
    name,
    globalPolicyEvaluationMode: 'ENABLE',
    defaultAdmissionRule: { evaluationMode: 'ALWAYS_ALLOW', enforcementMode: 'ENFORCED_BLOCK_AND_AUDIT_LOG' },
  };
  const current = () => state.get(fullName(host, name)) ?? first;
  return {
    api: 'binaryauthorization',
    host,
    base: '',
    alwaysOn: false,
    routes: [
      route('GET', '/v1/projects/{project}/policy', current),
      route('PUT', '/v1/projects/{project}/policy', (call) => {
        const rule = object(call.body.defaultAdmissionRule);
        if (!text(rule.evaluationMode) || !text(rule.enforcementMode))
          throw new GoogleError(
            'INVALID_ARGUMENT',
            'The default admission rule needs evaluation and enforcement modes.',
          );
        const given = text(call.body.etag);
        if (given && given !== current().etag)
          throw new GoogleError('ABORTED', 'The policy is the subject of a conflict: its etag is of an older one.');
        return state.set(fullName(host, name), {
          ...call.body,
          name,
          updateTime: clock.timestamp(),
          etag: `"${etagOf(cloud)}"`,
        });
      }),
    ],
  };
}
