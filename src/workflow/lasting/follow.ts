import { kindOf } from '../../actions/action-kinds.ts';
import { ownerText } from '../../domain/facts/manifest-source.ts';
import { stoppedText } from '../../domain/incidents/stop.ts';
import type { PullRequest, RequestedChange } from '../../domain/manifest/git-change.ts';
import { membersOf, planParts, type RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast, secondsBetween } from '../../domain/text/time.ts';
import { isStricter, tierOf } from '../../domain/tier.ts';
import { ruleInput } from '../../stages/evaluate/evaluate.ts';
import { freezes } from '../../stages/evaluate/rules/floor/policy/freezes.ts';
import { faultSentence, verificationPlan, type WorkflowContext } from '../context.ts';
import * as advance from '../lifecycle/advance.ts';
import { localTimes } from '../lifecycle/circumstances.ts';
import { HeldBack } from '../lifecycle/held-back.ts';
import type { Moment } from '../lifecycle/transitions.ts';
import { ClusterFault, type Transition } from '../ports.ts';
import {
  type Repositories,
  RepositoryFault,
  type RequestAt,
  type RequestStanding,
} from '../repositories-port.ts';
import { placesOf } from './git-change.ts';
import { conflicting, rebase, toRebase } from './rebase.ts';
import * as moves from './request-moves.ts';
import { branchOf, requestTexts } from './request-text.ts';

type Open = RemediationIn<'pr_open'>;
type Step<S extends PullRequest['step']> = Extract<PullRequest, { step: S }>;

interface Following {
  readonly context: WorkflowContext;
  readonly repositories: Repositories;
  readonly change: RequestedChange;
  readonly moment: Moment;
}

/**
 * One step of a change that is carried out by a pull request: it is opened; it is looked at until it is merged or closed;
 * then whoever applies the repository is asked until they have that commit. Each may be done twice. Where a repository or
 * the cluster cannot be asked while nothing hangs on it, it is asked again later, and the card says so.
 */
export async function followRequest(
  context: WorkflowContext,
  row: Open,
  signal: AbortSignal,
): Promise<Transition> {
  const moment = { now: context.clock(), policy: context.policy() };
  const { repositories } = context;
  const { git: change, request } = row;
  if (repositories === undefined || change?.kind !== 'request')
    return failed(row, 'This Firebreak reads no repository.', moment);
  const following = { context, repositories, change, moment };
  if (request.step === 'opening') return open(following, row, signal);
  try {
    if (request.step === 'merged') return await lookAtCluster(following, row, request, signal);
    const looked = await lookAtRequest(following, row, request, signal);
    if (looked !== undefined) return looked;
    const rebased = await rebase(context, repositories, row, { change, request }, signal);
    return moves.rebased(row, rebased, soonest, moment);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof RepositoryFault || fault instanceof ClusterFault)) throw fault;
    const waitsFor = `an answer: ${faultSentence(fault)}`;
    return givenTime(following, row, { ...request, waitsFor });
  }
}

const failed = (row: Open, reason: string, moment: Moment): Transition =>
  advance.failed(row, { stage: 'execution', reason: redact(reason) }, moment);

async function open(following: Following, row: Open, signal: AbortSignal): Promise<Transition> {
  const { context, repositories, change, moment } = following;
  const located = placesOf(context, membersOf(row));
  if (located === undefined || 'reason' in located)
    return failed(row, located?.reason ?? 'No repository has a say in it any more.', moment);
  const branch = branchOf(row);
  // While Firebreak is stopped an approval grows old here as it does at the gate.
  if (isPast(after(row.startedAt, moment.policy.approvalTtlSeconds), moment.now))
    return failed(row, tooOld(branch), moment);
  const stop = await context.store.stopped();
  if (stop !== undefined) throw new HeldBack(stoppedText(stop));
  const { wanted } = located;
  const asked = { place: change.place, wanted, lines: change.lines, branch, at: row.startedAt };
  const texts = requestTexts(row, await context.store.approvals(row.id));
  await context.probe('before-request');
  const answer = await repositories.open({ ...asked, ...texts }, signal, context.fence);
  await context.probe('after-request');
  if (answer.kind === 'late') throw new HeldBack(answer.reason);
  if (answer.kind !== 'open') return failed(row, `Nothing was changed. ${answer.reason}`, moment);
  const { commit, number, url } = answer;
  const request = {
    ...({ step: 'open', branch, commit, openedAt: moment.now } as const),
    ...(number === undefined ? {} : { number }),
    ...(url === undefined ? {} : { url }),
  };
  return moves.opened(row, request, soonest, moment);
}

