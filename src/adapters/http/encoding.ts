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
    const isTooLarge = fault instanceof RangeError;
    return isTooLarge
      ? {
          kind: 'refused',
          status: 413,
          reason: `The body is larger than ${largest} bytes when it is unpacked.`,
        }
      : {
          kind: 'refused',
          status: 400,
          reason: 'The body is not gzip, and its Content-Encoding says that it is.',
        };
  }
}
