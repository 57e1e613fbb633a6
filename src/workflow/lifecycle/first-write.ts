import { type CallResult, isTakenOnce } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { conditionsBefore } from '../approval/conditions.ts';
import type { WorkflowContext } from '../context.ts';
import type { Conditions } from './conditions.ts';
import { gatherMembers } from './members.ts';

type Executing = RemediationIn<'executing'>;

/**
 * How all the constraints stand right before the first write, as the gate asked them: between the two lie a commit and,
 * when a process died there, any time. Undefined once something may have been sent, because what a change has begun to
 * take cannot be taken from what is left once more, and where the objects are not there to be looked at, which the write
 * itself says better.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function conditionsAtFirstWrite(
  context: WorkflowContext,
  row: Executing,
  { results, attempt }: { readonly results: readonly CallResult[]; readonly attempt: number },
  signal: AbortSignal,
): Promise<Conditions | undefined> {
  if (results.length > 0 || !(await isUntouched(context, row, attempt, signal))) return undefined;
  const gathered = await gatherMembers(context.cluster, row.action, signal);
  if (gathered.kind !== 'members') return undefined;
  const { members } = gathered;
  return conditionsBefore(context, row.spec.constraints, { members, policy: context.policy() }, signal);
}

/**
 * Whether nothing of the plan was sent. An attempt that ended without an answer may have sent the first call; where the API
 * server would take that only once, it says so.
 */
async function isUntouched(
  { cluster }: WorkflowContext,
  row: Executing,
  attempt: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (attempt === 0 && row.heldUp === undefined) return true;
  const [first] = row.plan.calls;
  if (first === undefined || !isTakenOnce(first)) return false;
  const again = await cluster.dryRun({ ...row.plan, calls: [first] }, signal);
  return again.kind === 'accepted';
}
