import type { Verb } from '../../domain/action.ts';
import type { Rule } from './rule.ts';
import { autoscalePossible } from '../../actions/scaling/autoscale/precondition.ts';
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
import { createJobPossible } from '../../actions/jobs/create-job/precondition.ts';
import { deletedClaims } from './rules/data/deleted-claims.ts';
import { lostWithPods } from './rules/data/lost-with-pods.ts';
import { lostWork } from './rules/data/lost-work.ts';
import { storedData } from './rules/data/stored-data.ts';
import { deleteJobPossible } from '../../actions/jobs/delete-job/precondition.ts';
import { drainPossible } from '../../actions/nodes/drain/precondition.ts';
import { environment } from './rules/environment.ts';
import { autoscaleEffect } from '../../actions/scaling/autoscale/consequences.ts';
import { fewerResources } from '../../actions/pod-template/set-resources/consequences.ts';
import { newCode } from './rules/floor/change/new-code.ts';
import { patchEffect } from '../../actions/fields/patch/consequences.ts';
import { pickedPod } from '../../actions/metadata/label/picked-pod.ts';
import { placedByLabel } from '../../actions/metadata/label/placed-by-label.ts';
import { readByControllers } from '../../actions/metadata/read-by-controllers.ts';
import { evictionBudgets } from './rules/floor/nodes/eviction-budgets.ts';
import { movedPods } from './rules/floor/nodes/moved-pods.ts';
import { movingVetoes } from './rules/floor/nodes/moving-vetoes.ts';
import { reopenedNode } from './rules/floor/nodes/reopened-node.ts';
import { controlled } from './rules/floor/owners/controlled.ts';
import { gitops } from './rules/floor/owners/gitops.ts';
import { freezes } from './rules/floor/policy/freezes.ts';
import { ownRules } from './rules/floor/policy/own-rules.ts';
import { trust } from './rules/floor/policy/trust.ts';
import { unknownFacts } from './rules/floor/policy/unknown-facts.ts';
import { autoscaler } from './rules/floor/rollout/autoscaler.ts';
import { disruptionBudget } from './rules/floor/rollout/disruption-budget.ts';
import { failingStarts } from './rules/floor/rollout/failing-starts.ts';
import { quota } from './rules/floor/rollout/quota.ts';
import { readyProof } from './rules/floor/rollout/ready-proof.ts';
import { recentChange } from './rules/floor/rollout/recent-change.ts';
import { runningRollout } from './rules/floor/rollout/running-rollout.ts';
import { concurrentRuns } from '../../actions/jobs/create-job/concurrent-runs.ts';
import { missedRun } from '../../actions/jobs/resume/missed-run.ts';
import { runsAgain } from '../../actions/jobs/create-job/runs-again.ts';
import { scheduledRun } from '../../actions/jobs/delete-job/scheduled-run.ts';
import { shortLivedJob } from '../../actions/jobs/create-job/short-lived-job.ts';
import { actionEnabled } from './rules/hard/action-enabled.ts';
import { knownSubject } from './rules/hard/known-subject.ts';
import { protectedNamespace } from './rules/hard/protected-namespace.ts';
import { protectedPods } from './rules/hard/protected-pods.ts';
import { zeroInProduction } from './rules/hard/zero-in-production.ts';
import { imagesPossible } from '../../actions/pod-template/set-image/precondition.ts';
import { metadataPossible } from '../../actions/metadata/precondition.ts';
import { nodeSchedulable } from '../../actions/nodes/schedulable.ts';
import { patchPossible } from '../../actions/fields/patch/precondition.ts';
import { pausePossible } from '../../actions/rollout/pausing-precondition.ts';
import { podReplaceable } from '../../actions/pods/delete-pod/precondition.ts';
import { resourcesPossible } from '../../actions/pod-template/set-resources/precondition.ts';
import { restartPossible } from '../../actions/rollout/restart/precondition.ts';
import { resumePossible } from '../../actions/jobs/resume/precondition.ts';
import { wayBack } from './rules/rollback.ts';
import { scalePossible } from '../../actions/scaling/scale/precondition.ts';
import { suspendPossible } from '../../actions/jobs/suspend/precondition.ts';
import { taintPossible } from '../../actions/nodes/taint/precondition.ts';
import { undoPossible } from '../../actions/rollout/undo/precondition.ts';
import { variablesPossible } from '../../actions/pod-template/set-env/precondition.ts';

/** The verbs that replace the pods of a workload one after the other. */
const rollingPods = [
  'rollout restart',
  'rollout undo',
  'rollout resume',
  'set image',
  'set env',
  'set resources',
  'patch',
] as const satisfies readonly Verb[];

