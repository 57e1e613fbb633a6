import { describeTarget, type Target, type Verb } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';
import type {
  CronJobSubject,
  JobSubject,
  NodeSubject,
  PodSubject,
  Subject,
  WorkloadSubject,
} from '../domain/facts/facts.ts';
import type { Call, ListEntry, ObjectRef, PatchOperation } from '../domain/plan.ts';
import type { Json } from '../domain/text/json.ts';

/** What the calls are drawn up from. */
export interface DraftInput<V extends Verb = Verb> extends Case<V> {
  /** The raw object as the API server sent it, read together with the facts. */
  readonly snapshot: Json;
  readonly remediationId: string;
  /** ISO instant of this execution, the same in every retry. */
  readonly stamp: string;
}

/** The calls, or why there are none. */
export type Draft =
  | { readonly kind: 'calls'; readonly calls: readonly Call[] }
  | { readonly kind: 'refused'; readonly reason: string };

export const refuse = (reason: string): Draft => ({ kind: 'refused', reason });
export const send = (...calls: readonly Call[]): Draft => ({ kind: 'calls', calls });

const resources = {
  Deployment: { apiVersion: 'apps/v1', resource: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', resource: 'statefulsets' },
  DaemonSet: { apiVersion: 'apps/v1', resource: 'daemonsets' },
  Pod: { apiVersion: 'v1', resource: 'pods' },
  Node: { apiVersion: 'v1', resource: 'nodes' },
  Job: { apiVersion: 'batch/v1', resource: 'jobs' },
  CronJob: { apiVersion: 'batch/v1', resource: 'cronjobs' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers' },
} as const satisfies Record<Target['kind'], Pick<ObjectRef, 'apiVersion' | 'resource'>>;

export function refOf(target: Target): ObjectRef {
  const ref = { ...resources[target.kind], name: target.name };
  return target.kind === 'Node' ? ref : { ...ref, namespace: target.namespace };
}

type Field = { path: string; value: Json };

/**
 * A patch that applies to this very object only: the uid is tested first. Should the guard fail on a repeat,
 * the fields and the entries of lists say whether the work is done; null stands for what is not there.
 */
export function guardedPatch(
  { action, facts }: DraftInput,
  parts: {
    operations: PatchOperation[];
    done: Field[];
    /** Entries of lists that others write to as well. */
    entries?: ListEntry[];
    sentence: string;
    subresource?: 'scale';
    /** Tests on the object itself, where `operations` go to its subresource. */
    unchanged?: PatchOperation[];
  },
): Call {
  const { uid } = facts.identity;
  const { operations, done, entries, sentence, subresource, unchanged } = parts;
  return {
    kind: 'patch',
    ref: { ...refOf(action.target), ...(subresource === undefined ? {} : { subresource }) },
    operations: [{ op: 'test', path: '/metadata/uid', value: uid }, ...operations],
    recognise: { kind: 'fields', uid, fields: done, ...(entries === undefined ? {} : { entries }) },
    sentence,
    ...(unchanged === undefined || unchanged.length === 0 ? {} : { unchanged }),
  };
}

/** Runs `draw` on a workload's facts, refuses any other. The others do the same for their kind. */
export function withWorkload(input: DraftInput, draw: (workload: WorkloadSubject) => Draft): Draft {
  const { subject } = input.facts;
  return subject.kind === 'workload' ? draw(subject) : mismatch(input, subject);
}

export function withPod(input: DraftInput, draw: (pod: PodSubject) => Draft): Draft {
  const { subject } = input.facts;
  return subject.kind === 'pod' ? draw(subject) : mismatch(input, subject);
}

export function withNode(input: DraftInput, draw: (node: NodeSubject) => Draft): Draft {
  const { subject } = input.facts;
  return subject.kind === 'node' ? draw(subject) : mismatch(input, subject);
}

export function withCronJob(input: DraftInput, draw: (cronJob: CronJobSubject) => Draft): Draft {
  const { subject } = input.facts;
  return subject.kind === 'cronJob' ? draw(subject) : mismatch(input, subject);
}

export function withJob(input: DraftInput, draw: (job: JobSubject) => Draft): Draft {
  const { subject } = input.facts;
  return subject.kind === 'job' ? draw(subject) : mismatch(input, subject);
}

function mismatch({ action }: DraftInput, { kind }: Subject): Draft {
  return refuse(`The facts of ${describeTarget(action.target)} are those of a ${kind}.`);
}
