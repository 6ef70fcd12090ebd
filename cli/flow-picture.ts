/** The flows as a picture: namespaces as boxes, workloads in them, one arrow for each pair. */
import { instance } from '@viz-js/viz';
import type { FlowRow } from '../charts/lib/flow-list.ts';

/** What every workload does; drawn once, it would hide the rest. */
const everywhere = new Set(['DNS', 'metadata server', 'metadata server (Calico)', 'Managed Prometheus']);

/** The picture as SVG. The same flows give the same bytes. */
export async function flowPicture(title: string, flows: readonly FlowRow[]): Promise<string> {
  const drawn = flows.filter(({ from, to }) => !everywhere.has(from) && !everywhere.has(to));
  const names = [...new Set(drawn.flatMap(({ from, to }) => [from, to]))].sort();
  const namespaces = [...new Set(names.flatMap((name) => (name.includes('/') ? [name.split('/')[0] ?? ''] : [])))];
  const pairs = Map.groupBy(drawn, ({ from, to }) => `${from}\n${to}`);
  const node = (name: string) =>
    `${JSON.stringify(name)} [label=${JSON.stringify(name.split('/').at(-1) ?? name)}${name.includes('/') ? '' : ', shape=ellipse, fillcolor="#eef2f7"'}]`;
  const dot = `digraph {
  graph [rankdir=LR, fontname="sans-serif", fontsize=13, label=${JSON.stringify(title)}, labelloc=t, ranksep=1.1, nodesep=0.22, newrank=true]
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11, color="#64748b"]
  edge [fontname="sans-serif", fontsize=9, color="#64748b", fontcolor="#475569", arrowsize=0.7]
${namespaces
  .map(
    (namespace) => `  subgraph ${JSON.stringify(`cluster_${namespace}`)} {
    graph [label=${JSON.stringify(`namespace ${namespace}`)}, style="rounded,filled", color="#cbd5e1", fillcolor="#f8fafc", fontsize=11]
${names
  .filter((name) => name.startsWith(`${namespace}/`))
  .map((name) => `    ${node(name)}`)
  .join('\n')}
  }`,
  )
  .join('\n')}
${names
  .filter((name) => !name.includes('/'))
  .map((name) => `  ${node(name)}`)
  .join('\n')}
${[...pairs.values()]
  .map((own) => {
    const [first] = own;
    const ports = [...new Set(own.map(({ ports }) => ports.replaceAll('TCP ', '')))].join(', ');
    return first
      ? `  ${JSON.stringify(first.from)} -> ${JSON.stringify(first.to)} [label=${JSON.stringify(ports)}]`
      : '';
  })
  .join('\n')}
}`;
  return (await instance()).renderString(dot, { format: 'svg', engine: 'dot' });
}
