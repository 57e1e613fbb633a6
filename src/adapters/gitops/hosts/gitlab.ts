import { z } from 'zod';
import type { Remote } from '../git/remote.ts';
import { type Answer, createJsonApi, isGood, saidBy } from './json-api.ts';
import { checksAwaited, type Pull, type PullRequests, timeAt } from './pull-requests.ts';

const person = z.object({ username: z.string() }).nullish();

const mergeRequest = z.object({
  iid: z.number(),
  web_url: z.string(),
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
  sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  detailed_merge_status: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  head_pipeline: z
    .object({ status: z.string(), sha: z.string().nullish(), ref: z.string().nullish() })
    .nullish(),
  closed_by: person,
});
const commit = z.object({ parent_ids: z.array(z.string()).nullish() });
type MergeRequest = z.infer<typeof mergeRequest>;

/** The API of GitLab at the host, as whoever logs in there. */
export function gitlabApi(
  remote: Pick<Remote, 'host' | 'credentials'>,
  signal: AbortSignal,
): ReturnType<typeof createJsonApi> {
  const { host, credentials } = remote;
  const base = (host.api ?? `https://${host.host}/api/v4`).replace(/\/+$/, '');
  const headers: Record<string, string> =
    credentials === undefined ? {} : { 'private-token': credentials.password };
  return createJsonApi(remote, base, headers, signal);
}

/** Characters; GitLab refuses longer ones. */
const longestTitle = 255;

/** The merge requests of one project (docs.gitlab.com, REST API v4, "Merge requests API"). */
export function gitlabMerges(remote: Remote, signal: AbortSignal): PullRequests {
  const { host } = remote;
  const api = gitlabApi(remote, signal);
  const all = `/projects/${encodeURIComponent(remote.path)}/merge_requests`;
  const read = async (number: number) => api.read(mergeRequest, `${all}/${number}`);
  /** Whether its pipeline, where it has one, is of the newest commit, or of the merge of that into the branch it goes to. */
  const isOfNewest = async ({ iid, sha, head_pipeline: pipeline }: MergeRequest): Promise<boolean> => {
    if (!pipeline || (pipeline.sha && pipeline.sha === sha)) return true;
    if (!pipeline.sha || !sha || pipeline.ref !== `refs/merge-requests/${iid}/merge`) return false;
    // A commit of GitLab's own, whose parents say what was merged.
    const commits = `/projects/${encodeURIComponent(remote.path)}/repository/commits`;
    const answer = await api.ask('GET', `${commits}/${pipeline.sha}`);
    if ([403, 404].includes(answer.status)) return false;
    if (!isGood(answer)) throw api.fault(answer);
    return (api.known(commit, answer.data).parent_ids ?? []).includes(sha);
  };
  const find: PullRequests['find'] = async (branch, target) => {
    const query = new URLSearchParams({
      ...{ source_branch: branch, target_branch: target, state: 'all' },
      ...{ order_by: 'created_at', sort: 'desc', per_page: '20' },
    });
    const found = await api.read(z.array(mergeRequest), `${all}?${query}`);
    const ours = found.find(
      (each) =>
        each.source_branch === branch &&
        each.target_branch === target &&
        // A fork may have a branch of the same name.
        each.source_project_id === each.target_project_id,
    );
    return ours && seen(ours);
  };
  return {
    find,
    async open({ branch, base: target, title, body }) {
      const answer = await api.ask('POST', all, {
        ...{ source_branch: branch, target_branch: target },
        ...{ title: title.slice(0, longestTitle), description: body },
      });
      if (isGood(answer)) return { kind: 'open', pull: seen(api.known(mergeRequest, answer.data)) };
      if (![400, 409, 422].includes(answer.status)) throw api.fault(answer);
      // One that another replica has opened a moment ago (409), or what GitLab will never take.
      const there = await find(branch, target);
      return there === undefined
        ? { kind: 'refused', reason: refusal(host.host, answer) }
        : { kind: 'open', pull: there };
    },
    async look(number) {
      const answer = await api.ask('GET', `${all}/${number}`);
      if (!isGood(answer)) throw api.fault(answer);
      const found = api.known(mergeRequest, answer.data);
      const pull = seen(found, timeAt(answer.header('date')));
      if (pull.standing !== 'ready' || (await isOfNewest(found))) return pull;
      return { ...pull, standing: 'waiting', waitsFor: 'a pipeline of its newest commit' };
    },
    async merge(number, sha) {
      const answer = await api.ask('PUT', `${all}/${number}/merge`, { sha });
      if (isGood(answer)) return 'the merge';
      // No right to merge (401, 403), not mergeable (405, 422), or its head has moved (409): people see to it.
      if ([401, 403, 405, 409, 422].includes(answer.status)) return 'somebody who merges it';
      throw api.fault(answer);
    },
    closedBy: async (number) => (await read(number)).closed_by?.username,
  };
}

const refusal = (host: string, answer: Answer): string =>
  `${host} refuses the merge request (HTTP ${answer.status}): ${saidBy(answer.data)}`;

/** @param now see checksAwaited */
function seen(found: MergeRequest, now = Number.NaN): Pull {
  const { iid: number, web_url: url, target_branch: base } = found;
  const head = found.sha ?? '';
  const state = found.state === 'opened' || found.state === 'locked' ? 'open' : found.state;
  // Without a merge commit it was squashed or moved forward, and is itself what the branch has.
  const mergedAs = found.merge_commit_sha ?? found.squash_commit_sha ?? found.sha;
  return {
    ...{ number, url, state, head, base },
    ...(state === 'merged' && mergedAs ? { mergedAs } : {}),
    ...standingOf(found, now),
  };
}

/** Pipelines that ended well, or had nothing to do (docs.gitlab.com, "Pipelines API"). */
const passed = ['success', 'skipped'];

/** A project need not ask that pipelines succeed: GitLab calls a request mergeable then, and we do not. */
function standingOf(found: MergeRequest, now: number): Pick<Pull, 'standing' | 'waitsFor'> {
  const { detailed_merge_status: status, head_pipeline: pipeline } = found;
  if (status === 'conflict')
    return { standing: 'conflicts', waitsFor: 'people: it conflicts with the branch it goes to' };
  if (status !== 'mergeable') return { standing: 'waiting', waitsFor: waitingFor(status) };
  if (pipeline && !passed.includes(pipeline.status))
    return { standing: 'waiting', waitsFor: `its pipeline, which is "${pipeline.status}"` };
  const awaited = pipeline ? undefined : checksAwaited(found, now);
  if (awaited !== undefined) return { standing: 'waiting', waitsFor: awaited };
  return { standing: 'ready', waitsFor: 'somebody who merges it' };
}

/** What GitLab's `detailed_merge_status` means for people (docs.gitlab.com, "Merge requests API", "Merge status"). */
function waitingFor(status: string | null | undefined): string {
  const known: Readonly<Record<string, string>> = {
    ci_must_pass: 'a pipeline that has not passed',
    ci_still_running: 'its pipeline, which runs',
    discussions_not_resolved: 'people: a discussion is not resolved',
    draft_status: 'somebody who marks it as ready',
    need_rebase: 'an update from the branch it goes to',
    not_approved: 'approvals that the project asks for',
    requested_changes: 'people: a reviewer asks for changes',
    status_checks_must_pass: 'checks that have not passed',
    merge_request_blocked: 'another merge request that blocks it',
  };
  return known[status ?? ''] ?? 'checks, approvals and a merge';
}
