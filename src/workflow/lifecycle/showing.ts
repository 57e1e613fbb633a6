import type { Remediation, RemediationIn } from '../../domain/remediation.ts';
import { isShown, type Showing } from '../../domain/showing.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { type Layout, layOut, tooLong } from '../../stages/show/layout.ts';
import { piecesOf } from '../../stages/show/pieces.ts';
import type { WorkflowContext } from '../context.ts';
import type { SideEffect, Transition } from '../ports.ts';
import type { Posted, Shown } from '../shown.ts';
import { bump, type Moment } from './transitions.ts';

/* What people decide on is put before them first: on the card or, what it has no room for, in its thread. */

type Waiting = RemediationIn<'waiting'>;
type Judged = RemediationIn<'evaluated' | 'waiting'>;

/** How far the showing is when the parts are promised by the next move of a row. */
export function showingOf({ digest, version }: Judged, { parts }: Layout): Showing {
  return parts.length === 0
    ? { kind: 'card', digest }
    : { kind: 'posting', digest, parts: parts.length, version: version + 1 };
}

/** The promise of each part by the next move of a row. */
export function partsInThread({ id, number, version }: Judged, { parts }: Layout): SideEffect[] {
  return parts.map((passages, index) => ({
    kind: 'part',
    notice: {
      kind: 'part',
      remediationId: id,
      number,
      version: version + 1,
      part: index + 1,
      of: parts.length,
      passages: [...passages],
    },
  }));
}

/**
 * What a look at what was posted changes for a row that waits for people: all of it is there, a part never will be, the
 * card was taken in its short form only and everything goes into the thread, or the card came late and the time for
 * deciding begins when it did. Undefined: nothing yet.
 */
export async function show(
  { store }: Pick<WorkflowContext, 'store'>,
  row: Waiting,
  moment: Moment,
): Promise<Transition | undefined> {
  const { showing } = row;
  if (showing?.digest !== row.digest) return showAgain(row, false, moment);
  const posted = await store.posted(row.id, showing.kind === 'posting' ? showing.version : row.version);
  const timed = fromPosting(row, posted, moment);
  const shown = shownBy(timed, showing, posted, moment);
  return shown ?? (timed === row ? undefined : moved(timed, 'posted', showing, moment));
}

function shownBy(row: Waiting, showing: Showing, posted: Posted, moment: Moment): Transition | undefined {
  if (showing.kind === 'card') return posted.short ? showAgain(row, true, moment) : undefined;
  return showing.kind === 'posting' ? settled(row, showing, posted, moment) : undefined;
}

/** Seconds by which posting may come after the row: what people lose of an hour is not worth another edit of the card. */
const promptly = 5;

/** The row with the time for deciding as it runs from when the last of it was posted, where that is later. */
export function fromPosting(row: Waiting, { at }: Posted, { policy }: Moment): Waiting {
  if (at === undefined) return row;
  const expiresAt = after(at, policy.approvalTtlSeconds);
  return isPast(after(row.expiresAt, promptly), expiresAt) ? { ...row, expiresAt } : row;
}

function showAgain(row: Waiting, nothingOnCard: boolean, moment: Moment): Transition {
  const layout = layOut(piecesOf(row, row.dryRun), nothingOnCard);
  const reason = tooLong(layout);
  return reason === undefined
    ? moved(row, 'showing', showingOf(row, layout), moment, partsInThread(row, layout))
    : moved(row, 'not_shown', { kind: 'refused', digest: row.digest, reason }, moment);
}

function settled(
  row: Waiting,
  { parts }: Extract<Showing, { kind: 'posting' }>,
  posted: Posted,
  moment: Moment,
): Transition | undefined {
  const { digest } = row;
  if (posted.refused !== undefined)
    return moved(row, 'not_shown', { kind: 'refused', digest, reason: posted.refused }, moment);
  if (posted.parts < parts) return undefined;
  return moved(row, 'shown', { kind: 'thread', digest, parts, at: moment.now }, moment);
}

/** The row goes on waiting, with its card brought up to date and its timer set anew: that is bound to the version. */
export function moved(
  row: Waiting,
  event: string,
  showing: Showing,
  { now }: Moment,
  sideEffects: readonly SideEffect[] = [],
): Transition {
  return {
    event,
    next: { ...row, ...bump(row, now), showing },
    sideEffects: [{ kind: 'card' }, ...sideEffects, { kind: 'expire', at: row.expiresAt }],
  };
}

/**
 * True when all that the votes are about was put before people. Of rows from before it was noted: when everything is so
 * short and plain that their cards, which cut and smoothed what they showed, had it as it is.
 */
export function wasShown(row: RemediationIn<'waiting' | 'approved'>): boolean {
  if (row.showing !== undefined) return isShown(row.showing, row.digest);
  const pieces = piecesOf(row, row.dryRun);
  return layOut(pieces).parts.length === 0 && !pieces.some(({ name }) => name === 'values');
}

/** What the card shows of what is decided on; undefined before the dry run and where nothing was judged. */
export function shownOf(row: Remediation): Shown | undefined {
  if (!('dryRun' in row) || row.dryRun === undefined || row.spec === undefined || row.facts === undefined)
    return undefined;
  const { action, spec, facts, members, git, emergency, dryRun } = row;
  const pieces = piecesOf({ action, spec, facts, members, git, emergency }, dryRun);
  const { onCard, parts } = layOut(pieces);
  const approvable = row.state === 'waiting' && wasShown(row);
  return { pieces, onCard, parts: parts.length, approvable };
}
