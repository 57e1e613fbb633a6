import type { PassedVote } from '../../../workflow/approval/last-vote-port.ts';
import type { SideEffect, Transition } from '../../../workflow/ports.ts';
import { mayBegin } from '../brakes/stops.ts';
import type { Context } from '../context.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { holdTargets } from './held-targets.ts';
import { asStored, moved } from './remediations.ts';
import {
  adoptedBy,
  applyEffects,
  checkMove,
  entryOf,
  isTargetHeld,
  LostProviso,
  Stale,
} from './transition.ts';
import { provisoHolds } from './usage.ts';
import { asSeen, recordVote, type Seen } from './votes.ts';

/**
 * Commits the last approval, the row's two moves and the job of the step after them, or nothing; see Store. It asks the same as
 * the two commits would that it takes the place of, in the order of the second (commitTransition), whose locks it takes.
 *
 * @throws on a fault, and on a move that `moves` does not list
 */
export async function approveAndExecute(
  context: Context,
  seen: Seen,
  { approval, approved, executing }: PassedVote<Transition>,
): Promise<boolean> {
  checkMove(seen.row, approved.next);
  const adopted = adoptedBy(context, executing);
  const next = asStored(executing.next);
  try {
    await transact(context.knex, async (trx) => {
      await claim(context, trx, seen, { approved, executing });
      const before = [
        ...recordVote(context, trx, seen.row, approval),
        entryOf(context, approved.next, approved.event, seen.row.state),
      ];
      await applyEffects(context, trx, approved.next, together(approved, executing), { before, adopted });
    });
  } catch (error) {
    // It may be this very vote that has moved the row, in a commit of which nobody heard, or another at the same moment: what
    // has become of the row answers who clicked.
    if (error instanceof Stale) await adopted?.beginIfCommitted(next);
    else if (!(error instanceof LostProviso) && !isTargetHeld(error)) throw error;
    return false;
  }
  await adopted?.begin(next);
  return true;
}

/** Moves the row where it and its votes are as they were seen, and takes its targets for it. One wait. */
async function claim(
  context: Context,
  trx: Transaction,
  { row, approvals }: Seen,
  { approved, executing }: Pick<PassedVote<Transition>, 'approved' | 'executing'>,
): Promise<void> {
  const orElse = new Stale();
  // The proviso is asked before the row is written, so that it does not count itself.
  const holds = executing.proviso === undefined ? true : provisoHolds(trx, executing.proviso);
  trx.demand({ ...moved(row, executing.next), orElse }, { ...asSeen(row.id, approvals), orElse });
  const free = mayBegin(trx);
  const [isFree, may] = await Promise.all([
    free,
    holds,
    holdTargets(context, trx, approved.next, executing.next),
  ]);
  if (!isFree) throw new LostProviso('Firebreak was stopped');
  if (!may) throw new LostProviso(`what remediation ${row.number} was decided on has changed`);
}

/** The card shows the last state, and nobody has to be woken for the first. */
function together(approved: Transition, executing: Transition): Transition {
  const isOver = ({ kind }: SideEffect) => kind === 'card' || kind === 'wake';
  const first = approved.sideEffects.filter((each) => !isOver(each));
  return { ...executing, sideEffects: [...first, ...executing.sideEffects] };
}
