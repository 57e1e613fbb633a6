import { stripVTControlCharacters } from 'node:util';

/**
 * Untrusted text on its way to Slack. Slack's mrkdwn gives meaning to `&`, `<` and `>` only when they are not
 * escaped (docs.slack.dev, "Formatting message text"); escaping them kills mentions, broadcasts and links.
 */

/** Text that may stand in a mrkdwn object. Only this file can make one, so no raw string reaches mrkdwn. */
export interface SafeMrkdwn {
  readonly mrkdwn: string;
  readonly [checked]: true;
}
const checked: unique symbol = Symbol('checked');

const safe = (text: string): SafeMrkdwn => ({ mrkdwn: text, [checked]: true });

/** Everything of Unicode's control and format classes (bidi, zero-width, tags) but tab and newline. */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Drops what cannot be seen but changes what is seen: ANSI sequences, control, bidi and zero-width characters. */
export function visible(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(invisible, '').toWellFormed();
}

/** One visible line: newlines and runs of blanks become single spaces. */
export function oneLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').trim();
}

/**
 * Cuts to at most `limit` UTF-16 units, whole code points, with an ellipsis where something was lost.
 * Slack does not document its unit; UTF-16 is the stricter one.
 */
export function clamp(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const point of text) {
    if (kept.length + point.length > limit - 1) break;
    kept += point;
  }
  return `${kept.trimEnd()}…`;
}

/** Keeps the end of a long text, whole lines where possible: the end of a log is what explains a failure. */
function tail(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.slice(text.length - limit + 2).toWellFormed();
  const newline = end.indexOf('\n');
  return `…\n${newline >= 0 && newline < limit / 2 ? end.slice(newline + 1) : end}`;
}

/** Escapes mrkdwn's three special characters, and nothing else. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Signs that Slack makes bold, italic or struck of where two of them stand around a word, by what looks alike and means nothing.
 * There is no way to escape them.
 */
const plainTwins: Readonly<Record<string, string>> = { '*': '\u2217', _: '\u02cd', '~': '\u223c' };

/** Signs that may begin such a pair, or an address, in which they stay what they are. A sign inside a word begins none. */
const signsOrAddress = /https?:\/\/[^\s*]+|(?<![\p{L}\p{N}])[*_~]+(?=\S)/gu;

/** The text without what would begin such a pair, and without backticks. */
function unformatted(text: string): string {
  return text.replaceAll('`', "'").replaceAll(signsOrAddress, (signs, at: number) => {
    if (signs.startsWith('http')) return signs;
    const closed = [...new Set(signs)].some((sign) => text.includes(sign, at + signs.length));
    return closed ? [...signs].map((sign) => plainTwins[sign] ?? sign).join('') : signs;
  });
}

/** The text that was typed: Slack sends these three characters of a slash command escaped. */
export function unescapeMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * Mrkdwn as a template: the literal parts are ours, every string or number in it is untrusted and becomes one
 * escaped line without formatting of its own, every `SafeMrkdwn` is taken as it is.
 */
export function md(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | SafeMrkdwn)[]
): SafeMrkdwn {
  return safe(parts.map((part, index) => part + rendered(values[index])).join(''));
}

function rendered(value: string | number | SafeMrkdwn | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.mrkdwn : escapeMrkdwn(unformatted(oneLine(String(value))));
}

/** Untrusted text as inline code. Backticks would end the span, so they become apostrophes. */
export function code(text: string): SafeMrkdwn {
  const inner = escapeMrkdwn(oneLine(text).replaceAll('`', "'"));
  return safe(inner === '' ? '' : `\`${inner}\``);
}

/** Untrusted text of several lines as a code block of at most `limit` characters; the end is kept. */
export function codeBlock(text: string, limit: number): SafeMrkdwn {
  const inner = visible(text).replaceAll('`', "'").trimEnd();
  return safe(`\`\`\`\n${fitted(inner, limit - 8)}\n\`\`\``);
}

/** Escaping lengthens the text, so the cut is made on what the escaped text measures. */
function fitted(text: string, limit: number): string {
  let kept = text;
  for (let escaped = escapeMrkdwn(kept); ; escaped = escapeMrkdwn(kept)) {
    if (escaped.length <= limit) return escaped;
    kept = tail(kept, Math.max(2, Math.floor((kept.length * limit) / escaped.length) - 2));
  }
}

/** Several pieces, one a line, as many as fit into `limit` characters; says how many were left out. */
export function lines(pieces: readonly SafeMrkdwn[], limit = 2900): SafeMrkdwn {
  const kept: string[] = [];
  let used = 0;
  for (const { mrkdwn } of pieces) {
    if (used + mrkdwn.length + 1 > limit - 40) break;
    kept.push(mrkdwn);
    used += mrkdwn.length + 1;
  }
  const left = pieces.length - kept.length;
  return safe(left === 0 ? kept.join('\n') : [...kept, `… and ${left} more`].join('\n'));
}

/** A mention of a person; anything that is not a Slack user id is shown as text. */
export function person(userId: string): SafeMrkdwn {
  return /^[UW][A-Z0-9]+$/.test(userId) ? safe(`<@${userId}>`) : md`${userId}`;
}

/** A mention of a user group; anything that is not a group id is shown as text. */
export function group(groupId: string): SafeMrkdwn {
  return /^S[A-Z0-9]+$/.test(groupId) ? safe(`<!subteam^${groupId}>`) : md`${groupId}`;
}

/**
 * A link to a message, or nothing where its place is not one of Slack's (docs.slack.dev, "chat.getPermalink", has the form).
 *
 * @param workspaceUrl as auth.test says it, with a slash at its end
 */
export function linked(
  place: { readonly channel: string; readonly ts: string } | undefined,
  workspaceUrl: string | undefined,
): SafeMrkdwn {
  if (place === undefined || workspaceUrl === undefined) return safe('');
  const isPlain = /^[A-Z0-9]+$/.test(place.channel) && /^\d+\.\d+$/.test(place.ts);
  if (!isPlain || !/^https?:\/\/[\w.:-]+\/$/.test(workspaceUrl)) return safe('');
  return safe(` <${workspaceUrl}archives/${place.channel}/p${place.ts.replace('.', '')}|thread>`);
}

/** `a, b and c`. */
export function listed(items: readonly SafeMrkdwn[]): SafeMrkdwn {
  const last = items.at(-1);
  if (last === undefined) return safe('');
  if (items.length === 1) return last;
  return safe(
    `${items
      .slice(0, -1)
      .map((item) => item.mrkdwn)
      .join(', ')} and ${last.mrkdwn}`,
  );
}
