import type { z } from 'zod';
import { kindOf } from '../../../actions/action-kinds.ts';
import { contentText, templateChange } from '../../../actions/pod-template/change.ts';
import { returningOf } from '../../../actions/pod-template/returning.ts';
import { undoRevision } from '../../../actions/rollout/undo/revision.ts';
import type { Case } from '../../../domain/case.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { FactNeeds } from '../../../domain/facts/needs.ts';
import type { Revision } from '../../../domain/facts/revision.ts';
import { type Json, json } from '../../../domain/text/json.ts';
import { valueAt } from '../../../domain/text/json-pointer.ts';
import { controllerRevision, replicaSet } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { patched } from '../writes/patched.ts';
import { controllerOf, selectorText } from './pod.ts';
import type { Workload } from './workload.ts';

/** What a workload could go back to, and the uids of the ReplicaSets that stand between it and its pods. */
export interface History {
  readonly revisions: readonly KeptRevision[];
  /** Since when the live one is live, no later. */
  readonly liveSince: string | undefined;
  readonly liveRevision: number | undefined;
  readonly podOwners: ReadonlySet<string>;
}

/** A revision with its template, which the facts keep of one of them only. */
interface KeptRevision extends Omit<Revision, 'template'> {
  readonly template: Json | undefined;
}

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const earlierAnnotation = 'deployment.kubernetes.io/revision-history';

/** Reads the revisions as kubectl's history.go does: ReplicaSets of a Deployment, else ControllerRevisions. */
export async function readHistory(reader: Reader, workload: Workload): Promise<Read<History>> {
  const { namespace } = workload.metadata;
  const query = { labelSelector: selectorText(workload.selector) };
  return workload.kind === 'Deployment'
    ? fromReplicaSets(reader, workload, namespace, query)
    : fromControllerRevisions(reader, workload, namespace, query);
}

async function fromReplicaSets(
  reader: Reader,
  workload: Workload,
  namespace: string | undefined,
  query: { labelSelector: string },
): Promise<Read<History>> {
  const read = await reader.list(replicaSet, resourceOf('ReplicaSet', { namespace }), query);
  if (read.kind === 'refusal') return read;
  const owned = read.value.filter((set) => controllerOf(set)?.uid === workload.metadata.uid);
  const revisions = owned.map(({ metadata, spec, status }) => ({
    revision: Number(metadata.annotations[revisionAnnotation] ?? 0),
    source: `ReplicaSet ${metadata.name}`,
    template: spec.template,
    ...bornAt(metadata),
    earlier: numbersIn(metadata.annotations[earlierAnnotation] ?? ''),
    pods: { desired: spec.replicas, ready: status.readyReplicas },
  }));
  return {
    kind: 'read',
    value: {
      revisions: sorted(revisions),
      liveRevision: positive(Number(workload.metadata.annotations[revisionAnnotation])),
      liveSince: workload.progressedAt,
      podOwners: new Set(owned.map(({ metadata }) => metadata.uid)),
    },
  };
}

async function fromControllerRevisions(
  reader: Reader,
  workload: Workload,
  namespace: string | undefined,
  query: { labelSelector: string },
): Promise<Read<History>> {
  const read = await reader.list(controllerRevision, resourceOf('ControllerRevision', { namespace }), query);
  if (read.kind === 'refusal') return read;
  const owned = read.value.filter((each) => controllerOf(each)?.uid === workload.metadata.uid);
  const revisions = sorted(
    owned.map(({ metadata, revision, data }) => ({
      revision,
      source: `ControllerRevision ${metadata.name}`,
      template: data,
      ...bornAt(metadata),
    })),
  );
  const live = owned.find(({ metadata }) => metadata.name === workload.updateRevision)?.revision;
  // A DaemonSet does not name it; its controller gives the live template the highest number.
  const liveRevision = positive(live ?? revisions.at(-1)?.revision);
  return {
    kind: 'read',
    value: {
      revisions,
      liveRevision,
      liveSince: numberedAt(owned.find(({ revision }) => revision === liveRevision)),
      podOwners: new Set([workload.metadata.uid]),
    },
  };
}

