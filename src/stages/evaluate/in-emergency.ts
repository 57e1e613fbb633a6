import { describeTarget } from '../../domain/action.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { tierFloor, tierOf } from '../../domain/tier.ts';
import { settle } from './score.ts';

/** The spec of a change that goes to the cluster before the repository has it: two people must agree, whatever the tier was. */
export function inEmergency(spec: DeclarativeSpec): DeclarativeSpec {
  const sentence = 'The cluster gets it before the repository has it, so two people must agree.';
  const source = describeTarget(spec.action.target);
  const found = { rule: 'emergency', term: 'floor', points: tierFloor.dual, sentence, source } as const;
  const lineItems = [...spec.lineItems.map((item) => ({ ...item })), { ...found, counted: false }];
  const score = settle(lineItems);
  return { ...spec, lineItems, score, tier: tierOf(score) };
}