const tooOld = (branch: string): string =>
  `The approval had grown too old before a request was known to be open. A branch ${branch} may be deleted.`;

/** Seconds until the first look after something has happened. */
const soonest = 5;

/** The longer nothing has happened, the rarer it is looked at: a request may wait for people for days. */
function nextLook(since: string, { now }: Moment): number {
  const age = secondsBetween(since, now);
  return age < 600 ? 10 : age < 3600 ? 60 : 300;
}

const sinceOf = (request: Step<'open' | 'merged'>): string =>
  request.step === 'open' ? request.openedAt : request.mergedAt;

/** Looks again later, unless the time for that is over. */
function givenTime({ moment, change }: Following, row: Open, request: Step<'open' | 'merged'>): Transition {
  const { mergeHours, applyMinutes } = moment.policy.gitOps;
  const since = sinceOf(request);
  const patience = request.step === 'open' ? mergeHours * 3600 : applyMinutes * 60;
  if (!isPast(after(since, patience), moment.now))
    return moves.waited(row, request, nextLook(since, moment), moment);
  if (request.step === 'open') return moves.tooLate(row, mergeHours, moment);
  const { owner } = change.place;
  const who = owner === undefined ? 'the cluster has not got it' : `${ownerText(owner)} has not applied it`;
  const reason = `Merged as ${request.commit}, and ${who} within ${applyMinutes} min. It waits for ${request.waitsFor ?? 'that'}.`;
  return failed(row, reason, moment);
}

/** Undefined where it is open still and is to be rebased: people may have merged or closed it before that. */
async function lookAtRequest(
  following: Following,
  row: Open,
  request: Step<'open'>,
  signal: AbortSignal,
): Promise<Transition | undefined> {
  const { context, repositories, change, moment } = following;
  const { branch, commit, number } = request;
  const located = placesOf(context, membersOf(row));
  const isKnown = located !== undefined && !('reason' in located);
  const isToRebase = request.rebase === 'wanted';
  // Without requests what it has to say is all there is to tell by whether it was merged.
  if (number === undefined && !isKnown)
    return isToRebase
      ? undefined
      : givenTime(following, row, { ...request, waitsFor: noPlace(located?.reason) });
  const wanted = isKnown ? located.wanted : [];
  const held = async () => (isToRebase ? toRebase : heldBack(context, row));
  const at: RequestAt = { place: change.place, wanted, branch, commit, number, held };
  const standing = await repositories.look(at, signal);
  if (standing.kind === 'closed') return moves.closed(row, standing.by, moment);
  if (standing.kind === 'open') return isToRebase ? undefined : stillOpen(following, row, request, standing);
  return afterMerge(following, row, request, standing, signal);
}

async function afterMerge(
  { context, repositories, change, moment }: Following,
  row: Open,
  request: Step<'open'>,
  standing: Extract<RequestStanding, { kind: 'merged' }>,
  signal: AbortSignal,
): Promise<Transition> {
  const isAltered = standing.altered === true;
  if (isAltered && request.rebase === 'wanted') {
    // By a process that died before it was known, perhaps: then what was merged is what was approved, as is found out here.
    const rebased = await rebase(context, repositories, row, { change, request }, signal);
    if (rebased.request.rebase === 'done') return moves.rebased(row, rebased, soonest, moment);
  }
  const { branch, number, url } = request;
  const { owner } = change.place;
  const waitsFor = owner === undefined ? 'the cluster to have it' : `${ownerText(owner)} to apply it`;
  const next = {
    ...({ step: 'merged', branch, commit: standing.commit, mergedAt: moment.now, waitsFor } as const),
    ...(number === undefined ? {} : { number }),
    ...(url === undefined ? {} : { url }),
  };
  return moves.merged(row, next, isAltered, moment);
}

