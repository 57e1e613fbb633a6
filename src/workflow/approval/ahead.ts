import type { Approval } from '../../domain/approval.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { neededApprovals } from '../../domain/spec.ts';
import { countedApprovals, isRequester } from '../../domain/votes.ts';
import { clusterNamed, clustersOf, isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { type GatheredMembers, gatherMembers } from '../lifecycle/members.ts';
import { wasShown } from '../lifecycle/showing.ts';
import type { Moment } from '../lifecycle/transitions.ts';
import { atItsCluster } from '../lifecycle/whereabouts.ts';
import type { Answer, Transition, VoteOutcome } from '../ports.ts';
import { type Standing, standingOf } from '../rights/standing.ts';
import { isUnrehearsed, judgeAtGate } from './gate.ts';
import type { PassedVote } from './last-vote-port.ts';

/*
 * At the last approval the gate looks while the right of who clicked is looked up, so that the vote, what the gate makes of it
 * and the plan are one commit. Whatever is in the way of that (a cluster that is slow or away, a vote that is not the last, a
 * gate that says anything but yes) leaves the vote as it is, and the gate is a step of its own, which looks once more.
 */

type Waiting = RemediationIn<'waiting'>;

/** Who clicked what, on which card. */
interface Click {
  readonly actor: Approval['actor'];
  readonly decision: Approval['decision'];
  readonly digest: string;
}

/** A look for the gate that began with a click. */
interface Ahead {
  /**
   * What is to be committed with the vote; undefined where the gate did not let it through in time.
   *
   * @param judge pure: what the vote comes to
   */
  through(judge: (moment: Moment) => VoteOutcome): Promise<Passed | undefined>;
  /** Nobody waits for it any more. */
  end(): void;
}

/** What the gate let through, and the answer for the person who clicked. */
export interface Passed extends PassedVote<Transition> {
  readonly answer: Answer;
}

interface Looked {
  /** With the cluster that the row is for. */
  readonly here: WorkflowContext;
  readonly gathered: GatheredMembers;
  readonly standing: Standing;
}

/** Begins to look where this click may be the last approval; undefined where it is not, or where nobody waits for that. */
export function lookAhead(
  context: WorkflowContext,
  row: Waiting,
  approvals: readonly Approval[],
  click: Click,
): Ahead | undefined {
  const { gatePatience } = context;
  if (gatePatience === undefined || !mayBeLast(context, row, approvals, click)) return undefined;
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(gatePatience)]);
  const unless = inTime(context, row, signal);
  const looking = unless(look(context, row, approvals, signal));
  return {
    through: (judge) => unless(looking.then((looked) => looked && judged({ row, looked, judge, signal }))),
    end: () => ended.abort(),
  };
}

/** As far as can be said before it is known who clicked. What is carried out by a pull request takes its time anyway. */
function mayBeLast(
  context: WorkflowContext,
  row: Waiting,
  approvals: readonly Approval[],
  { actor, decision, digest }: Click,
): boolean {
  const { spec, requestedBy, git } = row;
  const before = countedApprovals(row, approvals);
  return (
    decision === 'approve' &&
    digest === row.digest &&
    !isRequester(requestedBy, actor.userId) &&
    before.length + 1 === neededApprovals(spec) &&
    before.length === approvals.length &&
    git?.kind !== 'request' &&
    wasShown(row) &&
    !isUnrehearsed(row, context.policy())
  );
}

/** All at once: what was read of a cluster that turns out to be another is thrown away. */
async function look(
  context: WorkflowContext,
  row: Waiting,
  approvals: readonly Approval[],
  signal: AbortSignal,
): Promise<Looked | undefined> {
  const { cluster } = row;
  const supposed = isOneOfSeveral(context) ? clusterNamed(context, cluster) : clustersOf(context)[0];
  if (supposed === undefined) return undefined;
  const [here, gathered, standing] = await Promise.all([
    atItsCluster(context, row, signal),
    gatherMembers(supposed, row.action, signal),
    standingOf(context, row, approvals, context.clock()),
  ]);
  return here?.cluster === supposed ? { here, gathered, standing } : undefined;
}

interface AtTheVote {
  readonly row: Waiting;
  readonly looked: Looked;
  readonly judge: (moment: Moment) => VoteOutcome;
  readonly signal: AbortSignal;
}

async function judged({
  row,
  looked: { here, gathered, standing },
  judge,
  signal,
}: AtTheVote): Promise<Passed | undefined> {
  if (standing.kind === 'lost' || gathered.kind !== 'members') return undefined;
  const moment = { now: here.clock(), policy: here.policy() };
  const { answer, approval, transition: approved } = judge(moment);
  if (approval === undefined || approved === undefined || isUnrehearsed(row, moment.policy)) return undefined;
  const { next } = approved;
  if (next.state !== 'approved') return undefined;
  const atGate = {
    approvals: [...standing.approvals, approval],
    gathering: Promise.resolve(gathered),
    moment,
  };
  const executing = await judgeAtGate(here, next, atGate, signal);
  if (executing.next.state !== 'executing') return undefined;
  return { answer, approval, approved: { ...approved, next }, executing };
}

/** The same, and undefined where it fails or comes too late: the gate says why, when it is a step of its own. */
function inTime({ log }: WorkflowContext, { number }: Waiting, signal: AbortSignal) {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return <T>(work: Promise<T | undefined>): Promise<T | undefined> =>
    Promise.race([
      over,
      work.catch((fault: unknown) => {
        if (!signal.aborted)
          log.info({ err: fault, remediation: number }, 'The gate is looked at after the vote');
        return undefined;
      }),
    ]);
}
