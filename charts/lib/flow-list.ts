/** The flows of a cluster as rows, for tables, pictures and tests. */
import type { System } from './system.ts';
import type { Peer } from './topology.ts';
import { Workload } from './workload.ts';

/** One row: who connects to whom, on which ports, and why. */
export interface FlowRow {
  readonly from: string;
  readonly to: string;
  /** Such as `TCP 6379` or `TCP 80, 8080`. */
  readonly ports: string;
  readonly why: string;
}

const nameOf = (peer: Peer) => (peer instanceof Workload ? `${peer.namespace}/${peer.name}` : peer.name);

/** Every flow, by caller and callee. */
export function flowRows(system: System): FlowRow[] {
  return system.topology
    .flows()
    .map(({ from, to, ports, why }) => {
      const byProtocol = Map.groupBy(ports, ({ protocol }) => protocol);
      return {
        from: nameOf(from),
        to: nameOf(to),
        ports: [...byProtocol]
          .map(
            ([protocol, own]) =>
              `${protocol} ${own.map(({ port, endPort }) => (endPort ? `${port}-${endPort}` : port)).join(', ')}`,
          )
          .join('; '),
        why,
      };
    })
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to) || compare(a.ports, b.ports));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
