import { describe, expect, it } from 'vitest';
import type { Group, Request } from '../../../src/domain/action.ts';
import type { Case } from '../../../src/domain/case.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { ruleInput } from '../../../src/stages/evaluate/evaluate.ts';
import { bindingOfAll, blockedBy, evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import { scoreOf } from '../../../src/stages/evaluate/score.ts';
import { environmentNameOf } from '../../../src/stages/evaluate/whereabouts.ts';
import { worstMomentOf } from '../../../src/stages/evaluate/worst-moment.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  noon,
  podFact,
  podFacts,
  restartOf,
  scaleTo,
  specId,
} from '../../fixtures/facts.ts';

const judge = (request: Request, members: readonly Case[], rules: Policy = defaultPolicy) =>
  evaluateRequest({ id: specId, now: noon, request, members, policy: rules });
const given = (more: object) => policy.parse({ version: 1, ...more });

const group = (...names: string[]): Group => ({
  verb: 'scale',
  target: { kind: 'Deployment', namespace: 'shop', names },
  replicas: 2,
});
const member = (name: string, facts: Facts = deploymentFacts()): Case => ({
  action: { verb: 'scale', target: { kind: 'Deployment', namespace: 'shop', name }, replicas: 2 },
  facts,
});
const both = (facts?: Facts) => [member('api', facts), member('web', facts)];
const owned = (...groups: (string | undefined)[]): Case[] =>
  groups.map((approvers, index) =>
    member(
      ['api', 'web', 'db'][index] ?? '',
      deploymentFacts(
        {},
        { namespace: { name: 'shop', labels: {}, ...(approvers === undefined ? {} : { approvers }) } },
      ),
    ),
  );

describe('several objects', () => {
  const { score } = judge(group('api', 'web'), both()).spec;
  it.each([
    ['below the score', { dryRunFromScore: score + 1, enforceDryRun: false }, false],
    ['at the score', { dryRunFromScore: score, enforceDryRun: false }, true],
    ['always', { dryRunFromScore: score + 1, enforceDryRun: true }, true],
  ])('are tried first where the policy says so: %s', (_name, rules, required) => {
    expect(judge(group('api', 'web'), both(), { ...defaultPolicy, ...rules }).spec.dryRunRequired).toBe(
      required,
    );
  });

  it.each<[string, Case[], string | undefined]>([
    ['all', owned('S0AAA', 'S0AAA', 'S0AAA'), 'S0AAA'],
    ['not all', owned('S0AAA', 'S0AAA', undefined), undefined],
    ['not the first', owned(undefined, 'S0AAA', 'S0AAA'), undefined],
    ['another', owned('S0AAA', 'S0AAA', 'S0BBB'), undefined],
    ['none', owned(undefined, undefined, undefined), undefined],
    ['one that is not listed', owned('S0CCC', 'S0CCC', 'S0CCC'), undefined],
  ])('are approved by the group that %s of them name', (_name, members, expected) => {
    const rules = given({ annotatedApprovers: [{ namespaces: ['shop'], groups: ['S0AAA', 'S0BBB'] }] });
    const { spec } = judge(group('api', 'web', 'db'), members, rules);
    expect(spec.approvers?.group).toBe(expected);
  });

  it('have the rollback of each, each sentence once, and their own fields', () => {
    const { spec } = judge(group('api', 'web'), both());
    expect(spec.rollbackPlan).toEqual({
      kind: 'actions',
      actions: [
        { ...scaleTo(3), currentReplicas: 2, target: { kind: 'Deployment', namespace: 'shop', name: 'api' } },
        { ...scaleTo(3), currentReplicas: 2, target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
      ],
      sentence:
        'Scale Deployment/api in shop back to 3, which is live now. Scale Deployment/web in shop back to 3, which is live now.',
    });
    expect(Object.keys(spec.targetState.fields)).toEqual(['api: spec.replicas', 'web: spec.replicas']);
  });

  it('have no rollback where none of them has one', () => {
    const restarts: Group = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'shop', names: ['web', 'web'] },
    };
    const member: Case = { action: restartOf(), facts: deploymentFacts() };
    expect(judge(restarts, [member, member]).spec.rollbackPlan).toEqual({
      kind: 'none',
      sentence:
        'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
    });
  });

  it('say each constraint once, and none of the worst moment where they are blocked', () => {
    const open = judge(group('api', 'web'), both()).spec.constraints.map(({ sentence }) => sentence);
    expect(new Set(open).size).toBe(open.length);
    const shut = given({ actions: { disabled: ['scale'] } });
    const closed = judge(group('api', 'web'), both(), shut).spec;
    expect(closed.tier).toBe('blocked');
    expect(
      open.filter((sentence) => !closed.constraints.some((each) => each.sentence === sentence)),
    ).not.toEqual([]);
  });

  it('bind by their names, and a single one as itself', () => {
    const many = judge(group('api', 'web'), both());
    expect(bindingOfAll(many, both())).toMatchObject({
      request: group('api', 'web'),
      members: { 'Deployment/api': {}, 'Deployment/web': {} },
    });
    const one = judge(scaleTo(2), [member('web')]);
    expect(bindingOfAll(one, [member('web')])).not.toHaveProperty('members');
    expect(bindingOfAll(one, [])).toBeNull();
  });

  it('are refused whole by what cannot be shown, and the spec before stays as it was', () => {
    const { spec } = judge(scaleTo(2), [member('web')]);
    const copy = structuredClone(spec);
    const shut = blockedBy(spec, 'It cannot be shown.');
    expect(shut).toMatchObject({ score: 100, tier: 'blocked', blockedReason: 'It cannot be shown.' });
    expect(shut.lineItems.at(-1)).toMatchObject({
      rule: 'shown-whole',
      counted: true,
      source: 'Deployment/web in shop',
    });
    expect(spec).toEqual(copy);
    expect(blockedBy(shut, 'Nor this.').blockedReason).toBe('It cannot be shown.');
  });

  it('cannot be none', () => {
    expect(() => judge(group('api'), [])).toThrow('a request without any object cannot be judged');
  });
});

