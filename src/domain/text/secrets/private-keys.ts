import { type Codes, charactersLike, runsOf, startOfRun } from './runs.ts';
import type { Finder, Span } from './span.ts';

/** Of the line that begins or ends an armoured key (RFC 7468, RFC 4880): `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`. */
const label = /[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{5}/y;

/** What the lines of a key are made of: base64, line ends (escaped ones, too), and the headers of encrypted keys. */
const parts = [/[A-Za-z0-9+/=\s]+/y, /\\{1,2}[nrt/]/y, /: [^\n\\]*/y, /-(?:Type|Info|ID)/y];

/** What a log or a mail writes before each line of a key. */
const beforeLine = /[^\n\\]{0,60}?[ \t>](?=[A-Za-z0-9+/]{16,}={0,2}(?:[\r\n]|$)|-----END )/y;
const ofBodies = charactersLike(/[A-Za-z0-9+/=\s\\]/);

const begin = '-----BEGIN ';
const end = '-----END ';

/**
 * Private keys in PEM, whole or cut off: from the line that begins one to the one that ends it or to where base64 ends,
 * and, before an end without a beginning, back to where base64 begins.
 */
export const privateKeys: Finder = (text, codes) => {
  const spans: Span[] = [];
  let from = 0;
  for (let at = text.indexOf('-----', from); at >= 0; at = text.indexOf('-----', from)) {
    const span = text.startsWith(begin, at) ? begun(text, at) : ended(text, codes, at, from);
    if (span === undefined) {
      from = at + 5;
      continue;
    }
    spans.push(span);
    from = span.end;
  }
  return spans;
};

function begun(text: string, at: number): Span | undefined {
  const opened = endOf(label, text, at + begin.length);
  if (opened === undefined) return undefined;
  const inside = endOfBody(text, opened);
  const closed = text.startsWith(end, inside) ? endOf(label, text, inside + end.length) : undefined;
  return { start: at, end: closed ?? trimmed(text, opened, inside), name: 'private key' };
}

function endOfBody(text: string, from: number): number {
  let at = from;
  for (let next: number | undefined = at; next !== undefined; next = endOfPart(text, at)) at = next;
  return at;
}

function endOfPart(text: string, at: number): number | undefined {
  for (const part of [beforeLine, ...parts]) {
    const end = endOf(part, text, at);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Without the blanks that follow a key that was cut off. */
function trimmed(text: string, opened: number, inside: number): number {
  const lines = text.slice(opened, inside).trimEnd();
  return opened + lines.length;
}

function ended(text: string, codes: Codes, at: number, from: number): Span | undefined {
  if (!text.startsWith(end, at)) return undefined;
  const closed = endOf(label, text, at + end.length);
  if (closed === undefined) return undefined;
  return { start: startOfRun(ofBodies, codes, at, from), end: closed, name: 'private key' };
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const ofLines = charactersLike(/[A-Za-z0-9+/]/);

/** PEM breaks base64 after 64 or 76 characters, SSH after 70. */
const lineLengths = new Set([64, 70, 76]);

/** Further lines of a key, all but the last one whole. */
const further =
  /(?:(?:\r?\n[ \t]*|\\n)[A-Za-z0-9+/]{64,76}(?![A-Za-z0-9+/]))*(?:\r?\n[ \t]*|\\n)[A-Za-z0-9+/]{8,}={0,2}/y;

/** Lines of a key whose head and tail were both cut off. */
export const keyBlocks: Finder = (text, codes) => {
  const spans: Span[] = [];
  let seen = 0;
  for (const { start, end } of runsOf(ofLines, codes, 64)) {
    if (start < seen || !lineLengths.has(end - start) || /[^\s"']/.test(text.charAt(start - 1))) continue;
    const last = endOf(further, text, end);
    if (last === undefined) continue;
    seen = last;
    if (isOfKey(text.slice(start, last))) spans.push({ start, end: last, name: 'encoded block' });
  }
  return spans;
};

/** Certificates look the same; hexadecimal digests and long names in capitals do not. */
const isOfKey = (lines: string): boolean =>
  /[A-Z]/.test(lines) && /[a-z]/.test(lines) && /[0-9+/]/.test(lines) && /[g-zG-Z]/.test(lines);
