import type { Approval } from '../../domain/approval.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import { isCounted } from '../../domain/constraints/kinds.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { regate } from '../../stages/decide/decide.ts';
import { rolesFor, type WorkflowContext } from '../context.ts';
import { claimOf } from '../intake/claimed.ts';
import { atOnce } from '../lasting/emergency-moves.ts';
import { intoRepository } from '../lasting/request-moves.ts';
import * as advance from '../lifecycle/advance.ts';
import { circumstancesOf, recordsOf } from '../lifecycle/circumstances.ts';
import { type Judged, secondLook, unknownText } from '../lifecycle/conditions.ts';
import { type GatheredMembers, gatherMembers, kept, planAll } from '../lifecycle/members.ts';
import { wasShown } from '../lifecycle/showing.ts';
import type { Moment } from '../lifecycle/transitions.ts';
import { ClusterFault, type Transition } from '../ports.ts';
import type { Proposal } from '../proposal.ts';
import type { Proviso } from '../records-port.ts';
import { standingOf } from '../rights/standing.ts';
import { conditionsBefore } from './conditions.ts';
import { driftSince, withBroken } from './drift.ts';

type Approved = RemediationIn<'approved'>;

/**
 * The gate at the executor: everything that let this remediation through is asked again in this moment.
 * The right of who asked, approvals (still enough, still of this digest, still by people with the right), their age, the target (same object, same guarded fields),
 * the tier (not stricter now), every constraint of the card (it holds on what is live; one that counts pods, at two looks). Only then is the plan made that execution will follow.
 */
export async function passGate(
  context: WorkflowContext,
  row: Approved,
  signal: AbortSignal,
): Promise<Transition> {
  const moment = { now: context.clock(), policy: context.policy() };
  if (isPast(after(row.approvedAt, moment.policy.approvalTtlSeconds), moment.now))
    return advance.expired(row, moment);
  if (isUnrehearsed(row, moment.policy)) {
    const reason = 'The policy lets nothing run that a dry run has not accepted, and this had no dry run.';
    return advance.failed(row, { stage: 'execution', reason }, moment);
  }
  // Read at once; what is found of the cluster is asked for only where the people still stand behind it.
  const gathering = gatherMembers(context.cluster, row.action, signal);
  gathering.catch(() => undefined);
  const approvals = await context.store.approvals(row.id);
  const standing = await standingOf(context, row, approvals, moment.now);
  if (standing.kind === 'lost')
    return advance.failed(row, { stage: 'execution', reason: standing.reason }, moment);
  return judgeAtGate(context, row, { approvals: standing.approvals, gathering, moment }, signal);
}

/** Whether the policy lets it run only after a dry run, and there was none. */
export const isUnrehearsed = (row: Pick<Approved, 'dryRun'>, { enforceDryRun }: Policy): boolean =>
  enforceDryRun && row.dryRun.kind !== 'accepted';

/** What the gate judges on: the approvals of people who still have the right, and the cluster as it is looked at now. */
interface AtGate {
  readonly approvals: readonly Approval[];
  readonly gathering: Promise<GatheredMembers>;
  readonly moment: Moment;
}

