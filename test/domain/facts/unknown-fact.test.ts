import { describe, expect, expectTypeOf, it } from 'vitest';
import { facts } from '../../../src/domain/facts/facts.ts';
import { type FactName, needsTwoPeople } from '../../../src/domain/facts/unknown-fact.ts';
import { asJson, type Json } from '../../../src/domain/text/json.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { defaultPolicy, deploymentFacts, noon, restartOf, specId } from '../../fixtures/facts.ts';

/** Facts as a row holds them, with what was noted as unknown when they were read. */
const stored = (unknown: Json) => facts.parse(asJson({ ...deploymentFacts(), unknown }));

describe('unknown facts of a stored row', () => {
  it.each<[string, Json, { fact: string; reason: string }]>([
    [
      'one of the list stays as it is',
      { fact: 'services', reason: 'forbidden' },
      { fact: 'services', reason: 'forbidden' },
    ],
    [
      'the name of a Job, as it was noted before, keeps its words',
      { fact: 'Job/report-now', reason: 'timed out' },
      { fact: 'another fact', reason: 'Job/report-now: timed out' },
    ],
    [
      'one that was read before is not named twice',
      { fact: 'another fact', reason: 'Job/report-now: timed out' },
      { fact: 'another fact', reason: 'Job/report-now: timed out' },
    ],
    [
      'a name of every object is no fact',
      { fact: 'constructor', reason: 'x' },
      { fact: 'another fact', reason: 'constructor: x' },
    ],
  ])('%s', (_name, before, after) => {
    const read = stored([before]);
    expect(read.unknown).toEqual([after]);
    expect(facts.parse(asJson(read))).toEqual(read);
  });

  it('need two people where their name is not of the list, whatever they were', () => {
    const read = stored([{ fact: 'Job/report-now', reason: 'timed out' }]);
    const policy = defaultPolicy;
    const spec = evaluate({ id: specId, now: noon, action: restartOf(), facts: read, policy });
    expect(spec.tier).toBe('dual');
    const sentences = spec.lineItems.map(({ sentence }) => sentence);
    expect(sentences).toContain('Not known: another fact (Job/report-now: timed out).');
  });

  it('are refused without a reason', () => {
    expect(() => stored([{ fact: 'services' }])).toThrow('reason');
  });
});

describe('two people outside production', () => {
  it.each<[FactName, boolean, boolean]>([
    ['services', true, true],
    ['another fact', true, true],
    ...(
      [
        'other nodes',
        'pods on the node',
        'pods of the cluster',
        'pod disruption budgets',
        'daemon sets',
      ] as const
    ).map((fact): [FactName, boolean, boolean] => [fact, false, true]),
    ...(
      [
        'pods',
        'endpoint slices',
        'ingresses',
        'validating webhooks',
        'API services',
        'node of the pod',
      ] as const
    ).map((fact): [FactName, boolean, boolean] => [fact, true, true]),
    ['autoscaler', false, false],
    ['leases', false, false],
  ])('for %s: %s, and %s where pods leave a node', (fact, usually, moving) => {
    expect(needsTwoPeople(fact, false)).toBe(usually);
    expect(needsTwoPeople(fact, true)).toBe(moving);
  });
});

it('a name that is not of the list does not compile', () => {
  expectTypeOf<'services'>().toExtend<FactName>();
  expectTypeOf<'servces'>().not.toExtend<FactName>();
  expectTypeOf<string>().not.toExtend<FactName>();
});
