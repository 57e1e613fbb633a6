import { withoutLogin } from '../../domain/manifest/address.ts';
import type { GitChange, GitPlace } from '../../domain/manifest/git-change.ts';
import type { GitHost } from '../../domain/policy/repositories.ts';
import type { Fence } from '../../workflow/applied.ts';
import type {
  OpenedRequest,
  Repositories,
  RequestAt,
  RequestStanding,
  RequestToOpen,
  RequestToRebase,
  WantedManifest,
} from '../../workflow/repositories-port.ts';
import { type Logins, notAsked, type Remote, remoteOf } from './git/remote.ts';
import { type Fetched, withRepository } from './git/repository.ts';
import { pullRequestsOf } from './hosts/by-kind.ts';
import { createAppLogins } from './hosts/github-app.ts';
import type { Pull } from './hosts/pull-requests.ts';

import { changePlace } from './place.ts';

/**
 * Repositories over HTTP, with pull requests where the host has them.
 * @param logins by the host's name; asked each time, as they may be replaced while this runs
 * @param now milliseconds, by which the tokens of a GitHub App end
 */
export function createRepositories(
  logins: () => Logins,
  hosts: () => readonly GitHost[],
  now: () => number = Date.now,
): Repositories {
  const apps = createAppLogins(now);
  /** Does it with whoever logs in at the place's host; the other with the reason why nothing is asked there. */
  const at = async <T>(
    place: GitPlace,
    signal: AbortSignal,
    unasked: (reason: string) => T,
    work: (remote: Remote) => Promise<T>,
  ): Promise<T> => {
    const remote = remoteOf(place.repository, hosts(), logins());
    if (remote === undefined) return unasked(unlisted(place));
    const reason = notAsked(remote);
    return reason === undefined ? apps.loggedIn(remote, signal, work) : unasked(reason);
  };
  return {
    propose: (place, wanted, signal) =>
      at<GitChange>(place, signal, byHand, (remote) =>
        withRepository(remote, signal, (repository) => proposed(repository, place, wanted)),
      ),
    open: (request, signal, fence) =>
      at<OpenedRequest>(request.place, signal, refused, async (remote) => {
        const pushed = await withRepository(remote, signal, (repository) =>
          pushedBranch(repository, request, fence),
        );
        return pushed.kind === 'open' ? requested(remote, request, pushed, { signal, fence }) : pushed;
      }),
    rebase: (request, signal, fence) =>
      at<OpenedRequest>(request.place, signal, refused, (remote) =>
        withRepository(remote, signal, (repository) => rebasedBranch(repository, request, fence)),
      ),
    look: (request, signal) =>
      at<RequestStanding>(request.place, signal, waitingFor, (remote) => {
        const { number } = request;
        return number === undefined
          ? withRepository(remote, signal, (repository) => branchStanding(repository, request))
          : pullStanding(remote, { ...request, number }, signal);
      }),
    async contains(place, commit, revision, signal) {
      if (commit === revision) return true;
      return at<boolean>(
        place,
        signal,
        () => false,
        (remote) =>
          withRepository(remote, signal, async (repository) => {
            await repository.branch(place.branch, history);
            return repository.has(revision, commit);
          }),
      );
    },
  };
}

/** Commits of a branch that are looked back through for one that was merged a moment ago. */
const history = 200;

const byHand = (reason: string) => ({ kind: 'by hand', reason }) as const;
const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
const waitingFor = (waitsFor: string) => ({ kind: 'open', waitsFor }) as const;

const unlisted = ({ repository }: GitPlace): string =>
  `${withoutLogin(repository)} is at none of the hosts that the policy lists in gitOps.hosts.`;

async function proposed(
  repository: Fetched,
  place: GitPlace,
  wanted: readonly WantedManifest[],
): Promise<GitChange> {
  const base = await repository.branch(place.branch);
  if (base === undefined) return byHand(noBranch(place));
  const change = changePlace(await repository.files(base), place, wanted);
  if (change.kind === 'refused') return byHand(`${change.reason}.`);
  if (change.kind === 'already') return { kind: 'already', place, base };
  return { kind: 'request', place, base, lines: [...change.lines] };
}

const noBranch = ({ repository, branch }: GitPlace): string =>
  `${withoutLogin(repository)} has no branch ${branch}: if it is a tag, the policy's gitOps.repositories has to name a branch.`;

const noRequests = ({ host }: Remote): string =>
  `the policy: by gitOps.hosts ${host.host} has no pull requests any more`;

type Pushed = Extract<OpenedRequest, { kind: 'open' }>;

