import { undoRevision } from '../../../actions/rollout/undo/revision.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { FactNeeds } from '../../../domain/facts/needs.ts';
import type { Json } from '../../../domain/text/json.ts';
import { controllerRevision, replicaSet } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { controllerOf, selectorText } from './pod.ts';
import type { Workload } from './workload.ts';

/** What a workload could go back to, and the uids of the ReplicaSets that stand between it and its pods. */
export interface History {
  readonly revisions: readonly Revision[];
  readonly liveRevision: number | undefined;
  readonly podOwners: ReadonlySet<string>;
}

interface Revision {
  readonly revision: number;
  readonly source: string;
  readonly template: Json | undefined;
}

const revisionAnnotation = 'deployment.kubernetes.io/revision';

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
  const revisions = owned.map(({ metadata, spec }) => ({
    revision: Number(metadata.annotations[revisionAnnotation] ?? 0),
    source: `ReplicaSet ${metadata.name}`,
    template: spec.template,
  }));
  return {
    kind: 'read',
    value: {
      revisions: sorted(revisions),
      liveRevision: positive(Number(workload.metadata.annotations[revisionAnnotation])),
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
    })),
  );
  const live = owned.find(({ metadata }) => metadata.name === workload.updateRevision)?.revision;
  return {
    kind: 'read',
    value: {
      revisions,
      // A DaemonSet does not name it; its controller gives the live template the highest number.
      liveRevision: positive(live ?? revisions.at(-1)?.revision),
      podOwners: new Set([workload.metadata.uid]),
    },
  };
}

function sorted(revisions: readonly Revision[]): Revision[] {
  return revisions
    .filter(({ revision }) => positive(revision) !== undefined)
    .toSorted((a, b) => a.revision - b.revision);
}

function positive(revision: number | undefined): number | undefined {
  return revision !== undefined && Number.isSafeInteger(revision) && revision > 0 ? revision : undefined;
}

/**
 * The revisions as facts. The template, which may be large, is kept only for the one that would be gone
 * back to.
 */
export function withUndoTemplate(
  subject: WorkloadSubject,
  history: History | undefined,
  undo: FactNeeds['undo'],
): WorkloadSubject {
  if (undo === undefined || history === undefined) return subject;
  const found = undoRevision(undo, subject);
  if (found.kind === 'none') return subject;
  const template = history.revisions.find(({ revision }) => revision === found.revision.revision)?.template;
  if (template === undefined) return subject;
  const filled = subject.revisions.map((each) => (each === found.revision ? { ...each, template } : each));
  return { ...subject, revisions: filled };
}
