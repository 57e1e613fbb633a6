import type { Target } from '../../../domain/action.ts';
import { redact } from '../../../domain/text/redact.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { ContainerStatus, Pod } from '../client/objects.ts';
import { job, pod } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { insist } from '../client/read.ts';
import { recentEvents } from '../client/recent-events.ts';
import { resourceOf } from '../client/resource.ts';
import { podFactOf, selectorText } from '../facts/pod.ts';
import { containersOf } from '../facts/pod-containers.ts';
import { readRawPods } from '../facts/rollout.ts';
import { readWorkload } from '../facts/workload.ts';

/** A Slack section takes 3000 characters; the frame around the text needs some. */
const room = 2500;
const podsShown = 3;
const logLines = 20;

/**
 * Why a target fails, as far as the cluster tells: for up to three failing pods what their containers wait for,
 * how they ended and their last log lines, then the Warning events of the target and its pods. What could not be
 * read is said in place; only an unreadable target is a fault.
 */
export async function diagnose(reader: Reader, target: Target): Promise<{ readonly text: string }> {
  const { pods, uids } = await concerned(reader, target);
  const [stories, events] = await Promise.all([podStories(reader, pods), recentEvents(reader, target, uids)]);
  return { text: storyOf(stories, events) };
}

/** What failing pods say, a paragraph each. */
export const podStories = (reader: Reader, pods: readonly Pod[]): Promise<string[]> =>
  Promise.all(
    failingAmong(pods)
      .slice(0, podsShown)
      .map((each) => podStory(reader, each)),
  );

/** Both as one text that a message has room for. */
export function storyOf(stories: readonly string[], events: readonly string[]): string {
  const text = [...stories, ...events].join('\n');
  return fitted(text === '' ? 'No failing pod and no Warning event.' : text);
}

/** Those that are not ready, last those that are on their way out; where all are, those that have restarted. */
function failingAmong(pods: readonly Pod[]): readonly Pod[] {
  const known = pods.map((each) => ({ each, fact: podFactOf(each) }));
  const unready = known.filter(({ fact }) => !fact.ready);
  const found = unready.length > 0 ? unready : known.filter(({ fact }) => fact.restarts > 0);
  return found.toSorted((a, b) => Number(a.fact.deleting) - Number(b.fact.deleting)).map(({ each }) => each);
}

/** Cuts at the end of a line. */
function fitted(text: string): string {
  if (text.length <= room) return text;
  const cut = redact(text).slice(0, room - 2);
  return `${cut.slice(0, Math.max(cut.lastIndexOf('\n'), room / 2))}\n…`;
}

/** The pods of a target, and the uids of all that events about it may name. */
export async function concerned(reader: Reader, target: Target): Promise<{ pods: Pod[]; uids: Set<string> }> {
  if (target.kind === 'Node') return { pods: [], uids: new Set() };
  if (target.kind === 'Pod') {
    const read = await reader.get(pod, resourceOf('Pod', { namespace: target.namespace, name: target.name }));
    if (read.kind === 'refusal' && read.status === 404) return { pods: [], uids: new Set() };
    const { value } = insist(read);
    return { pods: [value], uids: new Set([value.metadata.uid]) };
  }
  if (target.kind === 'CronJob' || target.kind === 'HorizontalPodAutoscaler')
    return { pods: [], uids: new Set() };
  if (target.kind === 'Job') return concernedByJob(reader, target);
  const read = await readWorkload(reader, { ...target, kind: target.kind });
  if (read.kind === 'refusal' && read.status === 404) return { pods: [], uids: new Set() };
  const workload = insist(read).value;
  const { history, pods = [] } = await readRawPods(reader, workload, async (_, reading) => {
    const taken = await reading;
    return taken.kind === 'read' ? taken.value : undefined;
  });
  const podUids = pods.map(({ metadata }) => metadata.uid);
  return { pods, uids: new Set([workload.metadata.uid, ...(history?.podOwners ?? []), ...podUids]) };
}