describe('which lines count', () => {
  const line = (
    term: 'floor' | 'breadth' | 'data' | 'availability' | 'environment' | 'block',
    points: number,
  ) => ({
    ...{ rule: 'r', term, points, sentence: `${term} ${points}`, source: 's' },
  });
  it.each([
    [
      'the highest floor',
      [line('floor', 11), line('floor', 51), line('data', 5)],
      51,
      ['floor 51', 'data 5'],
    ],
    ['a floor below the sum does not', [line('floor', 11), line('data', 12)], 12, ['data 12']],
    ['a floor as high as the sum does not', [line('floor', 11), line('data', 11)], 11, ['data 11']],
    [
      'the greatest, and all breadth',
      [line('data', 5), line('availability', 7), line('breadth', 1), line('breadth', 2)],
      10,
      ['availability 7', 'breadth 1', 'breadth 2'],
    ],
    ['the first of equals', [line('availability', 7), line('data', 7)], 7, ['availability 7']],
    [
      'the greatest factor',
      [line('data', 10), line('environment', 1.5), line('environment', 2)],
      20,
      ['data 10', 'environment 2'],
    ],
    [
      'never more than 99 without a block',
      [line('data', 99), line('environment', 3)],
      99,
      ['data 99', 'environment 3'],
    ],
    ['a block alone', [line('data', 99), line('block', 100), line('floor', 51)], 100, ['block 100']],
  ])('%s', (_name, items, score, counted) => {
    const found = scoreOf(items);
    expect(found.score).toBe(score);
    expect(found.lineItems.filter((item) => item.counted).map(({ sentence }) => sentence)).toEqual(counted);
  });
});

describe('where trust is earned', () => {
  const environments = { live: { match: { names: ['bank'] } }, late: { match: { names: ['bank', 'till'] } } };
  it.each<[string, string, Case, object]>([
    [
      'the first environment',
      'live',
      { action: restartOf('Deployment', 'bank'), facts: inNamespace('bank', deploymentFacts()) },
      { environments },
    ],
    [
      'another',
      'late',
      { action: restartOf('Deployment', 'till'), facts: inNamespace('till', deploymentFacts()) },
      { environments },
    ],
    [
      'production',
      'production',
      { action: restartOf('Deployment', 'prod'), facts: inNamespace('prod', deploymentFacts()) },
      { environments },
    ],
    ['elsewhere', 'other namespaces', { action: restartOf(), facts: deploymentFacts() }, { environments }],
    ['the whole cluster', 'the cluster', { action: cordonNode, facts: nodeFacts() }, { environments }],
  ])('%s', (_name, expected, { action, facts }, rules) => {
    expect(environmentNameOf(action, facts, given(rules))).toBe(expected);
    const several = { ...given(rules), clusterNames: ['test', 'other'] as const };
    expect(environmentNameOf(action, facts, several)).not.toBe(expected);
    expect(environmentNameOf(action, facts, several)).toContain('test');
  });
});

