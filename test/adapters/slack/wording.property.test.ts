import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kindOf } from '../../../src/actions/action-kinds.ts';
import { phrase } from '../../../src/actions/phrase.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { remediationCard } from '../../../src/adapters/slack/cards/remediation.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { noon, defaultPolicy as policy, remediationId, specId } from '../../fixtures/facts.ts';
import { remediationIn } from '../../fixtures/remediations.ts';
import { casesOf } from '../../support/cases.ts';
import { cardOf } from './remediations.ts';

const circumstances = { local: [] };

/** What people read of a situation: the verdict, what would be milder, the calls, the card and its details. */
function textsOf({ action, facts }: { action: Action; facts: Facts }): string[] {
  const kind = kindOf(action.verb);
  const spec = evaluate({ id: specId, now: noon, action, facts, policy });
  const found = counterfactuals(spec, { action, facts, policy, circumstances });
  const counterfactual = counterfactualText(found);
  const row = {
    ...remediationIn(spec.tier === 'blocked' ? 'blocked' : 'waiting', { action }),
    spec,
    facts,
  } as Remediation;
  const planned = planExecution({ action, facts, snapshot: {}, remediationId, stamp: noon });
  const calls = planned.kind === 'plan' ? planned.plan.calls : [];
  return [
    spec.targetState.sentence,
    spec.rollbackPlan.sentence,
    ...spec.lineItems.map(({ sentence }) => sentence),
    ...spec.constraints.map(({ sentence }) => sentence),
    counterfactual,
    phrase(action),
    kind.verification(action),
    ...(planned.kind === 'refused' ? [planned.reason] : calls.map(({ sentence }) => sentence)),
    ...textsIn(remediationCard(cardOf(row)).blocks),
    ...textsIn(detailsModal({ remediation: row, approvals: [], counterfactual }).blocks),
  ];
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'text' && typeof part === 'string' ? [part] : textsIn(part),
  );
}

/** Numbers and nouns that do not fit, doubled words and signs, and what is no word for people. `1 more` stands for others. */
const faults =
  /(?<![-\w/.:="@])1 (?:other |ready |new |old |running )*(?:replicas|pods|nodes|minutes|hours|seconds|days|endpoints|containers|revisions|claims|volumes|restarts|times|runs|jobs|people|approvals|objects|budgets|calls|steps|services|labels|annotations|taints|variables|values|fields|evictions)\b|\bundefined\b|NaN|Infinity|\[object|\.\.(?!\.)|,,|\ban? (?:an?|the) |\b(\w+) \1\b|argo-cd|\bcronJob\b|\b[a-z]+_[a-z_]+\b|\bfor 0 minutes\b|:\.|\(\)| ,/;

it('nothing that people read is clumsy', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      for (const text of textsOf(situation))
        for (const line of text.split('\n').filter((each) => !each.startsWith('kubectl ')))
          expect(line).not.toMatch(faults);
    }),
    { numRuns: casesOf(4_000) },
  );
});
