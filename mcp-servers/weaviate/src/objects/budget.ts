/** Objects within MCP_QUERY_BYTES. */

export interface Fitted<Row> {
  readonly rows: readonly Row[];
  /** The next one had no room any more. */
  readonly full: boolean;
}

/**
 * The first rows that fit, and one at least, so that the next call begins further on.
 * @param shortened what stands for a row that alone is too large
 */
export function withinBytes<Row>(
  all: readonly Row[],
  bytes: number,
  shortened: (row: Row, bytes: number) => Row,
): Fitted<Row> {
  const rows: Row[] = [];
  let left = bytes;
  for (const row of all) {
    const size = Buffer.byteLength(JSON.stringify(row));
    if (size > left) {
      if (rows.length > 0) return { rows, full: true };
      rows.push(shortened(row, size));
      return { rows, full: all.length > 1 };
    }
    left -= size;
    rows.push(row);
  }
  return { rows, full: false };
}
