import type { RemediationIn } from '../../domain/remediation.ts';
import { after } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import type { Transition } from '../ports.ts';
import { expired } from './advance.ts';
import { fromPosting, moved } from './showing.ts';
import type { Moment } from './transitions.ts';

/**
 * What becomes of a row whose time is over: it expires, unless people have not had its card before them all the while.
 * Their time begins when they do; until then it goes on waiting.
 */
export async function timeIsOver(
  { store }: Pick<WorkflowContext, 'store'>,
  row: RemediationIn<'waiting'>,
  moment: Moment,
): Promise<Transition> {
  const posted = await store.posted(row.id, row.version);
  const timed = posted.pending
    ? { ...row, expiresAt: after(moment.now, moment.policy.approvalTtlSeconds) }
    : fromPosting(row, posted, moment);
  if (timed === row || row.showing === undefined) return expired(row, moment);
  return moved(timed, posted.pending ? 'not_posted' : 'posted', row.showing, moment);
}
