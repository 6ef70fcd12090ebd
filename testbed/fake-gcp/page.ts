/** Lists, page by page. @see https://cloud.google.com/apis/design/design_patterns#list_pagination */
import { GoogleError } from './answer.ts';
import type { Call, Fields } from './route.ts';

/**
 * @param field in which the items are; left out where there are none, as Google does
 * @param size the parameter that says how many a page may have; Google's own limit is taken as 1,000
 */
export function page(call: Call, items: readonly unknown[], field: string, size = 'pageSize'): Fields {
  const from = Number(call.query.get('pageToken') ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new GoogleError('INVALID_ARGUMENT', 'Invalid page token.');
  const count = Math.min(Number(call.query.get(size)) || 1000, 1000);
  const next = from + count;
  const own = items.slice(from, next);
  return { ...(own.length > 0 && { [field]: own }), ...(next < items.length && { nextPageToken: String(next) }) };
}
