import type { Passage } from '../../domain/showing.ts';
import type { Piece, PieceName } from './pieces.ts';

/**
 * Characters of a card that each piece may take, so that all of it together stays well under what a chat takes in one
 * message (Slack: 10 000).
 */
const room: Readonly<Record<PieceName, number>> = {
  expected: 800,
  targets: 500,
  command: 700,
  values: 700,
  notes: 500,
  moved: 500,
  git: 1000,
  emergency: 900,
  changes: 1100,
  dryRun: 500,
  reasons: 1200,
  conditions: 800,
  rollback: 500,
};

/** Characters of one message in the thread, and messages of one remediation, before people stop reading. */
const mostInPart = 7_500;
export const mostParts = 15;

/** Where everything stands: what the card has no room for is in the thread, whole, in parts of one message each. */
export interface Layout {
  readonly onCard: readonly PieceName[];
  readonly parts: readonly (readonly Passage[])[];
}

/** What does not fit on the card goes into the thread; `nothingOnCard`: all of it does, because the card was not taken. */
export function layOut(pieces: readonly Piece[], nothingOnCard = false): Layout {
  const fits = ({ name, text }: Piece): boolean => !nothingOnCard && sizeOf(text) <= room[name];
  const inThread = pieces.filter((piece) => !fits(piece));
  return { onCard: pieces.filter(fits).map(({ name }) => name), parts: inParts(inThread) };
}

/** Why it cannot be shown; undefined when it can. */
export function tooLong({ parts }: Layout): string | undefined {
  if (parts.length <= mostParts) return undefined;
  const size = parts.flat().reduce((sum, { text }) => sum + text.length, 0);
  return `What would have to be read before approving is ${size} characters long, more than the ${mostParts} messages that Firebreak posts for it: ask for a part of it.`;
}

/** Markup counts a few characters for one. */
function sizeOf(text: string): number {
  return text.length + 4 * (text.match(/[&<>]/g) ?? []).length + (text.match(/\n/g) ?? []).length * 4;
}

/** Pieces in their order, each message filled up; one that is longer goes on in the next. */
function inParts(pieces: readonly Piece[]): readonly (readonly Passage[])[] {
  const parts: Passage[][] = [];
  let left = 0;
  for (const { heading, text } of pieces) {
    let rest = text;
    for (let first = true; rest !== ''; first = false) {
      if (left < Math.min(rest.length, 400)) {
        parts.push([]);
        left = mostInPart;
      }
      const end = cutAt(rest, left);
      parts.at(-1)?.push({ heading: first ? heading : `${heading}, continued`, text: rest.slice(0, end) });
      left -= end + heading.length;
      rest = rest.slice(end);
    }
  }
  return parts;
}

/** At the end of a line where that wastes little, never inside a character. */
function cutAt(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const line = text.lastIndexOf('\n', most - 1) + 1;
  if (line > most / 2) return line;
  return /[\uD800-\uDBFF]/.test(text[most - 1] ?? '') ? most - 1 : most;
}
