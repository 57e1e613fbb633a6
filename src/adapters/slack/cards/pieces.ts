import type { KnownBlock } from '@slack/types';
import type { Shown } from '../../../workflow/shown.ts';
import { paragraph, section, verbatim } from '../blocks.ts';
import { listed, md } from '../text.ts';

type PieceName = Shown['onCard'][number];

/** A piece as it is under its heading, where the card has room for it. */
export function pieceBlocks(shown: Shown | undefined, name: PieceName): readonly KnownBlock[] {
  const piece = shown?.pieces.find((each) => each.name === name);
  if (piece === undefined || shown?.onCard.includes(name) !== true) return [];
  return [section(md`*${piece.heading}*`), verbatim(piece.text)];
}

/** Sentences about the values, as a paragraph of their own. */
export function notesBlock(shown: Shown | undefined): readonly KnownBlock[] {
  const notes = shown?.pieces.find(({ name }) => name === 'notes');
  return notes === undefined || shown?.onCard.includes('notes') !== true ? [] : [paragraph(notes.text)];
}

/** What has to be read in the thread. */
export function elsewhere(shown: Shown | undefined): readonly KnownBlock[] {
  if (shown === undefined || shown.parts === 0) return [];
  const names = shown.pieces.filter(({ name }) => !shown.onCard.includes(name));
  const where = shown.parts === 1 ? 'one message' : `${shown.parts} messages`;
  return [
    section(md`*Whole in the thread, in ${where}:* ${listed(names.map(({ heading }) => md`${heading}`))}`),
  ];
}
