import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { describeTarget, type Target } from '../../../domain/action.ts';
import type { Seen } from '../../../domain/incidents/evidence.ts';
import { dayTime } from '../../../domain/text/clock-time.ts';
import type { Json } from '../../../domain/text/json.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import { metadata, node, type Pod } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { insist } from '../client/read.ts';
import { recentEvents } from '../client/recent-events.ts';
import { resourceOf } from '../client/resource.ts';
import { podFactOf } from '../facts/pod.ts';
import { readHistory } from '../facts/revisions.ts';
import { readWorkload } from '../facts/workload.ts';
import { concerned, podStories, storyOf } from './diagnose.ts';

/** People look at it when the card comes, and the card waits for it. Milliseconds. */
const budgetMs = 3000;

/** Writers, and fields of each of them, that are told. */
const mostWriters = 5;
const mostFields = 4;

/**
 * What there is to see of an object that fails: its pods, what they say, its images and the last changes. All is asked side by
 * side; what does not answer within three seconds, or may not be read, is named and does not hold up the rest.
 */
export async function gatherEvidence(reader: Reader, target: Target): Promise<Seen> {
  const patience = new AbortController();
  const bounded = { ...reader, signal: AbortSignal.any([reader.signal, patience.signal]) };
  const missing: string[] = [];
  const part = async <T, U = T>(what: string, otherwise: U, look: () => Promise<T>): Promise<T | U> => {
    const late = sleep(budgetMs, undefined, { signal: patience.signal }).then(() => undefined);
    late.catch(() => undefined);
    const answer = await Promise.race([answerOf(look()), late]);
    if (answer === undefined) missing.push(`${what}: no answer within ${budgetMs / 1000} s`);
    else if (answer.kind === 'unseen') missing.push(`${what}: ${answer.reason}`);
    else return answer.value;
    return otherwise;
  };
  const looked = concerned(bounded, target);
  const [lines, stories, events, changes, images] = await Promise.all([
    part('pods', [], async () => linesOf(bounded, target, await looked)),
    part('logs', undefined, async () => podStories(bounded, (await looked).pods)),
    part('events', undefined, async () => recentEvents(bounded, target, (await looked).uids)),
    part('last changes', [], () => lastChanges(bounded, target)),
    part('images', [], () => imageLines(bounded, target)),
  ]);
  patience.abort();
  reader.signal.throwIfAborted();
  const isWhole = stories !== undefined && events !== undefined;
  const said = [...(stories ?? []), ...(events ?? [])].length > 0;
  // That nothing fails is only said where all was read.
  const story = isWhole || said ? storyOf(stories ?? [], events ?? []) : '';
  return { pods: lines, images, changes, story, missing };
}

type AnswerOf<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'unseen'; readonly reason: string };

async function answerOf<T>(look: Promise<T>): Promise<AnswerOf<T>> {
  try {
    return { kind: 'seen', value: await look };
  } catch (fault) {
    if (fault instanceof ClusterFault) return { kind: 'unseen', reason: fault.message };
    // Whoever gave up on it has said so.
    if (fault instanceof Error && fault.name === 'AbortError') return { kind: 'unseen', reason: 'given up' };
    throw fault;
  }
}

/** How it is: of a node its conditions, of what has pods those. Of a CronJob or an autoscaler its own state says nothing here. */
async function linesOf(
  reader: Reader,
  target: Target,
  { pods, uids }: Awaited<ReturnType<typeof concerned>>,
): Promise<string[]> {
  if (target.kind === 'Node') return nodeLines(reader, target);
  if (target.kind === 'CronJob' || target.kind === 'HorizontalPodAutoscaler') return [];
  return uids.size === 0 ? [`${describeTarget(target)} is not there.`] : podLines(pods);
}

/** `The node is not ready: KubeletNotReady.`, other conditions that are not as they should be, and whether it takes pods. */
async function nodeLines(reader: Reader, target: Target): Promise<string[]> {
  const read = await reader.get(node, resourceOf('Node', target));
  if (read.kind === 'refusal' && read.status === 404) return [`${describeTarget(target)} is not there.`];
  const { spec, status } = insist(read).value;
  const because = (reason: string | null | undefined) => (reason ? `: ${reason}` : '');
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const pressed = status.conditions.filter(({ type, status: held }) => type !== 'Ready' && held !== 'False');
  return [
    ready?.status === 'True' ? 'The node is ready.' : `The node is not ready${because(ready?.reason)}.`,
    ...pressed.map(({ type, status: held, reason }) => `${type} is ${held}${because(reason)}.`),
    ...(spec.unschedulable ? ['It is cordoned.'] : []),
    ...(spec.taints.length === 0
      ? []
      : [`Taints: ${spec.taints.map(({ key, effect }) => `${key}:${effect}`).join(', ')}.`]),
  ];
}

