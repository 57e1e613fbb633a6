import { agreedBefore, changedOnce, judgedInTime, judgedOnce, sameAsShown } from './changes.ts';
import type { Evidence } from './evidence.ts';
import { atRest, chained, committedTogether, heldByOne, learnedOnce, movedInOrder } from './record.ts';
import { keptSecrets, keptWhatWasAcknowledged, toldInFull, toldInOrder, wentDownEveryRoad } from './told.ts';

/** One thing that must hold after any fault. `check` answers a sentence for each case in which it does not. */
export interface Invariant {
  readonly name: string;
  readonly check: (evidence: Evidence) => readonly string[];
}

/**
 * What must hold when the faults are over. Not seen from outside, and therefore left to the tests of the units: that a
 * digest is computed from what it should be, and the redaction of stderr as such (here only secrets that were planted).
 */
export const invariants: readonly Invariant[] = [
  { name: 'what was acknowledged is durable, and once', check: keptWhatWasAcknowledged },
  { name: 'every execution has one verdict', check: judgedOnce },
  { name: 'every change happened once, and none that is in no plan', check: changedOnce },
  { name: 'nobody began without the approvals of its tier', check: agreedBefore },
  { name: 'executed is what was approved is what was shown', check: sameAsShown },
  { name: 'only listed moves, none skipped', check: movedInOrder },
  { name: 'every message is there, once, up to date', check: toldInFull },
  { name: 'every thread is in order', check: toldInOrder },
  { name: 'every verdict was given in time', check: judgedInTime },
  { name: 'trust is a replay of the verdicts', check: learnedOnce },
  { name: 'the audit chain is whole', check: chained },
  { name: 'no job was held by two', check: heldByOne },
  { name: 'no planted secret is to be read', check: keptSecrets },
  { name: 'everything has come to rest', check: atRest },
  { name: 'what follows a move was committed with it', check: committedTogether },
  { name: 'every road was gone down', check: wentDownEveryRoad },
];
