import { isSpace } from './characters.ts';
import { startsCommand } from './verbs.ts';

/** A prompt in a fence in quotes: more than people paste, and a bound for the time that it takes. */
const MOST_LAYERS = 4;

/** What opens around a whole command, what may close it, and what inside would leave open where it ends. */
const PAIRS: readonly { readonly open: string; readonly close: string }[] = [
  { open: '`', close: '`' },
  { open: '"', close: '"' },
  { open: "'", close: "'" },
  { open: '\u201c\u201d\u201e', close: '\u201c\u201d' },
  { open: '\u2018\u2019\u201a', close: '\u2018\u2019' },
];

const FENCE = '```';

/**
 * The text with blanks in the place of what is pasted around a whole command: a `$ ` prompt, the chat's own command, backticks, a code fence,
 * quotes. It keeps its length, so that places in it are places in the text. What may end elsewhere is left as it is.
 */
export function unwrapped(text: string): string {
  let plain = text;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const next = withoutLayer(plain);
    if (next === undefined) return plain;
    plain = next;
  }
  return plain;
}

function withoutLayer(text: string): string | undefined {
  const inner = text.trim();
  const start = text.length - text.trimStart().length;
  const end = start + inner.length;
  if (inner.startsWith('$') && isSpace(inner.charAt(1))) return blanked(text, start, start + 1);
  if (/^\/remediate(?=\s|$)/i.test(inner)) return blanked(text, start, start + '/remediate'.length);
  const edges = fenceOf(inner) ?? pairOf(inner);
  if (edges === undefined) return undefined;
  return blanked(blanked(text, start, start + edges.open), end - edges.close, end);
}

interface Edges {
  readonly open: number;
  readonly close: number;
}

/** The word behind the opening fence names a language when it has the line to itself and is no command's first. */
function fenceOf(inner: string): Edges | undefined {
  if (!inner.startsWith(FENCE) || inner.length <= 2 * FENCE.length) return undefined;
  if (inner.indexOf(FENCE, FENCE.length) !== inner.length - FENCE.length) return undefined;
  const language = /^[A-Za-z][\w+-]*(?=[ \t]*[\r\n])/.exec(inner.slice(FENCE.length))?.[0] ?? '';
  const open = FENCE.length + (startsCommand(language) ? 0 : language.length);
  return { open, close: FENCE.length };
}

function pairOf(inner: string): Edges | undefined {
  const [first, last] = [inner.charAt(0), inner.charAt(inner.length - 1)];
  const pair = PAIRS.find(({ open, close }) => open.includes(first) && close.includes(last));
  const content = inner.slice(1, -1);
  if (pair === undefined || content.trim() === '') return undefined;
  const unclear = [...pair.open, ...pair.close].some((sign) => content.includes(sign));
  return unclear ? undefined : { open: 1, close: 1 };
}

function blanked(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}