const bornAt = ({ creationTimestamp }: { creationTimestamp?: string | null | undefined }) =>
  creationTimestamp == null ? {} : { createdAt: creationTimestamp };

/** `1,3` */
function numbersIn(text: string): number[] {
  return text
    .split(',')
    .map(Number)
    .filter((number) => positive(number) !== undefined);
}

/** A ControllerRevision is written once more when it comes back under a new number, and hardly ever else. */
function numberedAt(revision: z.infer<typeof controllerRevision> | undefined): string | undefined {
  const times = revision?.metadata.managedFields.flatMap(({ time }) => time ?? []) ?? [];
  return times.toSorted().at(-1);
}

function sorted(revisions: readonly KeptRevision[]): KeptRevision[] {
  return revisions
    .filter(({ revision }) => positive(revision) !== undefined)
    .toSorted((a, b) => a.revision - b.revision);
}

function positive(revision: number | undefined): number | undefined {
  return revision !== undefined && Number.isSafeInteger(revision) && revision > 0 ? revision : undefined;
}

/**
 * The revisions as facts. How they stand is told where one of them may come back; the template, which may be large, is kept only
 * for the one that an undo would go back to.
 *
 * @param raw the workload as the API server sent it
 */
export function withStanding(
  subject: WorkloadSubject,
  history: History | undefined,
  { undo, newTemplate }: FactNeeds,
  raw: unknown,
): WorkloadSubject {
  if (history === undefined || (undo === undefined && newTemplate === undefined)) return subject;
  const found = undo === undefined ? undefined : undoRevision(undo, subject);
  const chosen = found?.kind === 'revision' ? found.revision.revision : undefined;
  const seen = history.revisions.map((each) => ({
    ...each,
    content: contentText(templateIn(each.template)),
  }));
  const live = valueAt(json.parse(raw), 'spec', 'template');
  const liveContent = contentText(live);
  const revisions = seen.map(({ template, content, ...rest }): Revision => {
    const change = rest.revision === chosen ? templateChange(live, templateIn(template)) : undefined;
    const alike = seen.find((other) => content !== undefined && other.content === content)?.revision;
    return {
      ...rest,
      ...(rest.revision === chosen && template !== undefined ? { template } : {}),
      ...(change === undefined ? {} : { change }),
      ...(alike === undefined ? {} : { alike }),
      ...(content !== undefined && content === liveContent ? { asLive: true } : {}),
    };
  });
  return {
    ...subject,
    revisions,
    ...(history.liveSince === undefined ? {} : { liveSince: history.liveSince }),
  };
}

/**
 * Which revisions come back with the template that the action writes, worked out from the very calls that it would send.
 */
export function withReturning(
  { action, facts }: Case,
  history: History | undefined,
  raw: unknown,
): WorkloadSubject['returning'] {
  const { subject, gatheredAt: stamp } = facts;
  if (history === undefined || subject.kind !== 'workload') return undefined;
  const snapshot = json.parse(raw);
  const draft = kindOf(action.verb).calls({ action, facts, snapshot, remediationId: '', stamp });
  const [write] = draft.kind === 'calls' ? draft.calls : [];
  const written = write && patched(snapshot, write);
  const [live, next] = [snapshot, written].map((object) => valueAt(object, 'spec', 'template'));
  if (next === undefined || contentText(next) === contentText(live)) return undefined;
  const returning = history.revisions.flatMap(({ revision, template }) => {
    const found = returningOf(live, next, templateIn(template));
    return found === undefined ? [] : [{ revision, ...found }];
  });
  return returning.length === 0 ? undefined : returning;
}

/** The data of a ControllerRevision has the template in it. */
const templateIn = (kept: Json | undefined): Json | undefined => valueAt(kept, 'spec', 'template') ?? kept;
