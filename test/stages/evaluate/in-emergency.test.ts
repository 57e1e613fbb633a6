import { expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { inEmergency } from '../../../src/stages/evaluate/in-emergency.ts';
import { defaultPolicy, deploymentFacts, noon, scaleTo, specId } from '../../fixtures/facts.ts';

const judged = (action: Action) =>
  evaluate({ id: specId, now: noon, action, facts: deploymentFacts(), policy: defaultPolicy });

it.each([
  ['what nobody was asked about', scaleTo(4), 'auto', 51],
  ['what one person was asked about', scaleTo(0), 'human', 51],
] as const)('%s needs two people when the cluster gets it first', (_name, action, before, score) => {
  const spec = judged(action);
  const copy = structuredClone(spec);
  expect(spec.tier).toBe(before);
  const urgent = inEmergency(spec);
  expect(urgent).toMatchObject({ tier: 'dual', score });
  expect(urgent.lineItems.slice(0, -1).map(({ rule }) => rule)).toEqual(
    spec.lineItems.map(({ rule }) => rule),
  );
  expect(urgent.lineItems.at(-1)).toEqual({
    rule: 'emergency',
    term: 'floor',
    points: 51,
    counted: true,
    sentence: 'The cluster gets it before the repository has it, so two people must agree.',
    source: 'Deployment/web in shop',
  });
  // What was approved before stays as it was.
  expect(spec).toEqual(copy);
});
