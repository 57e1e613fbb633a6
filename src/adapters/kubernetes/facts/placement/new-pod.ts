import { z } from 'zod';
import { chosen } from '../../../../actions/pod-template/containers.ts';
import { amountsAfter } from '../../../../actions/pod-template/set-resources/amounts.ts';
import { undoRevision } from '../../../../actions/rollout/undo/revision.ts';
import type { Subject, WorkloadSubject } from '../../../../domain/facts/facts.ts';
import type { FactNeeds } from '../../../../domain/facts/needs.ts';
import { texts } from '../../client/objects.ts';
import { type PlacedPod, type PlacedSpec, placedSpec } from './scheduling/placed-pod.ts';

/** The target as it was seen, and what the action writes. */
export interface Written {
  readonly subject: Subject;
  /** As the API server sent it. */
  readonly raw: unknown;
  /** The spec of one of a workload's pods, if all of them are of its template. */
  readonly running: unknown;
  readonly namespace: string;
  readonly needs: FactNeeds;
}

const template = z.object({ metadata: z.object({ labels: texts }).prefault({}), spec: placedSpec });
const workload = z.object({ spec: z.object({ template }) });
const cronJob = z.object({ spec: z.object({ jobTemplate: z.object({ spec: z.object({ template }) }) }) });
const podShape = z.object({ metadata: z.object({ labels: texts }), spec: placedSpec });
const claimTemplates = z.object({
  spec: z.object({
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).nullish(),
  }),
});

type Template = z.infer<typeof template>;

/** A pod as the action would have it made, on no node yet. Undefined where nothing says what it would be. */
export function newPodOf(written: Written): PlacedPod | undefined {
  const found = templateOf(written);
  if (found === undefined) return undefined;
  const { nodeName: _, ...spec } = asAdmitted(found.spec, written);
  const labels = { ...found.metadata.labels, [hashLabel]: newHash };
  return podNamed('new', written.namespace, labels, withNewResources(spec, written));
}

const hashLabel = 'pod-template-hash';
/** A value that no pod has yet. */
const newHash = 'new';

/** @param name also stands for its uid: no pod that there is has one like it */
export function podNamed(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  spec: PlacedSpec,
): PlacedPod {
  return {
    metadata: {
      ...{ name, namespace, uid: `(${name})`, generation: 0, resourceVersion: '' },
      ...{ labels: { ...labels }, annotations: {}, ownerReferences: [], managedFields: [], finalizers: [] },
    },
    spec,
    status: { phase: 'Pending', conditions: [], containerStatuses: [], initContainerStatuses: [] },
  };
}

function templateOf({ subject, raw, needs }: Written): Template | undefined {
  if (subject.kind === 'pod') return podShape.parse(raw);
  if (subject.kind === 'cronJob') return cronJob.parse(raw).spec.jobTemplate.spec.template;
  if (subject.kind === 'workload' && needs.undo !== undefined) return earlier(needs.undo, subject);
  const found = workload.safeParse(raw);
  return found.success ? found.data.spec.template : undefined;
}

/** A ReplicaSet's template, or what a ControllerRevision writes. */
function earlier(undo: NonNullable<FactNeeds['undo']>, subject: WorkloadSubject): Template | undefined {
  const found = undoRevision(undo, subject);
  if (found.kind === 'none' || found.revision.template === undefined) return undefined;
  const own = template.safeParse(found.revision.template);
  if (own.success) return own.data;
  const data = workload.safeParse(found.revision.template);
  return data.success ? data.data.spec.template : undefined;
}

/** What admission adds to a template: what a RuntimeClass, a LimitRange or an autoscaler wants of its pods. */
function asAdmitted(spec: PlacedSpec, { running, needs, subject }: Written): PlacedSpec {
  const seen = running === undefined ? undefined : placedSpec.safeParse(running).data;
  if (seen === undefined || subject.kind !== 'workload' || needs.undo !== undefined) return spec;
  const { containers, initContainers, overhead, tolerations, nodeSelector } = seen;
  // A DaemonSet's controller, a StatefulSet's and admission add volumes and affinity that are of one pod alone.
  return { ...spec, containers, initContainers, overhead, tolerations, nodeSelector };
}

/** The requests that the action writes. */
function withNewResources(spec: PlacedSpec, { needs: { newResources }, subject }: Written): PlacedSpec {
  if (newResources === undefined || subject.kind !== 'workload') return spec;
  const written = chosen(newResources, subject);
  const sized =
    (init: boolean) =>
    (container: PlacedSpec['containers'][number], place: number): PlacedSpec['containers'][number] => {
      const found = written.find((each) => each.init === init && each.index === place);
      if (found === undefined) return container;
      const { limits, requests } = amountsAfter(newResources, found);
      return { ...container, resources: { limits: { ...limits }, requests: { ...requests } } };
    };
  return {
    ...spec,
    containers: spec.containers.map(sized(false)),
    initContainers: spec.initContainers.map(sized(true)),
  };
}

/** Names of the claims that a StatefulSet makes for each of its pods; they begin so. */
export function claimTemplatesOf(raw: unknown): readonly string[] {
  const found = claimTemplates.safeParse(raw);
  return (found.data?.spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => name);
}

/** The pods that are already what the action makes: an undo finds those that the broken release has left. */
export function alreadyNew(
  { subject, needs }: Written,
  releases: boolean,
): (hash: string | undefined) => boolean {
  if (subject.kind !== 'workload') return () => false;
  const source = sourceOf(subject, needs, releases);
  if (source === undefined) return () => false;
  return (hash) => hash !== undefined && (source.endsWith(` ${hash}`) || source.endsWith(`-${hash}`));
}

function sourceOf(subject: WorkloadSubject, { undo }: FactNeeds, releases: boolean): string | undefined {
  if (undo !== undefined) {
    const found = undoRevision(undo, subject);
    return found.kind === 'none' ? undefined : found.revision.source;
  }
  if (!releases || subject.updated === 0) return undefined;
  return subject.revisions.find(({ revision }) => revision === subject.liveRevision)?.source;
}
