import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { ruleInput } from '../../../src/stages/evaluate/evaluate.ts';
import { rulesOf } from '../../../src/stages/evaluate/rules.ts';
import { cronJobFacts, deleteJob, jobFacts, runCronJob } from '../../fixtures/batch.ts';
import {
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  podFacts,
  restartOf,
} from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';

/*
 * Which rules are asked: of an effect that is felt, and of one that is not. What a rule is not asked costs nothing, and what
 * is asked first gives the reason of a block.
 */

const [felt, quiet] = [1, 0];

function asked(action: Action, facts: Facts, touched: number) {
  const input = ruleInput({ action, facts, policy: defaultPolicy });
  const {
    pods,
    endpoints,
    readiness: _readiness,
    size: _size,
    claims: _claims,
    run: _run,
    ...rest
  } = input.effect;
  const none = { readiness: undefined, size: undefined, claims: undefined, run: undefined };
  const effect = { ...rest, ...none, pods, endpoints: touched === 0 ? [] : endpoints };
  const { target, demanded, dependents } = rulesOf({ ...input, touched, effect });
  const names = (rules: typeof target) => rules.map(({ name }) => name).join(' ');
  return { target: names(target), demanded: names(demanded), dependents: names(dependents) };
}

const first = 'known-subject protected-namespace action-enabled';
const unknown = 'environment unknown-facts unknown-effect';
const last = 'new-code consequences gitops controlled asked-before repeats';
const starting = 'new-pod-place single-writer-volume failing-starts';
const behind = 'served-by-pods system-priority user-facing recent-change disruption-budget';

describe.each<[string, Action, Facts, string, string, string]>([
  [
    'a workload',
    restartOf(),
    deploymentFacts(),
    `${first} precondition growth rollback ${unknown} running-rollout ceilings failing-revision ${last}`,
    `${first} zero-in-production precondition ready-pods single-replica growth stored-data rollback affected-pods ${unknown} running-rollout stuck-pods new-pod-place single-writer-volume daemon-nodes unready-node failing-starts ready-proof ceilings failing-revision new-code consequences autoscaler gitops controlled asked-before repeats`,
    `service-endpoints lease-holder deleted-claims ${behind} quota`,
  ],
  [
    'a pod',
    deletePodIn(),
    podFacts(),
    `${first} precondition rollback ${unknown} ${last}`,
    `${first} precondition ready-pods stored-data rollback affected-pods ${unknown} ${starting} ${last}`,
    `service-endpoints lease-holder ${behind} quota`,
  ],
  [
    'a node',
    { verb: 'cordon', target: { kind: 'Node', name: 'worker-1' } },
    nodeFacts(),
    `${first} precondition spare-capacity control-plane reopened-node rollback sole-workloads ${unknown} ${last}`,
    `${first} precondition protected-pods eviction-budgets moved-pods moving-vetoes spare-capacity no-place lost-with-pods control-plane reopened-node rollback affected-pods sole-workloads ${unknown} ${last}`,
    `service-endpoints lease-holder ${behind}`,
  ],
  [
    'a CronJob',
    runCronJob(),
    cronJobFacts(),
    `${first} precondition runs-stop rollback ${unknown} ${last}`,
    `${first} precondition runs-stop rollback affected-pods ${unknown} ${starting} ${last}`,
    `service-endpoints lease-holder selected-by-service ${behind} quota`,
  ],
  [
    'a Job',
    deleteJob(),
    jobFacts(),
    `${first} precondition growth rollback ${unknown} ceilings ${last}`,
    `${first} precondition growth lost-work rollback affected-pods ${unknown} ${starting} ceilings ${last}`,
    `service-endpoints lease-holder selected-by-service ${behind} quota`,
  ],
  [
    'an autoscaler',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 12 }),
    autoscalerFacts(),
    `${first} precondition growth rollback ${unknown} ceilings ${last}`,
    `${first} precondition growth fewer-replicas rollback affected-pods ${unknown} ceilings ${last}`,
    `service-endpoints lease-holder ${behind}`,
  ],
])('%s', (_kind, action, facts, always, whenFelt, dependents) => {
  const demanded = 'own-rules freezes cluster-tier trust';
  test('what is felt', () => {
    expect(asked(action, facts, felt)).toEqual({ target: whenFelt, demanded, dependents });
  });
  test('what is not', () => {
    expect(asked(action, facts, quiet)).toEqual({ target: always, demanded, dependents: 'recent-change' });
  });
});
