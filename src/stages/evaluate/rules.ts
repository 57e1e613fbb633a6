import type { Subject } from '../../domain/facts/facts.ts';
import { isFelt } from './disturbance.ts';
import type { Rule, RuleInput } from './rule.ts';
import { fewerReplicas } from './rules/availability/fewer-replicas.ts';
import { growth } from './rules/availability/growth.ts';
import { leaseHolder } from './rules/availability/lease-holder.ts';
import { noPlace } from './rules/availability/no-place.ts';
import { readyPods } from './rules/availability/ready-pods.ts';
import { runsStop } from './rules/availability/runs-stop.ts';
import { selectedByService } from './rules/availability/selected-by-service.ts';
import { serviceEndpoints } from './rules/availability/service-endpoints.ts';
import { singleReplica } from './rules/availability/single-replica.ts';
import { soleWorkloads } from './rules/availability/sole-workloads.ts';
import { spareCapacity } from './rules/availability/spare-capacity.ts';
import { breadth } from './rules/breadth/affected-pods.ts';
import { userFacing } from './rules/breadth/user-facing.ts';
import { controlPlane } from './rules/control-plane/control-plane-node.ts';
import { servedByPods } from './rules/control-plane/served-by-pods.ts';
import { systemPriority } from './rules/control-plane/system-priority.ts';
import { deletedClaims } from './rules/data/deleted-claims.ts';
import { lostWithPods } from './rules/data/lost-with-pods.ts';
import { lostWork } from './rules/data/lost-work.ts';
import { storedData } from './rules/data/stored-data.ts';
import { environment } from './rules/environment.ts';
import { ceilings } from './rules/floor/change/ceilings.ts';
import { consequences } from './rules/floor/change/consequences.ts';
import { newCode } from './rules/floor/change/new-code.ts';
import { evictionBudgets } from './rules/floor/nodes/eviction-budgets.ts';
import { movedPods } from './rules/floor/nodes/moved-pods.ts';
import { movingVetoes } from './rules/floor/nodes/moving-vetoes.ts';
import { reopenedNode } from './rules/floor/nodes/reopened-node.ts';
import { controlled } from './rules/floor/owners/controlled.ts';
import { gitops } from './rules/floor/owners/gitops.ts';
import { askedBefore } from './rules/floor/policy/asked-before.ts';
import { clusterTier } from './rules/floor/policy/cluster-tier.ts';
import { freezes } from './rules/floor/policy/freezes.ts';
import { ownRules } from './rules/floor/policy/own-rules.ts';
import { repeats } from './rules/floor/policy/repeats.ts';
import { trust } from './rules/floor/policy/trust.ts';
import { unknownEffect } from './rules/floor/policy/unknown-effect.ts';
import { unknownFacts } from './rules/floor/policy/unknown-facts.ts';
import { autoscaler } from './rules/floor/rollout/autoscaler.ts';
import { daemonNodes } from './rules/floor/rollout/daemon-nodes.ts';
import { disruptionBudget } from './rules/floor/rollout/disruption-budget.ts';
import { failingRevision } from './rules/floor/rollout/failing-revision.ts';
import { failingStarts } from './rules/floor/rollout/failing-starts.ts';
import { newPodPlace } from './rules/floor/rollout/new-pod-place.ts';
import { quota } from './rules/floor/rollout/quota.ts';
import { readyProof } from './rules/floor/rollout/ready-proof.ts';
import { recentChange } from './rules/floor/rollout/recent-change.ts';
import { runningRollout } from './rules/floor/rollout/running-rollout.ts';
import { silentNodes } from './rules/floor/rollout/silent-nodes.ts';
import { singleWriter } from './rules/floor/rollout/single-writer.ts';
import { stuckPods } from './rules/floor/rollout/stuck-pods.ts';
import { actionEnabled } from './rules/hard/action-enabled.ts';
import { knownSubject } from './rules/hard/known-subject.ts';
import { precondition } from './rules/hard/precondition.ts';
import { protectedNamespace } from './rules/hard/protected-namespace.ts';
import { protectedPods } from './rules/hard/protected-pods.ts';
import { zeroInProduction } from './rules/hard/zero-in-production.ts';
import { rollback } from './rules/rollback.ts';

type SubjectKind = Subject['kind'];

export interface NamedRule {
  readonly name: string;
  readonly judge: Rule;
}

interface Listed extends NamedRule {
  /** It has something to say only where pods, or how many there are to be, change. */
  readonly felt?: true;
  /** The kinds of target that it has something to say about; all of them if absent. */
  readonly of?: readonly SubjectKind[];
  /** It reads only what depends on the target and what holds it: where that was not read, it is not asked. */
  readonly dependents?: true;
  /** It judges by what a team has written beyond the defaults: where there is no such thing, it is not asked. */
  readonly demanded?: true;
}

const workloads = ['workload'] as const satisfies readonly SubjectKind[];
/** What has a number of pods that can be raised. */
const growing = ['workload', 'autoscaler', 'job'] as const satisfies readonly SubjectKind[];
const nodes = ['node'] as const satisfies readonly SubjectKind[];
const runs = ['job', 'cronJob'] as const satisfies readonly SubjectKind[];
const serving = ['workload', 'pod'] as const satisfies readonly SubjectKind[];
const withPods = ['workload', 'pod', 'job', 'cronJob'] as const satisfies readonly SubjectKind[];

/**
 * Every rule, by the name that cards and refusals show. Which of them an action concerns, its effect says; the table
 * only knows what kind of object each is about. The first block found is the reason that is given.
 */