/** `2 of 3 pods are not ready: CrashLoopBackOff × 2`. */
function podLines(pods: readonly Pod[]): string[] {
  const facts = pods.map(podFactOf).filter(({ deleting }) => !deleting);
  const unready = facts.filter(({ ready }) => !ready);
  if (facts.length === 0) return ['It has no pods.'];
  const restarts = facts.reduce((sum, pod) => sum + pod.restarts, 0);
  const again = restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'} in all`;
  if (unready.length === 0)
    return [`${facts.length === 1 ? 'Its pod is' : `All ${facts.length} pods are`} ready${again}.`];
  const reasons = unready.map(({ waiting, terminated }) => waiting ?? terminated ?? 'no reason given');
  const counted = [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((each) => each === reason).length;
    return count === 1 ? reason : `${reason} × ${count}`;
  });
  const failing =
    facts.length === 1
      ? 'Its pod is'
      : `${unready.length} of ${facts.length} pods ${unready.length === 1 ? 'is' : 'are'}`;
  return [`${failing} not ready: ${counted.join(', ')}${again}.`];
}

const written = z.object({
  metadata: metadata.extend({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default('somebody'),
          operation: z.string().nullish(),
          subresource: z.string().nullish(),
          time: z.string().nullish(),
          fieldsV1: z.unknown().optional(),
        }),
      )
      .nullish(),
  }),
});

/** Who wrote which fields last, as `metadata.managedFields` says; what controllers note in the status is no change. */
async function lastChanges(reader: Reader, target: Target): Promise<string[]> {
  const { value } = insist(await reader.get(written, resourceOf(target.kind, target)));
  const writers = (value.metadata.managedFields ?? []).filter(
    ({ subresource, time }) => subresource !== 'status' && time != null,
  );
  return writers
    .toSorted((a, b) => (`${a.time}` < `${b.time}` ? 1 : -1))
    .slice(0, mostWriters)
    .map(({ manager, time, subresource, fieldsV1 }) => {
      const fields = leaves(fieldsV1).filter((field) => !field.startsWith('status.'));
      const more = fields.length > mostFields ? ` and ${fields.length - mostFields} more fields` : '';
      const through = subresource == null ? '' : ` through ${subresource}`;
      const told = fields.length === 0 ? 'fields that are not named' : fields.slice(0, mostFields).join(', ');
      return `${describeTarget(target)} was written by ${manager}${through} at ${dayTime(time ?? '')}: ${told}${more}.`;
    });
}

const tree = z.record(z.string(), z.unknown());

/**
 * The fields that a manager owns, as paths (`f:name` a field, `k:{"name":"web"}` an item of a list by its keys, `v:` one by
 * its value: "FieldsV1 v1" in the Kubernetes API reference).
 */
function leaves(fields: unknown, path = ''): string[] {
  const { data } = tree.safeParse(fields);
  const below = Object.entries(data ?? {}).filter(([key]) => key !== '.');
  if (below.length === 0) return path === '' ? [] : [path];
  return below.flatMap(([key, deeper]) => leaves(deeper, joined(path, key)));
}

function joined(path: string, key: string): string {
  if (key.startsWith('f:')) return path === '' ? key.slice(2) : `${path}.${key.slice(2)}`;
  const keys = tree.safeParse(parsedJson(key.slice(2))).data;
  return `${path}[${keys === undefined ? key.slice(2) : Object.values(keys).join('/')}]`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const template = z.object({
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })) }),
});

/** Each container's image, and the one that the revision before had where it was another. */
async function imageLines(reader: Reader, target: Target): Promise<string[]> {
  const { kind } = target;
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return [];
  const workload = insist(await readWorkload(reader, { ...target, kind })).value;
  const { revisions, liveRevision } = insist(await readHistory(reader, workload));
  const live = revisions.findLast(({ revision }) => revision === liveRevision);
  const before = revisions.findLast(({ revision }) => revision < (liveRevision ?? 0));
  const now = imagesOf(live?.template);
  const then = imagesOf(before?.template);
  return [...now].map(([name, image]) => {
    const was = then.get(name);
    return `Container ${name} runs ${image}${was === undefined || was === image ? '' : `, before that ${was}`}.`;
  });
}

/** Of a revision's template, wherever in it the pod's is. */
function imagesOf(kept: Json | undefined): Map<string, string> {
  const inside = z.object({ spec: z.object({ template }) }).safeParse(kept).data?.spec.template;
  const found = inside ?? template.safeParse(kept).data;
  return new Map(found?.spec.containers.map(({ name, image }) => [name, image]));
}
