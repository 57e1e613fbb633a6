import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const unzip = promisify(gunzip);

/** Whether a request says that its body is not as it is meant, but packed. */
export const isPacked = (encoding: string | undefined): boolean => plainOf(encoding) !== '';

/** `identity` says nothing (RFC 9110, 8.4). */
function plainOf(encoding = ''): string {
  const said = encoding.trim().toLowerCase();
  return said === 'identity' ? '' : said;
}

/** A body as it is meant, of at most `largest` bytes when it is unpacked, by what `Content-Encoding` says of it. */
export async function unpacked(
  encoding: string | undefined,
  bytes: Buffer,
  largest: number,
): Promise<
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 415; readonly reason: string }
> {
  const packing = plainOf(encoding);
  if (packing === '') return { kind: 'body', bytes };
  if (packing !== 'gzip' && packing !== 'x-gzip')
    return {
      kind: 'refused',
      status: 415,
      reason: 'The body has a Content-Encoding that is not read: send it as it is, or as gzip.',
    };
  try {
    return { kind: 'body', bytes: await unzip(bytes, { maxOutputLength: largest }) };
  } catch (fault) {
    return fault instanceof RangeError
      ? {
          kind: 'refused',
          status: 413,
          reason: `The body is larger than ${largest} bytes when it is unpacked.`,
        }
      : { kind: 'refused', status: 400, reason: whyNotUnpacked(fault, bytes) };
  }
}

/** How every body that is packed with gzip begins (RFC 1952, 2.3.1). */
export const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function whyNotUnpacked(fault: unknown, bytes: Buffer): string {
  if (!isGzip(bytes)) return 'The body is not gzip, and its Content-Encoding says that it is.';
  const isCut = fault instanceof Error && 'code' in fault && fault.code === 'Z_BUF_ERROR';
  return isCut
    ? 'The body breaks off: the end of what was packed with gzip is missing.'
    : 'The body is damaged: it is not what was packed with gzip, or something follows it.';
}
