/** A value of a manifest on one line. */
const longest = 100;

export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(
    /sha256:([0-9a-f]{12})[0-9a-f]{52}/g,
    'sha256:$1…',
  );
  const [first = '', ...more] = text.split('\n');
  const rest = more.length > 0 ? ` (and ${more.length} lines)` : '';
  return (first.length > longest ? `${first.slice(0, longest - 1)}…` : first) + rest;
}