function stillOpen(
  following: Following,
  row: Open,
  request: Step<'open'>,
  { waitsFor, conflicts }: Extract<RequestStanding, { kind: 'open' }>,
): Transition {
  const { change, moment } = following;
  if (conflicts !== true) return givenTime(following, row, { ...request, waitsFor });
  const next = conflicting(request, waitsFor, change);
  if (next.told !== undefined) return moves.rebased(row, next, nextLook(request.openedAt, moment), moment);
  return next.request.rebase === 'wanted'
    ? moves.rebased(row, next, 0, moment)
    : givenTime(following, row, next.request);
}

const noPlace = (reason = 'its gitOps names no repository for this any more.'): string =>
  `the policy: ${reason}`;

type Agreed = Pick<Open, 'action' | 'facts' | 'members' | 'spec'>;

/** Why nothing may be merged in this moment. */
export async function heldBack(context: WorkflowContext, row: Agreed): Promise<string | undefined> {
  const stop = await context.store.stopped();
  if (stop !== undefined) return stoppedText(stop);
  return freezeOver(context, row) ?? context.fence();
}

/** The freeze of this moment that wants more people than have agreed, as the gate would find it. */
function freezeOver({ policy: current, clock }: WorkflowContext, row: Agreed): string | undefined {
  const policy = current();
  const circumstances = { local: localTimes(policy, clock()) };
  const found = membersOf(row).flatMap((member) => freezes(ruleInput({ ...member, policy, circumstances })));
  return found.find(({ points }) => isStricter(tierOf(points), row.spec.tier))?.sentence;
}

async function lookAtCluster(
  following: Following,
  row: Open,
  request: Step<'merged'>,
  signal: AbortSignal,
): Promise<Transition> {
  const { context, change, moment } = following;
  const { owner } = change.place;
  const seen =
    owner === undefined || owner.kind === 'HelmRelease'
      ? await valuesThere(context, row, signal)
      : await commitApplied(following, owner, request, signal);
  if (seen.kind === 'not yet')
    return givenTime(following, row, { ...request, waitsFor: redact(seen.waitsFor) });
  const { initialDelaySeconds } = verificationPlan(context, row);
  return moves.arrived(row, seen.sentence, initialDelaySeconds, moment);
}

type Arrival =
  | { readonly kind: 'there'; readonly sentence: string }
  | { readonly kind: 'not yet'; readonly waitsFor: string };

/** Synced and healthy may be of an older commit: what counts is which one was applied, and that it has ours in it. */
async function commitApplied(
  { context, repositories, change }: Following,
  owner: NonNullable<RequestedChange['place']['owner']>,
  { commit }: Step<'merged'>,
  signal: AbortSignal,
): Promise<Arrival> {
  const { revisions, trouble } = await context.cluster.applied(owner, signal);
  for (const revision of revisions)
    if (await repositories.contains(change.place, commit, revision, signal)) {
      const what =
        revision === commit
          ? commit.slice(0, 12)
          : `${revision.slice(0, 12)}, which has ${commit.slice(0, 12)}`;
      return { kind: 'there', sentence: `${ownerText(owner)} has applied ${what}.` };
    }
  const waitsFor = `${ownerText(owner)} to apply ${commit.slice(0, 12)}${trouble === undefined ? '' : `: ${trouble}`}`;
  return { kind: 'not yet', waitsFor };
}

/** Where nobody says what was applied, the values themselves do. */
async function valuesThere(context: WorkflowContext, row: Open, signal: AbortSignal): Promise<Arrival> {
  for (const part of planParts(row, [])) {
    const { action, facts, calls } = part;
    const target = kindOf(action.verb).observed({ action, facts });
    const seen = await context.cluster.observe(target, signal, { ...row.plan, calls: [...calls] });
    if (seen.kind === 'absent') return { kind: 'not yet', waitsFor: 'the object, which is not there' };
    if (seen.changed !== undefined)
      return { kind: 'not yet', waitsFor: `the cluster to have it: ${seen.changed}` };
  }
  return { kind: 'there', sentence: 'The cluster has what was merged.' };
}
