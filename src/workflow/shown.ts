import type { Piece, PieceName } from '../stages/show/pieces.ts';

/** What an approval is about, each piece whole; those that the card has room for, and how many messages hold the others. */
export interface Shown {
  readonly pieces: readonly Piece[];
  readonly onCard: readonly PieceName[];
  readonly parts: number;
  /** Whether all of it has been put before people, and they are waited for. */
  readonly approvable: boolean;
}

/**
 * `parts`: how many are there; `refused`: why one never will be; `short`: the card is not in its full form. `pending`: the
 * card itself is still to be posted; `at`: when the last of what is there was, where it is known.
 */
export interface Posted {
  readonly parts: number;
  readonly pending: boolean;
  readonly at?: string;
  readonly refused?: string;
  readonly short: boolean;
}
