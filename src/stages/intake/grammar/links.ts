import type { Span } from '../../../actions/grammar/refusal.ts';

export interface Link {
  /** The text that was typed. */
  readonly label: Span;
  readonly end: number;
}

const LABELLED = /<(?:https?:\/\/|mailto:)([\w./:@,%+-]{1,2048})\/?\|\1>/y;
const BARE = /^<(?:https?:\/\/|mailto:)(?:[^<>|\s]*\|)?(?:https?:\/\/)?([\w./:@,%+-]+?)\/?>$/;

/**
 * The link that Slack makes of what looks like a host name or an address: `<http://web.shop|web.shop>`. Only one that
 * points to what it shows: of two texts it cannot be known which was meant.
 */
export function linkAt(text: string, start: number): Link | undefined {
  LABELLED.lastIndex = start;
  const label = LABELLED.exec(text)?.[1];
  if (label === undefined) return undefined;
  const end = LABELLED.lastIndex;
  return { label: { start: end - 1 - label.length, end: end - 1 }, end };
}

/** The name that somebody who sees another link than that can have meant. */
export function nameInLink(link: string): string | undefined {
  return BARE.exec(link)?.[1];
}
