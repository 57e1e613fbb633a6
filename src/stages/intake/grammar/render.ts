import { displayCharacter } from '../../../actions/grammar/display.ts';
import type { Refusal } from '../../../actions/grammar/refusal.ts';
import { masked, redact } from '../../../domain/text/redact.ts';
import { withoutSecret } from './secrets.ts';

/** Columns of the user's text shown around the caret; a Slack code block on a laptop holds about this many. */
const COLUMNS = 80;
/** Columns kept before the caret when the text is longer than the window. */
const LEAD = 30;

interface Line {
  readonly text: string;
  readonly caret: { readonly from: number; readonly width: number };
}

/**
 * A refusal as a compiler would print it: the text, `^~~~` under the offending word, the reason, `Try: ...`. What looks
 * like a credential is shown as stars.
 * Every line but the reason is printable ASCII and at most 86 columns, whatever the text holds. Linear in it.
 */
export function renderRefusal(text: string, refusal: Refusal): string {
  const { text: shown, caret } = windowed(laidOut(text, refusal));
  const lines = [
    shown,
    `${' '.repeat(caret.from)}^${'~'.repeat(Math.max(0, caret.width - 1))}`,
    redact(refusal.reason),
  ];
  if (refusal.nearest !== undefined) lines.push(`Try: ${refusal.nearest}`);
  return lines.join('\n');
}

/** The part of the text around the span, escaped, with the caret's place counted in columns. */
function laidOut(text: string, refusal: Refusal): Line & { before: boolean } {
  const { span } = refusal;
  const start = Math.max(0, span.start - COLUMNS);
  const shown = withoutSecrets(text, refusal, start);
  const from = span.start - start;
  const to = span.end - start;
  const head = escaped(shown.slice(0, from));
  const marked = escaped(shown.slice(from, to));
  const tail = escaped(shown.slice(to));
  return {
    text: head + marked + tail,
    caret: { from: head.length, width: marked.length },
    before: start > 0,
  };
}

/** How far before what is shown a secret can begin, and how much behind the caret is needed to know it (`redact`). */
const REACH = { before: 17_000, after: 1_100 };

function withoutSecrets(text: string, refusal: Refusal, start: number): string {
  const from = Math.max(0, start - REACH.before);
  const around = masked(withoutSecret(text, refusal).slice(from, refusal.span.start + REACH.after));
  return around.slice(start - from);
}

function windowed(line: Line & { before: boolean }): Line {
  const from = line.text.length <= COLUMNS ? 0 : Math.max(0, line.caret.from - LEAD);
  const to = Math.min(line.text.length, from + COLUMNS);
  const prefix = line.before || from > 0 ? '...' : '';
  const suffix = to < line.text.length ? '...' : '';
  const width = Math.min(line.caret.width, to - line.caret.from);
  return {
    text: `${prefix}${line.text.slice(from, to)}${suffix}`,
    caret: { from: prefix.length + line.caret.from - from, width },
  };
}

function escaped(text: string): string {
  let shown = '';
  for (const character of text) shown += displayCharacter(character);
  return shown;
}