/**
 * One commit on the newest of the followed branch. One that is there with our trailers and changes what was approved, and
 * nothing else, is ours, from before a restart or by another replica, and is not made again.
 */
async function pushedBranch(
  repository: Fetched,
  request: RequestToOpen,
  fence: Fence,
): Promise<OpenedRequest> {
  const { branch } = request;
  const ours = await ownCommit(repository, request);
  if (ours !== undefined) return ours;
  const made = await madeNow(repository, request);
  if (made.kind !== 'made') return made;
  const { commit } = made;
  const late = fence();
  if (late !== undefined) return { kind: 'late', reason: late };
  if (await repository.push(branch, commit)) return { kind: 'open', commit };
  const theirs = await ownCommit(repository, request);
  return theirs ?? { kind: 'refused', reason: `The branch ${branch} could not be pushed.` };
}

/** The commit of what was approved, and of nothing else, on the newest of the followed branch. */
async function madeNow(
  repository: Fetched,
  request: RequestToOpen,
): Promise<{ readonly kind: 'made'; readonly commit: string } | Extract<OpenedRequest, { reason: string }>> {
  const { place } = request;
  const base = await repository.branch(place.branch);
  if (base === undefined) return { kind: 'moved', reason: noBranch(place) };
  const change = changePlace(await repository.files(base), place, request.wanted);
  if (change.kind === 'already')
    return { kind: 'moved', reason: `${place.branch} says so already, by a commit after the approval.` };
  if (change.kind === 'refused') return { kind: 'moved', reason: `${change.reason}.` };
  if (!isSame(change.lines, request.lines))
    return { kind: 'moved', reason: `${place.branch} is not as it was when this was approved.` };
  const message = messageOf(request);
  const commit = await repository.commit({ base, files: change.files, message, at: request.at });
  return { kind: 'made', commit };
}

/**
 * The same change once more on the newest of the followed branch, in the place of the commit that was pushed. The branch must
 * have that one, or the one that a process before has put there; with any other it is left alone.
 */
async function rebasedBranch(
  repository: Fetched,
  request: RequestToRebase,
  fence: Fence,
): Promise<OpenedRequest> {
  const { branch, commit: before } = request;
  const head = await repository.branch(branch, 2);
  if (head === undefined) return { kind: 'refused', reason: `There is no branch ${branch} any more.` };
  if (head !== before) return (await ownCommit(repository, request)) ?? notOurs(branch);
  const made = await madeNow(repository, request);
  if (made.kind !== 'made') return made;
  const { commit } = made;
  const late = fence();
  if (late !== undefined) return { kind: 'late', reason: late };
  if (await repository.replace(branch, before, commit)) return { kind: 'open', commit };
  const theirs = await ownCommit(repository, request);
  const isNew = theirs?.kind === 'open' && theirs.commit !== before;
  return isNew ? theirs : { kind: 'refused', reason: `The branch ${branch} could not be pushed once more.` };
}

const notOurs = (branch: string): OpenedRequest => ({
  kind: 'refused',
  reason: `There is a branch ${branch} that Firebreak has not made for this.`,
});

async function ownCommit(repository: Fetched, request: RequestToOpen): Promise<OpenedRequest | undefined> {
  const { branch } = request;
  const commit = await repository.branch(branch, 2);
  if (commit === undefined) return undefined;
  return (await isOurs(repository, request, commit)) ? { kind: 'open', commit } : notOurs(branch);
}

/** Trailers can be written by whoever may push: what counts is that it is the approved change of a commit of the followed branch. */
async function isOurs(
  repository: Fetched,
  { place, wanted, lines, trailers }: RequestToOpen,
  commit: string,
): Promise<boolean> {
  const said = (await repository.message(commit)).split('\n');
  if (!trailers.slice(0, 2).every(([key, value]) => said.includes(`${key}: ${value}`))) return false;
  const base = await repository.parent(commit);
  const followed = await repository.branch(place.branch, history);
  if (base === undefined || followed === undefined || !(await repository.has(followed, base))) return false;
  const change = changePlace(await repository.files(base), place, wanted);
  if (change.kind !== 'changes' || !isSame(change.lines, lines)) return false;
  return repository.isChange(commit, base, change.files);
}

/** The same lines, wherever they stand by now. */
function isSame(now: RequestToOpen['lines'], approved: RequestToOpen['lines']): boolean {
  const plain = (lines: RequestToOpen['lines']) =>
    JSON.stringify(lines.map(({ file, before, after }) => [file, before, after]));
  return plain(now) === plain(approved);
}

const messageOf = ({ title, body, trailers }: RequestToOpen): string =>
  `${title}\n\n${body}\n\n${trailers.map(([key, value]) => `${key}: ${value}`).join('\n')}\n`;

