import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'billingbudgets.googleapis.com';

interface Budget {
  readonly name: string;
  readonly displayName?: string;
  readonly amount?: { readonly specifiedAmount?: { readonly units?: string; readonly currencyCode?: string } };
  readonly thresholdRules?: readonly { readonly thresholdPercent?: number }[];
}

const thresholds = [0.5, 0.9, 1];

/** Tells those who administer the billing account by mail at 50, 90 and 100 %. It stops nothing. */
export function budget(name: string, billingAccount: string, project: string, usdPerMonth: number): Resource {
  const account = `--billing-account=${billingAccount}`;
  return {
    id: 'budget',
    title: `budget ${name}`,
    api,
    needs: [apisId],
    wanted: { 'a month': `${usdPerMonth} USD`, 'told at': thresholds.map((share) => `${share * 100} %`) },
    async read(read) {
      const all = await read.json<readonly Budget[]>('billing', 'budgets', 'list', account);
      const found = all.find((one) => one.displayName === name);
      if (found === undefined) return undefined;
      const amount = found.amount?.specifiedAmount;
      return {
        fields: {
          'a month': `${amount?.units ?? 0} ${amount?.currencyCode ?? 'USD'}`,
          'told at': (found.thresholdRules ?? []).map(({ thresholdPercent = 0 }) => `${thresholdPercent * 100} %`),
          name: found.name.split('/').at(-1) ?? '',
        },
      };
    },
    create: () => [
      {
        words: [
          'billing',
          'budgets',
          'create',
          account,
          `--display-name=${name}`,
          `--budget-amount=${usdPerMonth}USD`,
          `--filter-projects=projects/${project}`,
          ...thresholds.map((share) => `--threshold-rule=percent=${share}`),
        ],
      },
    ],
    update: (_changes, found) => [
      {
        words: [
          'billing',
          'budgets',
          'update',
          String(found.fields.name),
          account,
          `--budget-amount=${usdPerMonth}USD`,
          '--clear-threshold-rules',
          ...thresholds.map((share) => `--add-threshold-rule=percent=${share}`),
        ],
      },
    ],
    remove: (found) => [{ words: ['billing', 'budgets', 'delete', String(found.fields.name), account] }],
  };
}
