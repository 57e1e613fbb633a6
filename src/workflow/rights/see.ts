import type { Actor } from '../../domain/actor.ts';
import { everybodyConcerned, letsAllAskAll } from '../../domain/policy/requesters.ts';
import type { Remediation } from '../../domain/remediation.ts';
import type { WorkflowContext } from '../context.ts';
import { unlessOther } from '../other-version.ts';
import type { Occasion, Right } from '../ports.ts';
import { rightToApprove } from './approve.ts';
import { rightToAskAgain } from './ask.ts';

/** May somebody see anything at all? Whoever may ask or approve somewhere. */
export async function rightToSeeAnything(context: WorkflowContext, actor: Actor): Promise<Right> {
  const people = await context.people();
  return people.mayAsk(actor, everybodyConcerned(context.policy()), 'ask');
}

/** May somebody see a remediation? Whoever may ask for such a change, in whatever channel, or approve it. */
export async function rightToSee(
  context: WorkflowContext,
  row: Remediation,
  actor: Actor,
  occasion: Occasion = 'ask',
): Promise<Right> {
  const asking = await rightToAskAgain(context, row, actor, occasion);
  if (asking.kind === 'allowed') return asking;
  const approving = await rightToApprove(context, row, actor, occasion);
  if (approving.kind === 'allowed') return approving;
  return approving.kind === 'unknown' ? approving : asking;
}

/** Those among these that somebody may see who may see anything, in their order. */
export async function seenBy<T extends { readonly id: string }>(
  context: WorkflowContext,
  lines: readonly T[],
  actor: Actor,
): Promise<readonly T[]> {
  if (letsAllAskAll(context.policy())) return lines;
  const rights = await Promise.all(
    lines.map(async ({ id }) => {
      // Who may see what this version cannot read is not known.
      const row = await unlessOther(context.store.load(id));
      return row === undefined ? undefined : rightToSee(context, row, actor, 'gate');
    }),
  );
  return lines.filter((_line, index) => rights[index]?.kind === 'allowed');
}
