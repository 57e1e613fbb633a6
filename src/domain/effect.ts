import type { Facts } from './facts/facts.ts';
import type { NodePod } from './facts/node.ts';
import type { Revision } from './facts/revision.ts';

/** Ready pods before the action, and the fewest that are left at its worst moment. */
export interface Readiness {
  readonly before: number;
  readonly left: number;
}

/** What becomes of pods. Each counts once, under the word that says most of it. */
export interface PodsChanged {
  /** Replaced by their controller, one after the other or all at once. */
  readonly replaced: number;
  /** Started beyond those that there are. */
  readonly started: number;
  /** Stopped, with nothing in their place. */
  readonly stopped: number;
  /** Deleted by name; their controller starts others. */
  readonly deleted: number;
  /** No longer selected by their controller, which starts others: they run on. */
  readonly released: number;
  /** Made to leave their node, those that still run. */
  readonly moved: readonly NodePod[];
  /** Removed from their node though they have ended: nobody misses them, but what they logged goes with them. */
  readonly ended: readonly NodePod[];
  /** All that are touched, for the breadth of the action; `becomes` completes "3 pods are ...". */
  readonly affected: { readonly pods: number; readonly becomes: string; readonly field: string };
}

/** A Service that selects the pods: its ready endpoints now and at the worst moment. */
export interface EndpointsLeft {
  readonly service: string;
  readonly ready: number;
  readonly left: number;
}

/** Volume claims that are deleted at once, and whether an autoscaler may delete more later, down to so many replicas. */
export interface ClaimsDeleted {
  readonly now: number;
  readonly laterDownTo: number | undefined;
}

/** Replicas before and after. `autoscaler`: it moves them at its next look, and goes on doing so. */
export interface SizeChange {
  readonly from: number;
  readonly to: number;
  readonly by: 'person' | 'autoscaler';
}

/** The most pods that there may be from now on without anybody being asked again. */
export interface MostPods {
  /** What the limit is now; undefined where there is none yet. */
  readonly from: number | undefined;
  readonly to: number;
  /** How many there are now. */
  readonly now: number;
  /** The field that holds it, such as `spec.maxReplicas`. */
  readonly field: string;
}

/** An earlier revision that comes back, and the whole command that would bring another. */
export interface ComesBack {
  readonly revision: Revision;
  readonly commandTo: (revision: number) => string;
}

/** What the pods run from now on. */
export interface ContentChange {
  /** Other images or another template. */
  readonly code: boolean;
  /** The same code with other settings. */
  readonly configuration: boolean;
  /** The earlier revision that comes back. */
  readonly back?: ComesBack;
}

/** Whether a node is closed to new pods or opened to them, and whether the pods that leave it are evicted. */
export interface NodeChange {
  readonly closes: boolean;
  readonly opens: boolean;
  /** True: each is asked of its PodDisruptionBudgets. False: they are deleted without asking. */
  readonly evicts: boolean;
  /** The field that closes or opens it, such as `spec.unschedulable`. */
  readonly field: string;
}

/** What becomes of the runs of a Job or CronJob. */
export interface RunChange {
  /** The schedule starts no more runs. */
  readonly stopsSchedule: boolean;
  /** What stopped pods have not saved: done again later, or never. */
  readonly work: 'redone' | 'gone' | undefined;
}

/**
 * What the action has to do with a rollout of its target: it starts or needs one (`competes` with another that runs),
 * holds one, lets one go on, or has nothing to do with it.
 */
type RolloutChange = 'competes' | 'holds' | 'releases' | 'apart';

/**
 * What whoever else writes the object may do about the change: nothing, put it back, make anew what was deleted, or take
 * the annotation of a restart away, which replaces the pods once more.
 */
export type Reversal = 'nothing' | 'put back' | 'made anew' | 'restarted again';

export interface Drift {
  /** By a GitOps tool or package manager. A restart only by one that acts by itself. */
  readonly source: Reversal;
  /** By the operator of the object that controls the target. */
  readonly operator: Reversal;
  /** Whose mark counts for `source`, where it is not the target's own. */
  readonly autoscaler?: Facts['gitOps'];
}

/**
 * What else follows from the action that somebody should know before it is done. `asks`: who has to agree because of
 * it; `nobody` only tells.
 */
export interface Consequence {
  /** The name under which cards and the audit show it. */
  readonly rule: string;
  readonly asks: 'nobody' | 'human' | 'dual';
  readonly sentence: string;
  /** The field it was read from, such as `spec.schedule`. */
  readonly field: string;
}

/** What the cluster has to have for the action to come to its end. */
export interface Needs {
  /** Pods that a rollout starts before it stops others. */
  readonly surge: number;
  /** By how much of itself each new pod asks for more than an old one, by `requests.cpu`, `limits.memory` ... */
  readonly growth: Readonly<Record<string, number>>;
}

/** A part of the effect that the facts did not tell. `ending`: whether pods that are told to end do so. */
export type EffectPart = 'pods' | 'readiness' | 'ending' | 'selection' | 'placement' | 'fields';

/**
 * What an action does on these facts. Rules ask this and never the verb. Every member must be given: there is no
 * effect by default, and what the facts do not tell is named in `unknown`, which counts as the worst.
 */
export interface Effect {
  readonly pods: PodsChanged;
  /** Undefined where no ready pod is taken away; a pod's is unknown while its controller's numbers are. */
  readonly readiness: Readiness | undefined;
  readonly endpoints: readonly EndpointsLeft[];
  readonly claims: ClaimsDeleted | undefined;
  readonly size: SizeChange | undefined;
  readonly most: MostPods | undefined;
  readonly content: ContentChange;
  readonly node: NodeChange | undefined;
  readonly run: RunChange | undefined;
  readonly rollout: RolloutChange;
  readonly drift: Drift;
  readonly needs: Needs;
  readonly consequences: readonly Consequence[];
  readonly unknown: readonly EffectPart[];
}