describe('what is left at the worst moment', () => {
  const worst = ({ action, facts }: Case) =>
    worstMomentOf(ruleInput({ action, facts, policy: defaultPolicy }));
  const crashed = podFact('web-0', { restarts: 1, terminated: 'Error' });
  const beside = dependents({
    services: [{ name: 'web', ready: 5, own: 3 }],
    budgets: [
      { name: 'web', healthy: 5, desired: 3, allowed: 2 },
      { name: 'odd', healthy: 5, desired: 3, allowed: 0, stuck: { why: 'not looked at' } },
    ],
  });
  const scaled = (
    replicas: number,
    workload: Parameters<typeof deploymentFacts>[0] = {},
    rest: Partial<Facts> = {},
  ): Case => ({
    action: scaleTo(replicas),
    facts: deploymentFacts(workload, { neighbourhood: beside, ...rest }),
  });
  const backOff: Partial<Facts> = { warnings: [{ reason: 'BackOff', count: 1, last: noon }] };
  const calm: Partial<Facts> = { warnings: [{ reason: 'Unhealthy', count: 1, last: noon }] };
  const budget = {
    namespace: 'shop',
    budget: 'web',
    healthy: 5,
    desired: 3,
    allowed: 2,
    lost: 2,
    evicts: false,
    shaky: 0,
  };

  it('of a workload, its Services and its budgets', () => {
    expect(worst(scaled(1))).toEqual({
      pods: [{ namespace: 'shop', owner: 'Deployment/web', left: 1, of: 1, desired: 3, shaky: 0 }],
      services: [
        {
          namespace: 'shop',
          service: 'web',
          left: 3,
          behind: [{ owner: 'Deployment/web', of: 1 }],
          shaky: 0,
        },
      ],
      budgets: [budget],
    });
  });

  it.each<[string, Case, number]>([
    ['crashed within the hour', scaled(1, { pods: [crashed, podFact('web-1')] }, backOff), 1],
    ['crashed, and nobody knows when', scaled(1, { pods: [crashed] }), 1],
    ['crashed long ago', scaled(1, { pods: [crashed] }, calm), 0],
    ['is not ready', scaled(1, { pods: [{ ...crashed, ready: false }] }, backOff), 0],
    ['is deleted', scaled(1, { pods: [{ ...crashed, deleting: true }] }, backOff), 0],
    ['has not restarted', scaled(1, { pods: [{ ...crashed, restarts: 0 }] }, backOff), 0],
    ['did not crash', scaled(1, { pods: [podFact('web-0', { restarts: 1 })] }, backOff), 0],
  ])('a pod that %s is shaky or not', (_name, given, shaky) => {
    const found = worst(given);
    expect(found.pods[0]?.shaky).toBe(shaky);
    expect(found.services[0]?.shaky).toBe(shaky);
    expect(found.budgets[0]?.shaky).toBe(shaky);
  });

  it.each<[string, Case, object]>([
    [
      'a restart that loses nothing takes from no budget',
      { action: restartOf(), facts: deploymentFacts({}, { neighbourhood: beside }) },
      { pods: [{ left: 3, of: 3 }], budgets: [] },
    ],
    [
      'a pod is of its controller',
      { action: deletePodIn(), facts: podFacts({}, { neighbourhood: beside }) },
      { pods: [{ owner: 'ReplicaSet/web-c', left: 2, of: 3, desired: 3 }], budgets: [{ lost: 1 }] },
    ],
    [
      'a cordon takes nothing',
      { action: cordonNode, facts: nodeFacts() },
      { pods: [], services: [], budgets: [] },
    ],
  ])('%s', (_name, given, expected) => {
    expect(worst(given)).toMatchObject(expected);
  });
});
