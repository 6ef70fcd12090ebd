import { type Batch, batchOf, type Load } from './load.ts';

/** Calls a driver for so long, with as many calls at the same time as there would be connections. */
export async function inFlight(
  call: (number: number) => Promise<unknown>,
  { connections, seconds }: Load,
): Promise<Batch> {
  const times: number[] = [];
  let number = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const start = performance.now();
        await call(number++);
        times.push(performance.now() - start);
      }
    }),
  );
  return batchOf(times, performance.now() - began);
}
