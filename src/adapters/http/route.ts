import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../workflow/ports.ts';
import { isGzip, unpacked } from './encoding.ts';

/** One address of Firebreak's HTTP server. Exact path, upper-case method. */
export interface Route {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

/** Why a request is not let in, or not understood. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 400 | 401 | 403 | 413 | 415;
  readonly reason: string;
}

/** The bearer token of one route. */
export interface Credential {
  /** The path of the route. */
  readonly path: string;
  /** The environment variable that sets the token. */
  readonly variable: string;
  /** Several with blanks between them, while one takes the place of another. Absent: the route is disabled. */
  readonly token: string | undefined;
  /** Whether it may be sent as the password of basic authentication, too, whatever the user's name. */
  readonly basic?: boolean;
}

/**
 * Undefined when the request carries the token of the route. Whoever is refused is logged, with what was wrong and never
 * with what was sent: a mistyped token is nearly the right one.
 */
export function unauthorized(
  request: IncomingMessage,
  credential: Credential,
  log: Log,
): Refusal | undefined {
  const refusal = refusalOf(request, credential);
  if (refusal === undefined) return undefined;
  const { authorization } = request.headers;
  const sent =
    authorization === undefined
      ? 'none'
      : authorization.startsWith('Bearer ') || (credential.basic && authorization.startsWith('Basic '))
        ? 'wrong'
        : 'no bearer token';
  logRefused(request, { path: credential.path, status: refusal.status, credential: sent }, log);
  return refusal;
}

/** Who was refused where, without what was sent. */
export function logRefused(
  request: IncomingMessage,
  refused: { readonly path: string; readonly status: number; readonly credential: string },
  log: Log,
): void {
  const { remoteAddress } = request.socket;
  const userAgent = request.headers['user-agent']?.slice(0, 100);
  log.warn({ ...refused, remoteAddress, userAgent }, 'A request without the right credentials was refused');
}

function refusalOf(
  request: IncomingMessage,
  { path, variable, token, basic = false }: Credential,
): Refusal | undefined {
  if (token === undefined) {
    const reason = `The endpoint ${path} is disabled: set ${variable} and send it as a bearer token.`;
    return { kind: 'refused', status: 403, reason };
  }
  const given = sentSecrets(request.headers.authorization, basic);
  if (given.some((secret) => isOneOf(secret, token))) return undefined;
  return { kind: 'refused', status: 401, reason: 'The bearer token is missing or wrong.' };
}

/** What the header says that the sender knows: a bearer token, or the password of RFC 7617. */
function sentSecrets(header: string | undefined, basic: boolean): readonly string[] {
  if (header?.startsWith('Bearer ') === true) return [header.slice('Bearer '.length)];
  if (!basic || header?.startsWith('Basic ') !== true) return [''];
  const text = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');
  return [text.includes(':') ? text.slice(text.indexOf(':') + 1) : ''];
}

/** Whether it is one of the tokens; each is looked at. */
const isOneOf = (given: string, tokens: string): boolean =>
  tokens
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => isSame(given, each))
    .includes(true);

/** Constant time: both sides are hashed first, so that neither length nor content shows in the duration. */
function isSame(given: string, token: string): boolean {
  const hash = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(given), hash(token));
}

/** Milliseconds a sender may take for the whole body. */
const slowestBody = 10_000;

/** The body of a request as JSON, of at most `largest` bytes. */
export async function readJson(
  request: IncomingMessage,
  largest: number,
): Promise<{ readonly kind: 'json'; readonly value: unknown } | Refusal> {
  const body = await readBody(request, largest);
  return body.kind === 'refused' ? body : parseJson(request, body.bytes, largest);
}

/**
 * JSON in UTF-8, of at most `largest` bytes, that was sent as it is or packed; or the answer for what is none. What was sent
 * is gone afterwards.
 */
export async function parseJson(
  request: IncomingMessage,
  sent: Buffer,
  largest: number,
): Promise<{ readonly kind: 'json'; readonly value: unknown } | Refusal> {
  const body = await unpacked(request.headers['content-encoding'], sent, largest);
  if (body.kind === 'refused') return body;
  const { bytes } = body;
  const wasPacked = isGzip(bytes);
  const text = textOf(bytes);
  giveBack(bytes);
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'refused', status: 400, reason: wasPacked ? packedReason : whyNoJson(text) };
  }
}

/** Some senders put a byte order mark first, which a reader may pass over (RFC 8259, 8.1). */
const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/^\uFEFF/, '');

const packedReason = 'The body is not JSON but gzip: say so with Content-Encoding, or send it as it is.';

/** What is no JSON is not repeated: it may hold anything. */
function whyNoJson(text: string): string {
  if (text.includes('\0')) return 'The body is not JSON in UTF-8.';
  return text.trim() === '' ? 'The body is empty, and must be JSON.' : 'The body is not JSON.';
}

/** The body of a request as it was sent, of at most `largest` bytes. */
export async function readBody(
  request: IncomingMessage,
  largest: number,
): Promise<{ readonly kind: 'body'; readonly bytes: Buffer } | Refusal> {
  const tooLarge: Refusal = {
    kind: 'refused',
    status: 413,
    reason: `The body is larger than ${largest} bytes.`,
  };
  const said = Number(request.headers['content-length'] ?? 0);
  if (said > largest) return tooLarge;
  // One place for all of it, where its size is known: pieces that are put together in the end are held twice.
  let bytes: Buffer = Buffer.allocUnsafeSlow(said);
  let size = 0;
  request.setTimeout(slowestBody);
  try {
    for await (const chunk of request) {
      const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      if (size + piece.length > largest) return tooLarge;
      if (size + piece.length > bytes.length) bytes = grown(bytes, size + piece.length);
      size += piece.copy(bytes, size);
      giveBack(piece);
    }
  } catch {
    return { kind: 'refused', status: 400, reason: 'The body broke off before its end.' };
  }
  return { kind: 'body', bytes: bytes.subarray(0, size) };
}

/** With room for so many bytes at least, and for as many again: a body whose size nobody says grows piece by piece. */
function grown(bytes: Buffer, least: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(2 * least);
  bytes.copy(larger);
  giveBack(bytes);
  return larger;
}

/**
 * Gives the memory of bytes back at once: they are outside of the heap, and while that has room nobody would look for what is
 * free there, so that body upon body would be held. What others may have a part of is left alone.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
