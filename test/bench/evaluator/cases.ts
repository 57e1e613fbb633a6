import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import {
  cordonNode,
  deletePodIn,
  dependents,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  pauseIn,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  statefulSetFacts,
  undoOf,
} from '../../fixtures/facts.ts';

interface Judged {
  readonly action: Action;
  readonly facts: Facts;
}

/** One case for each thing that people ask for, as rows have them that were judged before anything around was read. */
export const bare: readonly Judged[] = [
  { action: restartOf(), facts: deploymentFacts() },
  { action: scaleTo(5), facts: deploymentFacts() },
  {
    action: scaleTo(2, 'StatefulSet', 'production'),
    facts: inNamespace('production', statefulSetFacts()),
  },
  { action: undoOf(), facts: deploymentFacts() },
  { action: setImageTo('registry.example/web:1.2'), facts: deploymentFacts() },
  { action: deletePodIn(), facts: podFacts() },
  { action: cordonNode, facts: nodeFacts() },
  { action: pauseIn(), facts: deploymentFacts() },
];

/** What is around an ordinary workload: a Service, a name that users have for it, a budget and a quota with room. */
const shop = dependents({
  budgets: [{ name: 'web', healthy: 3, desired: 2, allowed: 1 }],
  services: [{ name: 'web', ready: 3, own: 3 }],
  hosts: [{ host: 'shop.example', service: 'web', source: 'Ingress/web' }],
  quotas: [{ name: 'team', resource: 'pods', used: '12', hard: '40', podsLeft: 28 }],
  lastChange: { manager: 'helm', field: 'spec.template', at: '2026-03-01T09:12:07Z' },
});

const node = dependents({
  soleWorkloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', pods: 1 }],
});

/** What is judged over and over, the same by both: the facts as they are gathered, with what is around the target. */
export const cases: readonly Judged[] = bare.map(({ action, facts }) => ({
  action,
  facts: { ...facts, neighbourhood: facts.subject.kind === 'node' ? node : shop },
}));
