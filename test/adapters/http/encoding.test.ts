import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isPacked, unpacked } from '../../../src/adapters/http/encoding.ts';

const text = (length: number) => Buffer.from('x'.repeat(length));
const refused = (status: number, reason: unknown) => ({ kind: 'refused', status, reason });
const body = (length: number) => ({ kind: 'body', bytes: text(length) });

const cutOff = 'The body breaks off: the end of what was packed with gzip is missing.';

/** The last eight bytes are a checksum and the length. */
function damagedGzip(): Buffer {
  const bytes = gzipSync(text(50));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 8) ^ 1, bytes.length - 8);
  return bytes;
}

test.each<[string, string | undefined, Buffer, unknown]>([
  ['as it is', undefined, text(3), body(3)],
  ['as it is, and says so', 'identity', text(3), body(3)],
  ['gzip', 'gzip', gzipSync(text(100)), body(100)],
  ['gzip by its old name, in capitals', 'X-GZIP', gzipSync(text(7)), body(7)],
  [
    'gzip of one byte too many',
    'gzip',
    gzipSync(text(101)),
    refused(413, 'The body is larger than 100 bytes when it is unpacked.'),
  ],
  ['gzip of very many', 'gzip', gzipSync(text(50_000_000)), refused(413, expect.any(String))],
  ['gzip that is none', 'gzip', text(3), refused(400, expect.stringContaining('not gzip'))],
  ['gzip that is nothing', 'gzip', text(0), refused(400, expect.stringContaining('not gzip'))],
  [
    'gzip by its first byte',
    'gzip',
    Buffer.from([0x1f, 0]),
    refused(400, expect.stringContaining('not gzip')),
  ],
  ['gzip by its second', 'gzip', Buffer.from([0, 0x8b]), refused(400, expect.stringContaining('not gzip'))],
  ['gzip that breaks off', 'gzip', gzipSync(text(50)).subarray(0, 12), refused(400, cutOff)],
  ['gzip without its last byte', 'gzip', gzipSync(text(50)).subarray(0, -1), refused(400, cutOff)],
  ['gzip with a wrong byte', 'gzip', damagedGzip(), refused(400, expect.stringContaining('damaged'))],
  ['another', 'br', brotliCompressSync(text(3)), refused(415, expect.stringContaining('or as gzip'))],
  ['two', 'gzip, gzip', gzipSync(gzipSync(text(3))), refused(415, expect.any(String))],
])('a body that is %s', async (_name, encoding, sent, answer) => {
  expect(await unpacked(encoding, sent, 100)).toEqual(answer);
});

test.each([
  [undefined, false],
  ['', false],
  [' Identity ', false],
  ['gzip', true],
  ['br', true],
])('%j says that it is packed: %s', (encoding, packed) => {
  expect(isPacked(encoding)).toBe(packed);
});
