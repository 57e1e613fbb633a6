import { ownerText } from '../../domain/facts/manifest-source.ts';
import type { Notice } from '../../domain/incidents/notice.ts';
import { stoppedText } from '../../domain/incidents/stop.ts';
import type { Aftermath } from '../../domain/manifest/emergency.ts';
import type { RequestedChange } from '../../domain/manifest/git-change.ts';
import { requestName, requestWord } from '../../domain/manifest/request-name.ts';
import { membersOf, type Remediation, type RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast, secondsBetween } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import { HeldBack } from '../lifecycle/held-back.ts';
import type { Repositories, RequestStanding } from '../repositories-port.ts';
import { heldBack } from './follow.ts';
import { placesOf } from './git-change.ts';
import { conflicting, type Rebased, rebase, toRebase } from './rebase.ts';
import { branchOf, requestTexts } from './request-text.ts';

/** A remediation that has been begun in the cluster, whatever became of it. */
export type Begun = Pick<
  RemediationIn<'executing'>,
  | ('id' | 'number' | 'cluster' | 'action' | 'facts' | 'members' | 'spec' | 'git' | 'emergency')
  | ('digest' | 'dryRun' | 'plan' | 'startedAt' | 'results')
>;

/** Undefined while it has not been begun, and where it never was. */
export function begunOf(row: Remediation): Begun | undefined {
  if (!('plan' in row)) return undefined;
  const { plan, startedAt, spec, facts, digest, dryRun } = row;
  if (plan === undefined || startedAt === undefined || spec === undefined) return undefined;
  if (facts === undefined || digest === undefined || dryRun === undefined) return undefined;
  return { ...row, plan, startedAt, spec, facts, digest, dryRun };
}

type Request = Aftermath['request'];
type Step<S extends Request['step']> = Extract<Request, { step: S }>;

/** What a step came to. `afterSeconds`: until the next. */
interface Followed {
  readonly request: Request;
  readonly afterSeconds: number;
  readonly told?: Omit<Extract<Notice, { kind: 'reply' }>, 'kind'>;
}

interface Following {
  readonly context: WorkflowContext;
  readonly repositories: Repositories;
  readonly change: RequestedChange;
  readonly row: Begun;
  readonly now: string;
}

const ended = (headline: string, sentence: string, more: Partial<Step<'ended'>> = {}): Followed => ({
  request: { step: 'ended', sentence, ...more },
  afterSeconds: 0,
  told: { headline, body: sentence, broadcast: more.applied !== true },
});

/**
 * One step of the pull request that makes an emergency's change last: it is opened once, looked at until it is merged or closed,
 * and then until the cluster has that commit. The change is in the cluster already, so nothing here moves the remediation.
 *
 * @throws RepositoryFault or ClusterFault where one of them cannot be asked
 */
export async function requestAfter(
  context: WorkflowContext,
  row: Begun,
  request: Exclude<Request, { step: 'ended' }>,
  signal: AbortSignal,
): Promise<Followed> {
  const { repositories } = context;
  const { git: change } = row;
  if (repositories === undefined || change?.kind !== 'request')
    return ended(`No ${requestWord(undefined, change)}`, 'This Firebreak reads no repository.');
  const following = { context, repositories, change, row, now: context.clock() };
  switch (request.step) {
    case 'wanted':
    case 'opening':
      return opened(following, signal);
    case 'open': {
      const looked = await lookedAt(following, request, signal);
      if (looked !== undefined) return looked;
      return followedAfter(await rebase(context, repositories, row, { change, request }, signal), soonest);
    }
    case 'merged':
      return arrived(following, request, signal);
  }
}

const byHand = 'The cluster has the change, and the repository has not: the next sync undoes it.';

async function opened(following: Following, signal: AbortSignal): Promise<Followed> {
  const { context, repositories, change, row, now } = following;
  const no = `No ${requestWord(undefined, change)}`;
  const located = placesOf(context, membersOf(row));
  if (located === undefined || 'reason' in located)
    return ended(no, `${located?.reason ?? 'No repository has a say any more.'} ${byHand}`);
  const stop = await context.store.stopped();
  if (stop !== undefined) throw new HeldBack(stoppedText(stop));
  const branch = branchOf(row);
  const asked = {
    place: change.place,
    wanted: located.wanted,
    lines: change.lines,
    branch,
    at: row.startedAt,
  };
  const texts = requestTexts(row, await context.store.approvals(row.id));
  await context.probe('before-request');
  const answer = await repositories.open({ ...asked, ...texts }, signal, context.fence);
  await context.probe('after-request');
  if (answer.kind === 'late') throw new HeldBack(answer.reason);
  if (answer.kind !== 'open') return ended(no, `${redact(answer.reason)} ${byHand}`);
  const { commit, number, url } = answer;
  const named = requestName({ branch, number, url });
  return {
    request: { step: 'open', branch, commit, openedAt: now, ...(number && { number }), ...(url && { url }) },
    afterSeconds: soonest,
    told: {
      headline: `Opened ${named}, which makes it last`,
      body: url ?? `It goes to ${change.place.branch}.`,
      broadcast: false,
    },
  };
}

