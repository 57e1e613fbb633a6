import { type Action, describeTarget, type Target } from '../../domain/action.ts';
import type { Facts, NodeSubject, PodSubject, WorkloadSubject } from '../../domain/facts.ts';
import type { Json } from '../../domain/json.ts';
import type { Call, ObjectRef, PatchOperation } from '../../domain/plan.ts';

/** What a plan is drawn up from. */
export interface DraftInput<A extends Action = Action> {
  readonly action: A;
  readonly facts: Facts;
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
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Pod: 'pods',
  Node: 'nodes',
} as const satisfies Record<Target['kind'], ObjectRef['resource']>;

export function refOf(target: Target): ObjectRef {
  const apiVersion = target.kind === 'Pod' || target.kind === 'Node' ? 'v1' : 'apps/v1';
  const ref = { apiVersion, resource: resources[target.kind], name: target.name };
  return target.kind === 'Node' ? ref : { ...ref, namespace: target.namespace };
}

type Field = { path: string; value: Json };

/**
 * A patch that applies to this very object only: the uid is tested first. Should the guard fail on a repeat,
 * the fields say whether the work is done; a null value stands for an absent field.
 */
export function guardedPatch(
  { action, facts }: DraftInput,
  parts: { operations: PatchOperation[]; done: Field[]; sentence: string; subresource?: 'scale' },
): Call {
  const { uid } = facts.identity;
  const { operations, done, sentence, subresource } = parts;
  return {
    kind: 'patch',
    ref: { ...refOf(action.target), ...(subresource === undefined ? {} : { subresource }) },
    operations: [{ op: 'test', path: '/metadata/uid', value: uid }, ...operations],
    recognise: { kind: 'fields', uid, fields: done },
    sentence,
  };
}

/** Runs `draw` on a workload's facts, refuses any other. */
export function withWorkload(
  { action, facts }: DraftInput,
  draw: (workload: WorkloadSubject) => Draft,
): Draft {
  return facts.subject.kind === 'workload' ? draw(facts.subject) : mismatch(action, facts);
}

export function withPod({ action, facts }: DraftInput, draw: (pod: PodSubject) => Draft): Draft {
  return facts.subject.kind === 'pod' ? draw(facts.subject) : mismatch(action, facts);
}

export function withNode({ action, facts }: DraftInput, draw: (node: NodeSubject) => Draft): Draft {
  return facts.subject.kind === 'node' ? draw(facts.subject) : mismatch(action, facts);
}

function mismatch({ target }: Action, { subject }: Facts): Draft {
  return refuse(`The facts of ${describeTarget(target)} are those of a ${subject.kind}.`);
}
