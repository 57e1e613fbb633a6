import { isAsSeen } from '../../domain/constraints/as-seen.ts';
import { type CallResult, isTakenOnce } from '../../domain/plan.ts';
import { membersOf, type RemediationIn } from '../../domain/remediation.ts';
import { secondsBetween } from '../../domain/text/time.ts';
import { conditionsBefore } from '../approval/conditions.ts';
import type { WorkflowContext } from '../context.ts';
import { askedBy, type Conditions } from './conditions.ts';
import { gatherMembers } from './members.ts';

type Executing = RemediationIn<'executing'>;

/** How far a change is. */
export interface Begun {
  readonly results: readonly CallResult[];
  /** How many times this step has been tried, from 0. */
  readonly attempt: number;
  /** Whether this process has just committed the row as it is. */
  readonly isOwn: boolean;
}

const allHold: Conditions = { broken: [], unknown: [] };

/** Seconds for which what the gate saw is held against what decides the constraints alone, and not against all there is. */
const gateHolds = 1;

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
  begun: Begun,
  signal: AbortSignal,
): Promise<Conditions | undefined> {
  const { before = 0 } = row.plan;
  if (begun.results.length > before || !(await isUntouched(context, row, begun, signal))) return undefined;
  if (isJustThrough(context, row, begun) && (await isAsAtGate(context, row, signal))) return allHold;
  const gathered = await gatherMembers(context.cluster, row.action, signal);
  if (gathered.kind !== 'members') return undefined;
  const { members } = gathered;
  return conditionsBefore(context, row.spec.constraints, { members, policy: context.policy() }, signal);
}

/**
 * Whether nothing was sent for any of the objects: what comes before that takes nothing from them. Where a condition was in the
 * way, nothing was, unless an attempt before that ended without an answer: what was asked then is asked once more, and not only
 * what has to hold while the change takes. An attempt that ended without an answer may have sent the first call; where the API
 * server would take that only once, it says so. A dry run is accepted too of what is done already: then it would change nothing,
 * and what the change itself has moved (the revision an undo goes back to has another number afterwards) is not asked for again.
 */
async function isUntouched(
  { cluster }: WorkflowContext,
  row: Executing,
  { results, attempt }: Begun,
  signal: AbortSignal,
): Promise<boolean> {
  const { before = 0 } = row.plan;
  const isHeldBack = row.heldUp === undefined || (row.brokenAt !== undefined && row.inDoubt !== true);
  if (results.length < before || (attempt === 0 && isHeldBack)) return true;
  const first = row.plan.calls[before];
  if (first === undefined || !isTakenOnce(first)) return false;
  const again = await cluster.dryRun({ ...row.plan, calls: [first] }, signal);
  return again.kind === 'accepted' && again.changes?.length !== 0;
}

/** Whether this very process passed the gate a moment ago: by one clock, whichever that is. */
function isJustThrough({ clock }: WorkflowContext, row: Executing, { attempt, isOwn }: Begun): boolean {
  const age = secondsBetween(row.startedAt, clock());
  return isOwn && attempt === 0 && row.heldUp === undefined && age >= 0 && age < gateHolds;
}

/**
 * Whether all that decides the constraints is as the gate saw it: then the change leaves what it would have left. What the
 * facts do not say in so many words is not taken for the same.
 */
async function isAsAtGate(
  { cluster }: WorkflowContext,
  row: Executing,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = askedBy(row.spec.constraints);
  const live = asked.length === 0 ? [] : await cluster.read(asked, signal);
  const members = membersOf(row);
  return asked.every((each, index) => isAsSeen(members, each, live[index]));
}
