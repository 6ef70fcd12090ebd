import { createHash, hash, randomUUID } from 'node:crypto';

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
  const time = last.time.toString(16).padStart(12, '0');
  // The second half of a version 4 is random, and says the variant that all versions have; Node makes many at once.
  const random = randomUUID().slice(18);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${last.count.toString(16).padStart(3, '0')}${random}`;
}

/** UUID version 5 of some names: the same names give the same id, whoever asks and however often. */
export function uuid5(...names: readonly (string | number)[]): string {
  const bytes = createHash('sha1').update('ai-orchestra/memory').update(JSON.stringify(names)).digest().subarray(0, 16);
  return formatted(bytes, 5);
}

/** An id of any names, however long they are: 64 hexadecimal digits. */
export function hashed(...names: readonly string[]): string {
  return hash('sha256', JSON.stringify(names));
}

function formatted(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
