import type { Endpoint } from './endpoint.ts';
import { googleApis, internet } from './peers.ts';
import type { Call } from './workload.ts';

/** A call to a port of another workload. */
export const calls = (to: Endpoint, why: string): Call => ({ to, why });

/** A call to a Google API, over HTTPS. */
export const callsGoogle = (why: string): Call => ({
  to: { peer: googleApis, ports: [{ port: 443, protocol: 'TCP' }] },
  why,
});

/** A call to the Internet, over HTTPS alone unless other ports are named. */
export const callsInternet = (why: string, ports: readonly number[] = [443]): Call => ({
  to: { peer: internet, ports: ports.map((port) => ({ port, protocol: 'TCP' as const })) },
  why,
});