async function requested(
  remote: Remote,
  request: RequestToOpen,
  { commit }: Pushed,
  { signal, fence }: { readonly signal: AbortSignal; readonly fence: Fence },
): Promise<OpenedRequest> {
  const pulls = pullRequestsOf(remote, signal);
  if (pulls === undefined) return { kind: 'open', commit };
  const { branch, title, body, place } = request;
  const there = await pulls.find(branch, place.branch);
  const late = there === undefined ? fence() : undefined;
  if (late !== undefined) return { kind: 'late', reason: late };
  const opened =
    there === undefined
      ? await pulls.open({ branch, base: place.branch, title, body })
      : ({ kind: 'open', pull: there } as const);
  if (opened.kind === 'refused') return opened;
  const { number, url } = opened.pull;
  return { kind: 'open', commit, number, url };
}

/** Without requests, what counts is what the followed branch says. */
async function branchStanding(repository: Fetched, request: RequestAt): Promise<RequestStanding> {
  const { place, wanted, branch } = request;
  // Before the branch that it goes to: one that is merged and removed between the two looks was merged.
  const head = await repository.branch(branch, 2);
  const base = await repository.branch(place.branch);
  if (base !== undefined) {
    const change = changePlace(await repository.files(base), place, wanted);
    if (change.kind === 'already') return { kind: 'merged', commit: base };
  }
  if (head === undefined) return { kind: 'closed' };
  const waitsFor = `somebody who merges the branch ${branch} into ${place.branch}`;
  const conflicts =
    head === request.commit && base !== undefined && (await hasMoved(repository, request, base));
  return { kind: 'open', waitsFor, ...(conflicts ? { conflicts } : {}) };
}

/** Whether the followed branch has another text of a file now that a commit changes: no host says whether that can be merged. */
async function hasMoved(
  repository: Fetched,
  { place, wanted, commit }: RequestAt,
  base: string,
): Promise<boolean> {
  const parent = await repository.parent(commit);
  if (parent === undefined || parent === base) return false;
  const [before, now] = [await repository.files(parent), await repository.files(base)];
  const change = changePlace(before, place, wanted);
  return (
    change.kind === 'changes' && [...change.files.keys()].some((path) => before.get(path) !== now.get(path))
  );
}

/** Where the host does not say whether it conflicts: whether a file that it changes is another one on the followed branch by now. */
async function whetherBehind(
  remote: Remote,
  request: RequestAt,
  seen: Pull,
  signal: AbortSignal,
): Promise<RequestStanding> {
  const isBehind = await withRepository(remote, signal, async (repository) => {
    const head = await repository.branch(request.branch, 2);
    const base = await repository.branch(request.place.branch);
    return head === request.commit && base !== undefined && hasMoved(repository, request, base);
  });
  return isBehind
    ? {
        ...waitingFor('people, if it conflicts: its file has changed on the branch it goes to'),
        conflicts: true,
      }
    : waitingFor(seen.waitsFor);
}

const stillOpen = ({ standing, waitsFor }: Pull): RequestStanding => ({
  ...waitingFor(waitsFor),
  ...(standing === 'conflicts' ? { conflicts: true } : {}),
});

const mergedStanding = ({ mergedAs }: Pull, altered: boolean): RequestStanding =>
  mergedAs === undefined
    ? waitingFor('word on the commit that it was merged as')
    : { kind: 'merged', commit: mergedAs, ...(altered ? { altered } : {}) };

async function pullStanding(
  remote: Remote,
  request: RequestAt & { readonly number: number },
  signal: AbortSignal,
): Promise<RequestStanding> {
  const { place, number, commit, held } = request;
  const pulls = pullRequestsOf(remote, signal);
  if (pulls === undefined) return waitingFor(noRequests(remote));
  const seen = await pulls.look(number);
  const altered = seen.head !== commit;
  if (seen.state === 'merged') return mergedStanding(seen, altered);
  if (seen.state === 'closed') {
    const by = await pulls.closedBy(number);
    return { kind: 'closed', ...(by === undefined ? {} : { by }) };
  }
  if (altered) return waitingFor('people: the branch has other commits than the one that was approved here');
  if (seen.base !== place.branch)
    return waitingFor(`people: it goes to ${seen.base}, and not to ${place.branch}`);
  if (seen.standing === 'unclear') return whetherBehind(remote, request, seen, signal);
  if (seen.standing !== 'ready' || !remote.host.autoMerge) return stillOpen(seen);
  const why = await held();
  return waitingFor(why === undefined ? await pulls.merge(number, commit) : `the merge: ${why}`);
}