async function concernedByJob(
  reader: Reader,
  { namespace, name }: { namespace: string; name: string },
): Promise<{ pods: Pod[]; uids: Set<string> }> {
  const read = await reader.get(job, resourceOf('Job', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return { pods: [], uids: new Set() };
  const { metadata, spec } = insist(read).value;
  const query = spec.selector == null ? {} : { labelSelector: selectorText(spec.selector) };
  const listed = await reader.list(pod, resourceOf('Pod', { namespace }), query);
  const pods = listed.kind === 'read' ? listed.value : [];
  const uids = new Set([metadata.uid, ...pods.map((each) => each.metadata.uid)]);
  // A pod that has completed is not ready either.
  return { pods: pods.filter(({ status }) => status.phase !== 'Succeeded'), uids };
}

async function podStory(reader: Reader, failing: Pod): Promise<string> {
  const { status } = failing;
  const containers = containersOf(failing)
    .all.filter(({ over }) => !over)
    .map((each) => each.status)
    .filter(isTroubled);
  const unscheduled = status.conditions.find(
    ({ type, status: held }) => type === 'PodScheduled' && held === 'False',
  );
  const lines = await Promise.all(containers.map((each) => containerStory(reader, failing, each)));
  const head = `Pod ${failing.metadata.name} (${status.phase}${status.reason ? `, ${status.reason}` : ''})`;
  const why = unscheduled ? `: ${unscheduled.reason}: ${unscheduled.message ?? ''}` : '';
  return [`${head}${why}`, ...lines].join('\n');
}

function isTroubled({ state, lastState, restartCount }: ContainerStatus): boolean {
  const ended = state.terminated ?? lastState.terminated;
  // What waits for the init containers has no trouble of its own.
  const waits = state.waiting != null && state.waiting.reason !== 'PodInitializing';
  return waits || restartCount > 0 || (ended != null && ended.exitCode !== 0);
}

async function containerStory(reader: Reader, failing: Pod, container: ContainerStatus): Promise<string> {
  const { waiting, terminated } = container.state;
  const last = terminated ?? container.lastState.terminated;
  const parts = [
    waiting?.reason && `waiting: ${waiting.reason}${waiting.message ? ` (${waiting.message})` : ''}`,
    last && `last ended: ${last.reason ?? 'unknown'}, exit code ${last.exitCode ?? 'unknown'}`,
    container.restartCount > 0 && `${container.restartCount} restarts`,
  ].filter(Boolean);
  const head = `  container ${container.name}: ${parts.join('; ')}`;
  // A container that never ran has no log to ask for.
  if (container.restartCount === 0 && last == null) return head;
  return `${head}\n${await lastLines(reader, failing, container)}`;
}

type Run = 'current' | 'previous';

/**
 * Which runs of a container say why it fails: the one that crashed where it waits for its next one; where it runs again and is
 * not well both, for the one before says why it was started anew.
 */
export function runsToRead({
  state,
  restartCount,
}: Pick<ContainerStatus, 'state' | 'restartCount'>): readonly Run[] {
  if (restartCount === 0) return ['current'];
  return state.waiting != null ? ['previous'] : ['previous', 'current'];
}

/** The last lines of these runs, together as many as of one. */
async function lastLines(reader: Reader, failing: Pod, container: ContainerStatus): Promise<string> {
  const runs = runsToRead(container);
  const most = Math.ceil(logLines / runs.length);
  const logs = await Promise.all(runs.map((run) => logOf(reader, failing, container, { run, most })));
  const [before = '', now] = logs;
  return now === undefined ? before : `    before its last restart:\n${before}\n    since then:\n${now}`;
}

async function logOf(
  reader: Reader,
  failing: Pod,
  container: ContainerStatus,
  { run, most }: { readonly run: Run; readonly most: number },
): Promise<string> {
  const { namespace, name } = failing.metadata;
  const previous = run === 'previous' ? { previous: 'true' } : {};
  const query = { container: container.name, tailLines: `${most}`, limitBytes: '4096', ...previous };
  try {
    const answer = await reader.api({
      method: 'GET',
      resource: { ...resourceOf('Pod', { namespace, name }), subresource: 'log' },
      query,
      text: true,
      signal: reader.signal,
      timeoutMs: 3000,
    });
    if (answer.kind === 'refusal') return `    (no log: ${answer.sentence})`;
    // Before it is cut: half a secret is not known any more.
    const lines = redact(`${answer.body}`).trimEnd().split('\n').slice(-most);
    return lines.map((line) => `    ${line.slice(0, 300)}`).join('\n');
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || reader.signal.aborted) throw fault;
    return `    (no log: ${fault.message})`;
  }
}