/** The verbs that change a workload. */
const onWorkloads = [...rollingPods, 'scale', 'autoscale'] as const satisfies readonly Verb[];

/** The verbs that end pods or start them. */
const onPods = [...onWorkloads, 'delete pod'] as const satisfies readonly Verb[];

/** And the one that takes a pod away from those who use it, although it runs on. */
const onEndpoints = [...onPods, 'label'] as const satisfies readonly Verb[];

/** The verbs that stop the pods of a Job. */
const stopping = ['suspend', 'delete job'] as const satisfies readonly Verb[];

/** The verbs that take a node from new pods, and those that may take away the pods that it has. */
const closing = ['cordon', 'drain', 'taint'] as const satisfies readonly Verb[];
const emptying = ['drain', 'taint'] as const satisfies readonly Verb[];

/** The verbs that start pods which were not there before. */
const starting = ['resume', 'create job'] as const satisfies readonly Verb[];

/** All that take pods away: whoever depends on them is left alone. */
const losingPods = [...onEndpoints, ...stopping, ...emptying] as const satisfies readonly Verb[];

export interface NamedRule {
  readonly name: string;
  readonly judge: Rule;
}

interface Listed extends NamedRule {
  /** The verbs it has something to say about; all of them if absent. */
  readonly only?: readonly Verb[];
  /** It reads only what is around the target: where that was not read, it is not asked. */
  readonly around?: true;
  /** It judges by what a team has written beyond the defaults: where there is no such thing, it is not asked. */
  readonly demanded?: true;
}

/** Every rule, by the name that cards and refusals show. The first block found is the reason that is given. */
const rules: readonly Listed[] = [
  { name: 'known-subject', judge: knownSubject },
  { name: 'protected-namespace', judge: protectedNamespace },
  { name: 'action-enabled', judge: actionEnabled },
  { name: 'zero-in-production', only: ['scale'], judge: zeroInProduction },
  { name: 'restart-possible', only: ['rollout restart'], judge: restartPossible },
  { name: 'undo-possible', only: ['rollout undo'], judge: undoPossible },
  { name: 'pause-possible', only: ['rollout pause', 'rollout resume'], judge: pausePossible },
  { name: 'scale-possible', only: ['scale'], judge: scalePossible },
  { name: 'images-possible', only: ['set image'], judge: imagesPossible },
  { name: 'metadata-possible', only: ['label', 'annotate'], judge: metadataPossible },
  { name: 'variables-possible', only: ['set env'], judge: variablesPossible },
  { name: 'resources-possible', only: ['set resources'], judge: resourcesPossible },
  { name: 'autoscale-possible', only: ['autoscale'], judge: autoscalePossible },
  { name: 'patch-possible', only: ['patch'], judge: patchPossible },
  { name: 'pod-replaceable', only: ['delete pod'], judge: podReplaceable },
  { name: 'node-schedulable', only: [...closing, 'uncordon'], judge: nodeSchedulable },
  { name: 'drain-possible', only: ['drain'], judge: drainPossible },
  { name: 'taint-possible', only: ['taint'], judge: taintPossible },
  { name: 'protected-pods', only: emptying, judge: protectedPods },
  { name: 'suspend-possible', only: ['suspend'], judge: suspendPossible },
  { name: 'resume-possible', only: ['resume'], judge: resumePossible },
  { name: 'create-job-possible', only: ['create job'], judge: createJobPossible },
  { name: 'delete-job-possible', only: ['delete job'], judge: deleteJobPossible },
  { name: 'eviction-budgets', only: emptying, judge: evictionBudgets },
  { name: 'moved-pods', only: emptying, judge: movedPods },
  { name: 'moving-vetoes', only: emptying, judge: movingVetoes },
  { name: 'ready-pods', only: onEndpoints, judge: readyPods },
  { name: 'service-endpoints', around: true, only: losingPods, judge: serviceEndpoints },
  { name: 'single-replica', only: rollingPods, judge: singleReplica },
  { name: 'lease-holder', around: true, only: [...onPods, ...stopping, ...emptying], judge: leaseHolder },
  { name: 'growth', only: ['scale', 'autoscale'], judge: growth },
  { name: 'fewer-replicas', only: ['patch'], judge: fewerReplicas },
  { name: 'spare-capacity', only: closing, judge: spareCapacity },
  { name: 'no-place', only: emptying, judge: noPlace },
  { name: 'lost-with-pods', only: emptying, judge: lostWithPods },
  { name: 'runs-stop', only: ['suspend'], judge: runsStop },
  { name: 'selected-by-service', around: true, only: starting, judge: selectedByService },
  { name: 'lost-work', only: stopping, judge: lostWork },
  { name: 'stored-data', only: onEndpoints, judge: storedData },
  { name: 'deleted-claims', around: true, only: ['scale', 'autoscale'], judge: deletedClaims },
  { name: 'served-by-pods', around: true, only: losingPods, judge: servedByPods },
  { name: 'system-priority', around: true, only: losingPods, judge: systemPriority },
  { name: 'control-plane', only: [...closing, 'uncordon'], judge: controlPlane },
  { name: 'reopened-node', only: ['uncordon', 'taint'], judge: reopenedNode },
  { name: 'way-back', judge: wayBack },
  { name: 'affected-pods', only: [...losingPods, ...starting], judge: breadth },
  { name: 'user-facing', around: true, only: losingPods, judge: userFacing },
  { name: 'sole-workloads', only: closing, judge: soleWorkloads },
  { name: 'environment', judge: environment },
  { name: 'unknown-facts', judge: unknownFacts },
  { name: 'running-rollout', judge: runningRollout },
  { name: 'recent-change', around: true, judge: recentChange },
  { name: 'disruption-budget', around: true, only: losingPods, judge: disruptionBudget },
  { name: 'quota', around: true, only: [...onEndpoints, ...starting], judge: quota },
  { name: 'failing-starts', only: [...onEndpoints, ...starting], judge: failingStarts },
  { name: 'ready-proof', only: rollingPods, judge: readyProof },
  { name: 'new-code', only: ['set image', 'set env', 'rollout undo'], judge: newCode },
  { name: 'read-by-controllers', only: ['label', 'annotate'], judge: readByControllers },
  { name: 'picked-pod', only: ['label'], judge: pickedPod },
  { name: 'placed-by-label', only: ['label'], judge: placedByLabel },
  { name: 'fewer-resources', only: ['set resources'], judge: fewerResources },
  { name: 'autoscale-effect', only: ['autoscale'], judge: autoscaleEffect },
  { name: 'patch-effect', only: ['patch'], judge: patchEffect },
  { name: 'runs-again', only: ['create job'], judge: runsAgain },
  { name: 'concurrent-runs', only: ['create job'], judge: concurrentRuns },
  { name: 'short-lived-job', only: ['create job'], judge: shortLivedJob },
  { name: 'missed-run', only: ['resume'], judge: missedRun },
  { name: 'scheduled-run', only: ['delete job'], judge: scheduledRun },
  { name: 'autoscaler', only: onWorkloads, judge: autoscaler },
  { name: 'gitops', judge: gitops },
  { name: 'controlled', judge: controlled },
  { name: 'own-rules', demanded: true, judge: ownRules },
  { name: 'freezes', demanded: true, judge: freezes },
  { name: 'trust', demanded: true, judge: trust },
];

