/**
 * Prices that were read in Google's own catalogue, in USD, us-central1, 730 hours a month. Others are told as unknown.
 * Source: Cyclenerd/google-cloud-pricing-cost-calculator, pricing.yml at fd66b26, generated 2026-07-30 from the Billing Catalog.
 */
export const pricesOf = '2026-07-30';

/** On demand with the discount of a whole month, list price, and spot; USD a month. */
const machines: Readonly<
  Record<string, { readonly discounted: number; readonly list: number; readonly spot: number }>
> = {
  'n2-standard-4': { discounted: 113.46, list: 141.79, spot: 67.25 },
};
const SSD_GIB = 0.17;

/** Of a pool: at its smallest with discounts, at its largest at list price. */
export function poolCost(
  machineType: string,
  bootDisk: number,
  { min, max, spot }: { readonly min: number; readonly max: number; readonly spot: boolean },
): { readonly low: number; readonly high: number } | 'unknown' {
  const price = machines[machineType];
  if (price === undefined) return 'unknown';
  const disk = bootDisk * SSD_GIB;
  return {
    low: min * ((spot ? price.spot : price.discounted) + disk),
    high: max * ((spot ? price.spot : price.list) + disk),
  };
}

export interface CostRange {
  readonly low: number;
  readonly high: number;
  /** What has no price here. */
  readonly unknown: readonly string[];
}

export function total(
  costs: readonly {
    readonly title: string;
    readonly cost: { readonly low: number; readonly high: number } | 'unknown' | undefined;
  }[],
): CostRange {
  const known = costs.flatMap(({ cost }) => (cost === undefined || cost === 'unknown' ? [] : [cost]));
  return {
    low: known.reduce((sum, { low }) => sum + low, 0),
    high: known.reduce((sum, { high }) => sum + high, 0),
    unknown: costs.flatMap(({ title, cost }) => (cost === 'unknown' ? [title] : [])),
  };
}