const soonest = 5;

/** The longer nothing has happened, the rarer it is looked at. */
function pauseFrom(since: string, now: string): number {
  const age = secondsBetween(since, now);
  return age < 600 ? 10 : age < 3600 ? 60 : 300;
}

/** Undefined where it is open still and is to be rebased: people may have merged or closed it before that. */
async function lookedAt(
  following: Following,
  request: Step<'open'>,
  signal: AbortSignal,
): Promise<Followed | undefined> {
  const { context, repositories, change, row, now } = following;
  const { branch, commit, number, openedAt, url } = request;
  const { mergeHours } = context.policy().gitOps;
  const located = placesOf(context, membersOf(row));
  const wanted = located !== undefined && 'wanted' in located ? located.wanted : [];
  const isToRebase = request.rebase === 'wanted';
  const held = async () => (isToRebase ? toRebase : heldBack(context, row));
  const place = { place: change.place, wanted, branch, commit, number, held };
  const standing = await repositories.look(place, signal);
  const link = url === undefined ? {} : { url };
  switch (standing.kind) {
    case 'closed':
      return ended(
        `The ${requestWord(url, change)} was closed without being merged, by ${standing.by ?? 'somebody'}`,
        byHand,
        link,
      );
    case 'merged':
      return afterMerge(following, request, standing, signal);
    case 'open': {
      if (isToRebase) return undefined;
      if (isPast(after(openedAt, mergeHours * 3600), now))
        return ended(`Not merged within ${mergeHours} h`, `It is not followed any more. ${byHand}`, link);
      const afterSeconds = pauseFrom(openedAt, now);
      const { waitsFor, conflicts } = standing;
      if (conflicts !== true) return { request: { ...request, waitsFor }, afterSeconds };
      const next = conflicting(request, waitsFor, change);
      return followedAfter(next, next.request.rebase === 'wanted' ? 0 : afterSeconds);
    }
  }
}

async function afterMerge(
  { context, repositories, change, row, now }: Following,
  request: Step<'open'>,
  { commit, altered }: Extract<RequestStanding, { kind: 'merged' }>,
  signal: AbortSignal,
): Promise<Followed> {
  if (altered === true && request.rebase === 'wanted') {
    // By a process that died before it was known, perhaps: then what was merged is what was approved, as is found out here.
    const rebased = await rebase(context, repositories, row, { change, request }, signal);
    if (rebased.request.rebase === 'done') return followedAfter(rebased, soonest);
  }
  const { branch, number, url } = request;
  const beside = altered === true ? ', with commits that nobody has approved here' : '';
  const { owner } = change.place;
  const waitsFor = owner === undefined ? 'the cluster' : `${ownerText(owner)} to apply it`;
  const merged = { step: 'merged', branch, commit, mergedAt: now, waitsFor } as const;
  return {
    request: { ...merged, ...(number && { number }), ...(url && { url }) },
    afterSeconds: 0,
    told: { headline: `Merged as ${commit.slice(0, 12)}${beside}`, body: '', broadcast: altered === true },
  };
}

const followedAfter = ({ request, told }: Rebased, afterSeconds: number): Followed => ({
  request,
  afterSeconds,
  ...(told === undefined
    ? {}
    : { told: { headline: told.headline, body: told.body, broadcast: told.isForPeople } }),
});

async function arrived(
  { context, repositories, change, now }: Following,
  request: Step<'merged'>,
  signal: AbortSignal,
): Promise<Followed> {
  const { owner } = change.place;
  const link = request.url === undefined ? {} : { url: request.url };
  const done = (sentence: string) => ended('It lasts', sentence, { applied: true, ...link });
  if (owner === undefined || owner.kind === 'HelmRelease')
    return done('The repository says what the cluster has.');
  const { revisions, trouble } = await context.cluster.applied(owner, signal);
  for (const revision of revisions) {
    if (await repositories.contains(change.place, request.commit, revision, signal))
      return done(`${ownerText(owner)} has applied ${request.commit.slice(0, 12)}.`);
  }
  const { applyMinutes } = context.policy().gitOps;
  if (isPast(after(request.mergedAt, applyMinutes * 60), now))
    return ended(
      'Merged and not applied',
      `${ownerText(owner)} has not applied ${request.commit.slice(0, 12)} within ${applyMinutes} min.`,
      link,
    );
  const why = trouble === undefined ? '' : ` (${redact(trouble)})`;
  const waitsFor = `${ownerText(owner)} to apply ${request.commit.slice(0, 12)}${why}`;
  return { request: { ...request, waitsFor }, afterSeconds: pauseFrom(request.mergedAt, now) };
}