interface RulesFor {
  readonly target: readonly NamedRule[];
  readonly demanded: readonly NamedRule[];
  readonly around: readonly NamedRule[];
}

function rulesFor(verb: Verb): RulesFor {
  const concerned = rules.filter(({ only }) => only === undefined || only.includes(verb));
  return {
    target: concerned.filter(({ around, demanded }) => !around && !demanded).map(asked),
    demanded: concerned.filter(({ demanded }) => demanded).map(asked),
    around: concerned.filter(({ around }) => around).map(asked),
  };
}

/** All of one shape, because they are what the evaluator's inner loop reads. */
function asked({ name, judge }: NamedRule): NamedRule {
  return { name, judge };
}

/** The rules that can say something about a verb, each group in the order of the table. */
export const rulesOf = {
  'rollout restart': rulesFor('rollout restart'),
  'rollout undo': rulesFor('rollout undo'),
  'rollout pause': rulesFor('rollout pause'),
  'rollout resume': rulesFor('rollout resume'),
  scale: rulesFor('scale'),
  'set image': rulesFor('set image'),
  'delete pod': rulesFor('delete pod'),
  cordon: rulesFor('cordon'),
  uncordon: rulesFor('uncordon'),
  drain: rulesFor('drain'),
  taint: rulesFor('taint'),
  suspend: rulesFor('suspend'),
  resume: rulesFor('resume'),
  'create job': rulesFor('create job'),
  'delete job': rulesFor('delete job'),
  label: rulesFor('label'),
  annotate: rulesFor('annotate'),
  'set env': rulesFor('set env'),
  'set resources': rulesFor('set resources'),
  autoscale: rulesFor('autoscale'),
  patch: rulesFor('patch'),
} as const satisfies Record<Verb, RulesFor>;
