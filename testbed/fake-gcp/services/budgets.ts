/** Budgets of a billing account. @see https://cloud.google.com/billing/docs/reference/budget/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, fullName, type Service } from '../cloud.ts';
import { masked, maskOf } from '../field-mask.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, route } from '../route.ts';

const host = 'billingbudgets.googleapis.com';

export function budgets(cloud: Cloud): Service {
  const { state } = cloud;
  const account = (call: Call): string => {
    const id = param(call, 'account');
    if (id !== cloud.billingAccount) throw new GoogleError('PERMISSION_DENIED', 'The caller does not have permission');
    return `billingAccounts/${id}`;
  };
  const name = (call: Call) => `${account(call)}/budgets/${param(call, 'budget')}`;
  const found = (call: Call): Fields => {
    const budget = state.get(fullName(host, name(call)));
    if (budget === undefined) throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
    return budget;
  };
  const one = '/v1/billingAccounts/{account}/budgets/{budget}';
  return {
    api: 'billingbudgets',
    host,
    base: '',
    alwaysOn: false,
    routes: [
      route('GET', '/v1/billingAccounts/{account}/budgets', (call) =>
        page(call, state.list(fullName(host, `${account(call)}/budgets/*`)), 'budgets'),
      ),
      route('POST', '/v1/billingAccounts/{account}/budgets', (call) => {
        const id = `${account(call)}/budgets/${crypto.randomUUID()}`;
        return state.set(fullName(host, id), { ...call.body, name: id, etag: etagOf(cloud) });
      }),
      route('GET', one, found),
      route('PATCH', one, (call) => {
        const after = masked(found(call), call.body, maskOf(call.query.get('updateMask')));
        return state.set(fullName(host, name(call)), { ...after, name: name(call), etag: etagOf(cloud) });
      }),
      route('DELETE', one, (call) => {
        found(call);
        state.remove(fullName(host, name(call)));
        return {};
      }),
    ],
  };
}
