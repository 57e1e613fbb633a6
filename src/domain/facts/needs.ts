import type { Departure } from '../departure.ts';

/** Where a field stands in an object: `['spec', 'replicas']`. */
export type FieldPath = readonly string[];

/** Names of containers, init containers too; all of them where it is absent. */
interface OfContainers {
  readonly containers?: readonly string[] | undefined;
}

/** Variables that are written, of which the look says whether the live value is the same. */
export interface WrittenVariables extends OfContainers {
  readonly set: readonly { readonly name: string; readonly value: string }[];
}

/** Limits and requests that are written, by the resource's name. */
export interface WrittenResources extends OfContainers {
  readonly limits: Readonly<Record<string, string | undefined>>;
  readonly requests: Readonly<Record<string, string | undefined>>;
}

/** What a look at the target must bring for an action, besides what every look brings. */
export interface FactNeeds {
  /** Names of the containers' variables. */
  readonly variables?: WrittenVariables;
  /** What the containers may use and what they ask for. */
  readonly resources?: true;
  /** By what a ResourceQuota counts the pods that will run, where that changes. */
  readonly newResources?: WrittenResources;
  /** Fields of the target, as in `spec.minReadySeconds`: what stands in them. */
  readonly fieldValues?: readonly string[];
  /** Label keys that are written to a pod: what selects it by them. */
  readonly podLabels?: readonly string[];
  /** Label keys that are written to a node: whose pods are placed by them. */
  readonly nodeLabels?: readonly string[];
  /** The name that a new Job is to have: whether it is free. */
  readonly newJob?: string;
  /** The template of the revision that is gone back to; without a number it is the one before the live one. */
  readonly undo?: { readonly toRevision?: number | undefined };
  /** A template is written that may be that of an earlier revision: how these stand, and which of them come back. */
  readonly newTemplate?: true;
  /** Whether the pod's node is ready. */
  readonly podNode?: true;
  /** The pods of the node, how they are made to leave it, and who depends on them. */
  readonly nodePods?: Departure;
}
