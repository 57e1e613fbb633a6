import { type Codes, charactersLike, endOfRun, isOf, runsOf, startOfRun } from './runs.ts';
import { type Finder, type Span, united } from './span.ts';

/** What base64 is made of, also base64url, and how much of it a secret needs at least. */
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ofBase64 = charactersLike(/[A-Za-z0-9+/_-]/);
const padding = charactersLike(/=/);
const shortest = 20;

/** What each of its characters stands for. */
const bits = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return '+-'.includes(character)
    ? 62
    : '/_'.includes(character)
      ? 63
      : Math.max(0, base64.indexOf(character));
});

/** Of words with characters encoded as in a URL: what stands before the first of these, and what behind it. */
const before = charactersLike(/[\w.~!*()+%-]/);
const behind = charactersLike(/[\w.~!*()+&=;@:/?%-]/);
const hex = charactersLike(/[0-9A-Fa-f]/);
const percent = '%'.charCodeAt(0);

/** A part of a text that is encoded, and where what it says stands among what all say. */
interface Encoded extends Span {
  readonly said: Span;
}

/** Stands between what is decoded: nothing that is a secret goes on over it. */
const apart = [10, 0, 10];

/** What all encoded parts of a text say, one behind the other. */
interface Said {
  readonly codes: Codes;
  length: number;
}

/** Secrets within what is encoded: the whole of it is hidden when what it says has one. All is searched at once. */
export function encodedSecrets(text: string, codes: Codes, finder: Finder): Span[] {
  // Each of the two says less than there is, but for what stands between.
  const said: Said = { codes: new Uint16Array(codes.length * 2), length: 0 };
  const parts = [...inBase64(codes, said), ...inPercents(text, codes, said)];
  const codesSaid = said.codes.subarray(0, said.length);
  const all = textOf(codesSaid);
  const secrets = united(finder(all, codesSaid));
  const spans: Span[] = [];
  let next = 0;
  for (const { start, end, said } of parts) {
    while ((secrets[next]?.end ?? Number.POSITIVE_INFINITY) <= said.start) next += 1;
    if ((secrets[next]?.start ?? Number.POSITIVE_INFINITY) < said.end)
      spans.push({ start, end, name: nameOf(all.slice(said.start, said.end)) });
  }
  return spans;
}

const nameOf = (said: string) => (said.includes('PRIVATE KEY') ? 'private key' : 'encoded secret');

/** What was decoded has no codes beyond a byte. */
const textOf = (codes: Codes): string => new TextDecoder('latin1').decode(Uint8Array.from(codes));

function inBase64(codes: Codes, said: Said): Encoded[] {
  const parts: Encoded[] = [];
  for (const { start, end } of runsOf(ofBase64, codes, shortest)) {
    const part = saidByBase64(codes, start, end, said);
    if (part === undefined) continue;
    parts.push({ start, end: Math.min(end + 2, endOfRun(padding, codes, end)), said: part });
  }
  return parts;
}

/** Of the first characters: random bytes show themselves at once. */
const judged = 400;

/** What a run says, if that begins as text; a run that was cut off is read as far as it goes. */
function saidByBase64(codes: Codes, start: number, end: number, said: Said): Span | undefined {
  const from = said.length;
  let to = from;
  for (let at = start; at < end; at += 4) {
    const four =
      (bitsAt(codes, at) << 18) |
      (bitsAt(codes, at + 1) << 12) |
      (bitsAt(codes, at + 2) << 6) |
      bitsAt(codes, at + 3);
    said.codes[to] = four >> 16;
    said.codes[to + 1] = (four >> 8) & 255;
    said.codes[to + 2] = four & 255;
    const next = to + Math.min(3, end - at - 1);
    if (to - from < judged && !areText(said.codes, to, next)) return undefined;
    to = next;
  }
  return ended(said, from, to);
}

const bitsAt = (codes: Codes, at: number): number => bits[codes[at] ?? 0] ?? 0;

const ofTexts = charactersLike(/[\t\n\r\x20-\x7e]/);

function areText(codes: Codes, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isOf(ofTexts, codes, at)) return false;
  return true;
}

/** Marks the end of what a part says. */
function ended(said: Said, start: number, end: number): Span {
  said.codes.set(apart, end);
  said.length = end + apart.length;
  return { start, end };
}

function inPercents(text: string, codes: Codes, said: Said): Encoded[] {
  const parts: Encoded[] = [];
  let from = 0;
  for (let sign = text.indexOf('%'); sign >= 0; sign = text.indexOf('%', from)) {
    if (!isEncoded(codes, sign)) {
      from = sign + 1;
      continue;
    }
    const start = startOfRun(before, codes, sign, from);
    const end = endOfRun(behind, codes, sign);
    from = end;
    if (end - start >= shortestInPercents)
      parts.push({ start, end, said: saidByPercents(codes, start, end, said) });
  }
  return parts;
}

const isEncoded = (codes: Codes, sign: number) => isOf(hex, codes, sign + 1) && isOf(hex, codes, sign + 2);

/** `pw%3Dx1` says five characters; fewer are no secret. */
const shortestInPercents = 7;

function saidByPercents(codes: Codes, start: number, end: number, said: Said): Span {
  const from = said.length;
  let to = from;
  for (let at = start; at < end; to += 1) {
    const isOne = codes[at] === percent && isEncoded(codes, at);
    const sign = isOne ? behindSigns(codes, at) : at;
    said.codes[to] = isOne ? digit(codes, sign + 1) * 16 + digit(codes, sign + 2) : (codes[at] ?? 0);
    at = isOne ? sign + 3 : at + 1;
  }
  return ended(said, from, to);
}

/** What was encoded more than once: `%253D` is `%3D`. */
function behindSigns(codes: Codes, sign: number): number {
  let at = sign;
  while (codes[at + 1] === 50 && codes[at + 2] === 53 && isEncoded(codes, at + 2)) at += 2;
  return at;
}

/** The value of a hexadecimal digit. */
function digit(codes: Codes, at: number): number {
  const code = codes[at] ?? 0;
  // Of letters of either case the last four bits begin with one.
  return (code & 15) + (code >> 6) * 9;
}
