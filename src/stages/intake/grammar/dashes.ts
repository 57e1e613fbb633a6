import { codePointName } from '../../../actions/grammar/display.ts';
import type { Objection } from '../../../actions/grammar/refusal.ts';
import { longFlag, shortFlag } from './known-flags.ts';

/** The dashes that were meant, and where the text goes on behind what was typed for them. */
export interface Dashes {
  readonly text: '-' | '--';
  readonly end: number;
}

/** Two hyphens, or what phones and word processors make of one or two; then a name. No flag's name is longer. */
const FLAG = /([-\u2010-\u2015\u2212]{1,2})([A-Za-z][A-Za-z0-9-]{0,63})(=?)/y;

/** Whether a flag begins here, with dashes of any kind. */
export function startsFlag(text: string, start: number): boolean {
  return matchAt(text, start) !== undefined;
}

/**
 * The dashes at the beginning of a word that are none of ASCII. Autocorrection leaves one where two were typed, so the
 * name tells which were meant; undefined where there are none, an objection where no flag has that name.
 */
export function dashesAt(text: string, start: number): Dashes | Objection | undefined {
  const found = matchAt(text, start);
  if (found?.odd === undefined) return undefined;
  const { dashes, odd, name, equals } = found;
  const after = start + dashes.length;
  const nameEnd = after + name.length;
  const isWhole = equals || /\s/.test(text[nameEnd] ?? ' ');
  if (isWhole && longFlag(name)) return { text: '--', end: after };
  if (isWhole && shortFlag(name)) return { text: '-', end: after };
  const instead = name.length > 1 ? '--' : '-';
  const reason = `${codePointName(odd.charCodeAt(0))} is not the ASCII "${instead}" it looks like.`;
  return { code: 'not-ascii', reason, span: { start, end: after }, instead };
}

function matchAt(text: string, start: number) {
  FLAG.lastIndex = start;
  const [whole, dashes = '', name = '', equals] = FLAG.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return { dashes, odd: dashes.match(/[^-]/)?.[0], name, equals: equals === '=' };
}