const rules: readonly Listed[] = [
  { name: 'known-subject', judge: knownSubject },
  { name: 'protected-namespace', judge: protectedNamespace },
  { name: 'action-enabled', judge: actionEnabled },
  { name: 'zero-in-production', felt: true, of: workloads, judge: zeroInProduction },
  { name: 'precondition', judge: precondition },
  { name: 'protected-pods', felt: true, of: nodes, judge: protectedPods },
  { name: 'eviction-budgets', felt: true, of: nodes, judge: evictionBudgets },
  { name: 'moved-pods', felt: true, of: nodes, judge: movedPods },
  { name: 'moving-vetoes', felt: true, of: nodes, judge: movingVetoes },
  { name: 'ready-pods', felt: true, of: serving, judge: readyPods },
  { name: 'service-endpoints', felt: true, dependents: true, judge: serviceEndpoints },
  { name: 'single-replica', felt: true, of: workloads, judge: singleReplica },
  { name: 'lease-holder', felt: true, dependents: true, judge: leaseHolder },
  { name: 'growth', of: growing, judge: growth },
  { name: 'fewer-replicas', felt: true, of: ['autoscaler'], judge: fewerReplicas },
  { name: 'spare-capacity', of: nodes, judge: spareCapacity },
  { name: 'no-place', felt: true, of: nodes, judge: noPlace },
  { name: 'lost-with-pods', felt: true, of: nodes, judge: lostWithPods },
  { name: 'runs-stop', of: ['cronJob'], judge: runsStop },
  { name: 'selected-by-service', felt: true, dependents: true, of: runs, judge: selectedByService },
  { name: 'lost-work', felt: true, of: ['job'], judge: lostWork },
  { name: 'stored-data', felt: true, of: serving, judge: storedData },
  { name: 'deleted-claims', felt: true, dependents: true, of: workloads, judge: deletedClaims },
  { name: 'served-by-pods', felt: true, dependents: true, judge: servedByPods },
  { name: 'system-priority', felt: true, dependents: true, judge: systemPriority },
  { name: 'control-plane', of: nodes, judge: controlPlane },
  { name: 'reopened-node', of: nodes, judge: reopenedNode },
  { name: 'rollback', judge: rollback },
  { name: 'affected-pods', felt: true, judge: breadth },
  { name: 'user-facing', felt: true, dependents: true, judge: userFacing },
  { name: 'sole-workloads', of: nodes, judge: soleWorkloads },
  { name: 'environment', judge: environment },
  { name: 'unknown-facts', judge: unknownFacts },
  { name: 'unknown-effect', judge: unknownEffect },
  { name: 'running-rollout', of: workloads, judge: runningRollout },
  { name: 'recent-change', dependents: true, judge: recentChange },
  { name: 'disruption-budget', felt: true, dependents: true, judge: disruptionBudget },
  { name: 'quota', felt: true, dependents: true, of: withPods, judge: quota },
  { name: 'stuck-pods', felt: true, of: workloads, judge: stuckPods },
  { name: 'new-pod-place', felt: true, of: withPods, judge: newPodPlace },
  { name: 'single-writer-volume', felt: true, of: withPods, judge: singleWriter },
  { name: 'daemon-nodes', felt: true, of: workloads, judge: daemonNodes },
  { name: 'unready-node', felt: true, of: workloads, judge: silentNodes },
  { name: 'failing-starts', felt: true, of: withPods, judge: failingStarts },
  { name: 'ready-proof', felt: true, of: workloads, judge: readyProof },
  { name: 'ceilings', of: growing, judge: ceilings },
  { name: 'failing-revision', of: workloads, judge: failingRevision },
  { name: 'new-code', judge: newCode },
  { name: 'consequences', judge: consequences },
  { name: 'autoscaler', felt: true, of: workloads, judge: autoscaler },
  { name: 'gitops', judge: gitops },
  { name: 'controlled', judge: controlled },
  { name: 'asked-before', judge: askedBefore },
  { name: 'repeats', judge: repeats },
  { name: 'own-rules', demanded: true, judge: ownRules },
  { name: 'freezes', demanded: true, judge: freezes },
  { name: 'cluster-tier', demanded: true, judge: clusterTier },
  { name: 'trust', demanded: true, judge: trust },
];

interface RuleLists {
  readonly target: readonly NamedRule[];
  readonly demanded: readonly NamedRule[];
  readonly dependents: readonly NamedRule[];
}

/** `quiet`: for an action that changes no pods and not how many there are to be. */
interface RulesFor {
  readonly felt: RuleLists;
  readonly quiet: RuleLists;
}

function rulesFor(kind: SubjectKind): RulesFor {
  const concerned = rules.filter(({ of }) => of === undefined || of.includes(kind));
  return { felt: listsOf(concerned), quiet: listsOf(concerned.filter(({ felt }) => !felt)) };
}

function listsOf(concerned: readonly Listed[]): RuleLists {
  return {
    target: concerned.filter(({ dependents, demanded }) => !dependents && !demanded).map(asked),
    demanded: concerned.filter(({ demanded }) => demanded).map(asked),
    dependents: concerned.filter(({ dependents }) => dependents).map(asked),
  };
}

/** All of one shape, because they are what the evaluator's inner loop reads. */
function asked({ name, judge }: NamedRule): NamedRule {
  return { name, judge };
}

/** The rules that can say something about a kind of object, each group in the order of the table. */
const byKind = {
  workload: rulesFor('workload'),
  pod: rulesFor('pod'),
  node: rulesFor('node'),
  cronJob: rulesFor('cronJob'),
  job: rulesFor('job'),
  autoscaler: rulesFor('autoscaler'),
} as const satisfies Record<SubjectKind, RulesFor>;

/** The rules that can say something about an effect on a kind of object. */
export function rulesOf(judged: RuleInput): RuleLists {
  const { felt, quiet } = byKind[judged.facts.subject.kind];
  return isFelt(judged) ? felt : quiet;
}
