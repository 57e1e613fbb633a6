import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import {
  cordonNode,
  deletePodIn,
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

/** What is judged over and over, the same by both: one case for each thing that people ask for. */
export const cases: readonly { readonly action: Action; readonly facts: Facts }[] = [
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
