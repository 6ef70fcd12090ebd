import { createHash, randomFillSync } from 'node:crypto';

const random = new Uint8Array(8);
const last = { time: 0, count: 0 };

/** UUID version 7: sorts by the time that it was made, and within a millisecond by the order in which this process made them. */
export function uuid7(now: number): string {
  if (now > last.time || last.time - now > 1000) {
    last.time = now;
    last.count = 0;
  } else if (last.count === 0xfff) {
    last.time += 1;
    last.count = 0;
  } else {
    last.count += 1;
  }
  randomFillSync(random);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(last.time) << 16n);
  view.setUint16(6, last.count);
  bytes.set(random, 8);
  return formatted(bytes, 7);
}

/** UUID version 5 of some names: the same names give the same id, whoever asks and however often. */
export function uuid5(...names: readonly (string | number)[]): string {
  const bytes = createHash('sha1').update('ai-orchestra/memory').update(JSON.stringify(names)).digest().subarray(0, 16);
  return formatted(bytes, 5);
}

/** An id of any names, however long they are: 64 hexadecimal digits. */
export function hashed(...names: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex');
}

function formatted(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
