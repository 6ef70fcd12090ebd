import { expect, test } from 'vitest';
import { crc32c, crc32cBase64 } from './checksum.ts';

test('the check value that is published for CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789')).toString(16)).toBe('e3069283');
  expect(crc32cBase64(Buffer.from('123456789'))).toBe('4waSgw==');
});
