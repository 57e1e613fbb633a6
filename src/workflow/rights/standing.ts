import type { Approval } from '../../domain/approval.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { after, secondsBetween } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import type { Right } from '../ports.ts';
import { rightToApprove } from './approve.ts';
import { rightToAskAgain } from './ask.ts';

/** One that waits has some of its approvals, and the last is looked up with the click. */
type Approved = RemediationIn<'waiting' | 'approved'>;

/** Whether somebody still has a right cannot be looked up now. */
export class RightUnknown extends Error {
  override readonly name = 'RightUnknown';
}

/** Seconds for which a right that was looked up is not looked up again: the chat may be away meanwhile. */
const rightHolds = 60;

/** When the chat was asked for what a right rests on. `asked` is when we began to. */
export function checkedAt(right: Extract<Right, { kind: 'allowed' }>, asked: string): string {
  return after(asked, -(right.age ?? 0));
}

/** Not known, or in the future by some other clock, is not current. */
function isCurrent(checked: string | undefined, now: string): boolean {
  if (checked === undefined) return false;
  const age = secondsBetween(checked, now);
  return age >= 0 && age <= rightHolds;
}

export type Standing =
  | { readonly kind: 'standing'; readonly approvals: readonly Approval[] }
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * Asks again whether the person who asked for it still may, and those who approved it, and for which groups; a reason
 * when one may not. What was looked up a moment ago is not asked again.
 *
 * @throws RightUnknown when it cannot be looked up now: the step is tried again until the approval is too old
 */
export async function standingOf(
  context: WorkflowContext,
  row: Approved,
  approvals: readonly Approval[],
  now: string,
): Promise<Standing> {
  const lost = await requesterLost(context, row, now);
  if (lost !== undefined) return { kind: 'lost', reason: lost };
  const standing: Approval[] = [];
  for (const vote of approvals) {
    if (isCurrent(vote.checkedAt, now)) {
      standing.push(vote);
      continue;
    }
    const right = await rightToApprove(context, row, vote.actor, 'gate');
    if (right.kind === 'unknown') throw new RightUnknown(right.reason);
    if (right.kind === 'refused') {
      const reason = `The approval of ${vote.actor.userId} no longer counts: they may not approve now.`;
      return { kind: 'lost', reason };
    }
    const { roles: _before, ...rest } = vote;
    standing.push(right.roles === undefined ? rest : { ...rest, roles: [...right.roles] });
  }
  return { kind: 'standing', approvals: standing };
}

/** A change is not carried out for somebody who could not ask for it now, whoever has approved it. */
async function requesterLost(
  context: WorkflowContext,
  row: Approved,
  now: string,
): Promise<string | undefined> {
  const { requestedBy } = row;
  if (requestedBy.kind !== 'person' || isCurrent(requestedBy.checkedAt, now)) return undefined;
  const { actor } = requestedBy;
  const right = await rightToAskAgain(context, row, actor, 'gate');
  if (right.kind === 'unknown') throw new RightUnknown(right.reason);
  if (right.kind === 'allowed') return undefined;
  return `${actor.userId} asked for this and may not ask for it any more. Nothing was changed; somebody who may ask can ask for it again.`;
}
