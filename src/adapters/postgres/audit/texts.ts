import type { Sha256 } from '../../../workflow/ports.ts';
import { type Head, type Verified, verifyChain } from './chain.ts';
import { readLine } from './line.ts';

/** What a check of lines as texts came to. `unread`: after `head` is something that is no line. */
export type TextsVerified = Verified | { readonly kind: 'unread'; readonly head: Head };

export interface TextsOptions {
  readonly expected: Head | undefined;
  readonly sha256: Sha256;
  /** The line before the first. */
  readonly start: Head;
  /** Called for each line that is in order. */
  readonly onLine?: ((line: Head) => void) | undefined;
}

/**
 * Checks lines as they are exported, in the order of the chain; see `verifyChain`. A text that is exactly as it is written, and
 * nearly all are, is hashed without being taken apart first, which takes a third of the time: a chain has millions of lines.
 */
export function verifyTexts(texts: readonly string[], options: TextsOptions): TextsVerified {
  const { expected, sha256, start, onLine } = options;
  let last = start;
  for (const text of texts) {
    const hash = hashOfNext(text, last, sha256);
    const isWrong = hash === undefined || (expected?.seq === last.seq + 1 && expected.hash !== hash);
    if (isWrong) {
      const line = readLine(text);
      if (line === undefined) return { kind: 'unread', head: last };
      const verified = verifyChain([line], expected, sha256, last);
      if (verified.kind === 'broken') return verified;
      last = verified.head;
    } else last = { seq: last.seq + 1, hash };
    onLine?.(last);
  }
  return { kind: 'intact', head: last };
}

/** `","hash":"`, 64 hex digits, `"}`: how a line ends. */
const tail = 76;

/** `,"prev":"` and 64 hex digits: what stands before that. */
const beforeTail = 73;

/**
 * The hash of a text that is the line after `last`; undefined where it is not, or where it takes a closer look to say. Its parts
 * go into what is hashed as they stand: without an escape in them, as canonical JSON has them. A text that is put together in
 * another way has another hash.
 */
function hashOfNext(text: string, last: Head, sha256: Sha256): string | undefined {
  const begin = `{"seq":${last.seq + 1},"kind":"`;
  if (!text.startsWith(begin) || text.includes('\\')) return undefined;
  const remediation = text.indexOf('","remediation":', begin.length) + 1;
  const version = text.indexOf(',"version":', remediation);
  const event = text.indexOf(',"event":', version);
  const to = text.indexOf(',"to":', event);
  const actor = text.indexOf(',"actor":', to);
  const digest = text.indexOf(',"dataDigest":', actor);
  const at = text.indexOf(',"at":', digest);
  const prev = text.indexOf(',"prev":"', at);
  const end = text.length - tail;
  if (prev === -1 || end !== prev + beforeTail || !text.endsWith('"}')) return undefined;
  if (!text.startsWith(`${last.hash}","hash":"`, prev + ',"prev":"'.length)) return undefined;
  const kind = text.slice(begin.length, remediation - 1);
  const by = text.slice(actor, digest);
  const isOld = kind === 'move' && by === ',"actor":null';
  const first = isOld ? text.slice(at + 1, prev) : `${by.slice(1)}${text.slice(at, prev)}`;
  const middle = `${text.slice(digest, at)}${text.slice(event, to)}${isOld ? '' : `,"kind":"${kind}"`}`;
  const rest = `${text.slice(prev, end + 1)}${text.slice(remediation, version)},"seq":${last.seq + 1}`;
  const hash = text.slice(-66, -2);
  const proper = sha256(`{${first}${middle}${rest}${text.slice(to, actor)}${text.slice(version, event)}}`);
  return proper === hash ? hash : undefined;
}