/**
 * The second half of the gate, on what was looked up for it.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function judgeAtGate(
  context: WorkflowContext,
  row: Approved,
  { approvals, gathering, moment }: AtGate,
  signal: AbortSignal,
): Promise<Transition> {
  const { requestedBy, digest } = row;
  const gate = regate({
    tier: row.spec.tier,
    requestedBy,
    digest,
    shown: wasShown(row),
    approvals,
    now: moment.now,
    roles: rolesFor(moment.policy, row)?.map(({ name }) => name),
  });
  if (gate.kind === 'refused')
    return advance.failed(row, { stage: 'execution', reason: gate.sentence }, moment);

  const gathered = await gathering;
  if (gathered.kind !== 'members') {
    return advance.failed(row, { stage: 'execution', reason: redact(gathered.reason) }, moment);
  }
  const { members } = gathered;
  const doubt = doubtOf(context, row, members);
  if (doubt !== undefined) return advance.withdrawn(row, doubt, moment);
  const circumstances = await circumstancesOf(context, row, members, moment.now);
  const changeIn = (given: Circumstances) =>
    driftSince(row, { ...moment, members, circumstances: given }, context.sha256);
  const conditions = await conditionsBefore(
    context,
    row.spec.constraints,
    { members, policy: moment.policy },
    signal,
  );
  const drift = changeIn(circumstances);
  if (drift === undefined && mayDip(conditions.broken) && row.brokenAt === undefined)
    return advance.lookedOnce(row, secondLook, moment);
  const change = withBroken(drift, conditions.broken);
  if (change !== undefined) return advance.superseded(row, change, again(context, row), moment);
  if (conditions.unknown.length > 0) throw new ClusterFault(unknownText(conditions.unknown));

  const planned = planAll(members, { remediationId: row.id, stamp: row.approvedAt });
  if (planned.kind === 'refused')
    return advance.failed(row, { stage: 'execution', reason: planned.reason }, moment);
  const snapshots = members.map(({ snapshot }) => snapshot);
  const seen = { plan: planned.plan, snapshots, ...kept(row.action, members) };
  const direct = advance.cleared(row, seen, moment);
  const way = await wayOf(context, row, direct, moment, signal);
  if (way.kind === 'impossible')
    return advance.failed(row, { stage: 'execution', reason: `Nothing was changed. ${way.reason}` }, moment);
  const { cleared } = way;
  // Others may pass at this very moment: this one goes on only if it still would with what they have done by then. The
  // constraints are about the cluster and not about our records; they are asked again right before the first write.
  const holds: Proviso['holds'] = (found) => changeIn({ ...circumstances, ...found }) === undefined;
  return {
    ...cleared,
    proviso: { ...recordsOf(context.cluster.name, row.action, members, moment.now), holds },
  };
}

type Way =
  | { readonly kind: 'way'; readonly cleared: Transition }
  | { readonly kind: 'impossible'; readonly reason: string };

/** Into the repository where it has a say, unless people have agreed to act at once; with the pause that they agreed to. */
async function wayOf(
  { cluster }: WorkflowContext,
  row: Approved,
  direct: Transition,
  moment: Moment,
  signal: AbortSignal,
): Promise<Way> {
  if (row.git?.kind !== 'request') return { kind: 'way', cleared: direct };
  if (row.emergency === undefined) return { kind: 'way', cleared: intoRepository(direct) };
  const { pause } = row.emergency;
  if (pause === undefined) return { kind: 'way', cleared: atOnce(direct, undefined, moment) };
  const until = after(moment.now, pause.minutes * 60);
  const found = await cluster.suspension({ owner: pause.owner, number: row.number, until }, signal);
  return found.kind === 'impossible' ? found : { kind: 'way', cleared: atOnce(direct, found, moment) };
}

/** Why what the playbook says of the target is not believed any more. What is not known is asked again. */
export function doubtOf(
  context: Pick<WorkflowContext, 'playbooks' | 'policy'>,
  { requestedBy }: Pick<Approved, 'requestedBy'>,
  members: readonly Case[],
): string | undefined {
  const claim = requestedBy.kind === 'playbook' ? requestedBy.claim : undefined;
  if (claim === undefined) return undefined;
  const claimed = claimOf(context, claim, members);
  if (claimed.kind === 'unknown') throw new ClusterFault(claimed.sentence);
  return claimed.kind === 'broken' ? claimed.sentence : undefined;
}

/** Whether nothing is broken but what is counted: of pods that come and go, one look may find one fewer than the next. */
const mayDip = (broken: readonly Judged<'broken'>[]): boolean =>
  broken.length > 0 && broken.every(({ constraint }) => isCounted(constraint));

/** The same request once more, to be judged on what is live now. */
function again(context: WorkflowContext, row: Approved): Proposal {
  return {
    id: context.newId(),
    replaces: row.id,
    action: row.action,
    requestedBy: row.requestedBy,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.anew === undefined ? {} : { anew: row.anew }),
  };
}
