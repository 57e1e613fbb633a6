import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  deletePodIn,
  deploymentFacts,
  noon,
  podFacts,
  defaultPolicy as policy,
  restartOf,
  scaleTo,
  specId,
} from '../../fixtures/facts.ts';

const restart = restartOf();
const database = { apiVersion: 'example.com/v1', kind: 'PostgresCluster', name: 'main' };
const applied = { manager: 'argo-cd', name: 'argocd-controller', sign: 'managedFields' } as const;

/** name, action, facts, tier, score, the rule, its sentence and what would make the tier lower (`-` for nothing). */
type Case = [string, Action, Facts, Tier, number, string, string, string];

const cases: Case[] = [
  [
    'an operator puts back what is scaled by hand',
    scaleTo(5),
    deploymentFacts({}, { owner: database }),
    'human',
    11,
    'controlled',
    'PostgresCluster/main controls this object and may put the change back.',
    'Would be auto if: not controlled by PostgresCluster/main.',
  ],
  [
    'an operator lets a restart be',
    restart,
    deploymentFacts({}, { owner: database }),
    'auto',
    8,
    'controlled',
    '-',
    '-',
  ],
  ['and a deleted pod', deletePodIn(), podFacts({}, { owner: database }), 'auto', 9, 'controlled', '-', '-'],
  [
    'fields that Argo CD has written',
    scaleTo(5),
    deploymentFacts({}, { gitOps: applied }),
    'human',
    11,
    'gitops',
    'Argo CD has written fields of this object (as argocd-controller): its next sync may undo the change.',
    'Would be auto if: not managed by argo-cd (argocd-controller).',
  ],
  [
    'a Terraform configuration',
    scaleTo(5),
    deploymentFacts({}, { gitOps: { manager: 'terraform', name: 'Terraform', sign: 'managedFields' } }),
    'human',
    11,
    'gitops',
    'Terraform has written fields of this object (as Terraform): the next apply may undo the change.',
    'Would be auto if: not managed by terraform (Terraform).',
  ],
  [
    'an addon',
    scaleTo(5),
    deploymentFacts({}, { gitOps: { manager: 'addon-manager', name: 'Reconcile' } }),
    'human',
    11,
    'gitops',
    'The addon manager (Reconcile) owns this object: its next look may undo the change.',
    'Would be auto if: not managed by addon-manager (Reconcile).',
  ],
];

describe('who owns a target, how it scales and how it is', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, rule, sentence, otherwise) => {
    const spec = evaluate({ id: specId, now: noon, action, facts, policy });
    const said = spec.lineItems.filter((item) => item.rule === rule).map((item) => item.sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    expect(said).toEqual(sentence === '-' ? [] : [sentence]);
    const text = counterfactualText(counterfactuals(spec, { action, facts, policy }));
    expect(text).toBe(otherwise === '-' ? '' : otherwise);
  });
});
