import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, Group, Request } from '../../../src/domain/action.ts';
import type { Case } from '../../../src/domain/case.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { declarativeSpec } from '../../../src/domain/spec.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { isStricter } from '../../../src/domain/tier.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { bindingOfAll, evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import {
  defaultPolicy,
  dependents,
  deploymentFacts,
  inNamespace,
  noon,
  podFact,
  podFacts,
  restartOf,
  specId,
} from '../../fixtures/facts.ts';

const judge = (request: Request, members: readonly Case[], rules: Policy = defaultPolicy) =>
  evaluateRequest({ id: specId, now: noon, request, members, policy: rules });

const pods = (...names: string[]): Group => ({
  verb: 'delete pod',
  target: { kind: 'Pod', namespace: 'shop', names },
});
const podOf = (name: string, facts: Partial<Facts> = {}): Case => ({
  action: { verb: 'delete pod', target: { kind: 'Pod', namespace: 'shop', name } },
  facts: { ...podFacts({ pod: podFact(name) }), ...facts },
});

const deployments = (...names: string[]): Group => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace: 'shop', names },
});
const restart = (name: string, facts: Facts = deploymentFacts(), namespace = 'shop'): Case => ({
  action: { verb: 'rollout restart', target: { kind: 'Deployment', namespace, name } },
  facts,
});

const recreate = { type: 'Recreate' } as const;
const behind = (service: string, ready: number, own: number) =>
  dependents({ services: [{ name: service, ready, own }] });

describe('several objects are one change', () => {
  test('one pod of three is no outage, all three are', () => {
    const alone = judge(podOf('web-0').action, [podOf('web-0')]);
    expect(alone.spec.tier).toBe('auto');
    const all = ['web-0', 'web-1', 'web-2'];
    const { spec } = judge(
      pods(...all),
      all.map((name) => podOf(name)),
    );
    expect(spec.score).toBeGreaterThan(40);
    expect(spec.lineItems.map(({ sentence }) => sentence)).toContain(
      'web-2: 0 of 1 ready pod left at the worst moment: an outage.',
    );
  });

  test('a Service whose endpoints are those of both is without any when both stop', () => {
    const half = { facts: deploymentFacts({ strategy: recreate }, { neighbourhood: behind('shop', 6, 3) }) };
    const one = judge(restart('blue').action, [restart('blue', half.facts)]);
    expect(one.spec.lineItems.filter(({ rule }) => rule === 'service-endpoints')).toEqual([]);
    const both = [restart('blue', half.facts), restart('green', half.facts)];
    const { spec } = judge(deployments('blue', 'green'), both);
    expect(spec.lineItems.find(({ rule }) => rule === 'service-endpoints')?.sentence).toBe(
      'green: Service/shop would have 0 of 3 ready endpoints left: its callers get errors.',
    );
  });

  test('what a budget has to spare is spent once', () => {
    const budget = { name: 'web', healthy: 3, desired: 2, allowed: 1 };
    const held = { neighbourhood: dependents({ budgets: [budget] }) };
    const said = (members: Case[]) =>
      judge(pods('web-0', 'web-1'), members).spec.lineItems.filter(
        ({ rule }) => rule === 'disruption-budget',
      );
    expect(said([podOf('web-0', held)])).toEqual([]);
    expect(said([podOf('web-0', held), podOf('web-1', held)]).map(({ sentence }) => sentence)).toEqual([
      'web-1: PodDisruptionBudget/web is spent (3 healthy, 2 wanted), and this action does not ask it.',
    ]);
  });

  test('one that is blocked blocks them all, and is named', () => {
    const paused = restart('api', deploymentFacts({ paused: true }));
    const { spec } = judge(deployments('web', 'api'), [restart('web'), paused]);
    expect(spec.tier).toBe('blocked');
    expect(spec.blockedReason).toBe('Deployment/api is paused: a restart would do nothing. Resume it first.');
  });

  test('breadth is added up, production counts once', () => {
    const live = ['web', 'api'].map((name) => restart(name, inNamespace('prod', deploymentFacts()), 'prod'));
    const target = { kind: 'Deployment', namespace: 'prod', names: ['web', 'api'] } as const;
    const request: Group = { verb: 'rollout restart', target: { ...target, names: [...target.names] } };
    const lines = judge(request, live).spec.lineItems;
    expect(lines.filter(({ term }) => term === 'environment')).toHaveLength(1);
    expect(lines.filter(({ term }) => term === 'breadth').map(({ sentence }) => sentence)).toEqual([
      'web: 3 pods are replaced.',
      'api: 3 pods are replaced.',
    ]);
  });

  test('what holds of each alike is said once, of none in particular', () => {
    const { spec } = judge(deployments('web', 'api'), [restart('web'), restart('api')]);
    expect(spec.lineItems.filter(({ rule }) => rule === 'rollback')).toMatchObject([
      {
        sentence:
          'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
        source: 'Deployment/web in shop: rollback plan, and that of api',
      },
    ]);
  });

  test('a blast budget is asked for the sum', () => {
    const rules = policy.parse({ version: 1, budgets: { scorePerHour: { cluster: 12 } } });
    const circumstances = { local: [], usage: { cluster: { score: 0, running: 0 } } };
    const of = (members: Case[], request: Request) =>
      evaluateRequest({ id: specId, now: noon, request, members, policy: rules, circumstances }).spec;
    expect(of([restart('web')], restart('web').action).tier).toBe('auto');
    const five = ['a', 'b', 'c', 'd', 'e'];
    const { lineItems } = of(
      five.map((name) => restart(name)),
      deployments(...five),
    );
    expect(lineItems.filter(({ rule }) => rule === 'budgets')).toHaveLength(1);
  });

  test('what becomes of them is said once where it is the same', () => {
    const names = ['api', 'db', 'web'];
    const { spec } = judge(
      deployments(...names),
      names.map((name) => restart(name)),
    );
    expect(spec.targetState.sentence).toBe(
      'All pods of Deployment/api in shop are replaced; the template stays as it is. The same for db and web.',
    );
  });

  test('each rollback is kept', () => {
    const scale = (name: string, desired: number): Case => ({
      action: { verb: 'scale', target: { kind: 'Deployment', namespace: 'shop', name }, replicas: 5 },
      facts: deploymentFacts({ desired }),
    });
    const target = { kind: 'Deployment' as const, namespace: 'shop', names: ['web', 'api'] };
    const { spec } = judge({ verb: 'scale', target, replicas: 5 }, [scale('web', 3), scale('api', 2)]);
    expect(spec.rollbackPlan).toMatchObject({
      kind: 'actions',
      actions: [
        { replicas: 3, target: { name: 'web' } },
        { replicas: 2, target: { name: 'api' } },
      ],
    });
  });
});

describe('an approval of several binds to each of them', () => {
  const selected: Group = {
    verb: 'rollout restart',
    target: { kind: 'Deployment', namespace: 'shop', selector: 'tier=front' },
  };
  const bound = (members: Case[]) => canonicalJson(bindingOfAll(judge(selected, members), members));

  test('another object under the selector is another decision', () => {
    expect(bound([restart('web'), restart('api')])).not.toBe(bound([restart('web')]));
  });

  test('and so is another object of the same name', () => {
    const again = deploymentFacts();
    const born = restart('web', { ...again, identity: { ...again.identity, uid: 'another' } });
    expect(bound([born])).not.toBe(bound([restart('web')]));
  });

  test('ready counts that move by themselves are not', () => {
    expect(bound([restart('web', deploymentFacts({ ready: 1 }))])).toBe(bound([restart('web')]));
  });
});

/** Any situation as one of several: the verbs that can be said of more than one. */
const grouped = situations.filter(({ action }) => action.target.kind !== 'Node');

const groupOf = ({ target, ...rest }: Action): Request =>
  target.kind === 'Node'
    ? restartOf()
    : asRequest({ ...rest, target: { kind: target.kind, namespace: target.namespace, selector: 'a=b' } });

/** The schema says which of them are groups. */
function asRequest(candidate: object): Request {
  const parsed = declarativeSpec.shape.action.safeParse(candidate);
  return parsed.success ? parsed.data : restartOf();
}

describe('whatever the objects', () => {
  test('a single action is judged as ever', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const alone = evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
        expect(judge(action, [{ action, facts }]).spec).toEqual(alone);
      }),
    );
  });

  test('one more never lowers the tier, and the spec is valid', () => {
    fc.assert(
      fc.property(fc.array(grouped, { minLength: 2, maxLength: 4 }), (members) => {
        const [first] = members;
        if (first === undefined) return;
        const request = groupOf(first.action);
        const all = judge(request, members).spec;
        const fewer = judge(request, members.slice(0, -1)).spec;
        expect(declarativeSpec.safeParse(all).error).toBeUndefined();
        expect(isStricter(fewer.tier, all.tier)).toBe(false);
        expect(all.score).toBeGreaterThanOrEqual(fewer.score);
      }),
    );
  });
});

describe('what would have made several less risky', () => {
  const counterfactual = (request: Request, members: readonly Case[], rules = defaultPolicy) => {
    const { spec } = judge(request, members, rules);
    const [first, ...others] = members.map((member) => ({ ...member, policy: rules }));
    return first === undefined ? '' : counterfactualText(counterfactuals(spec, first, ...others));
  };
  const rolling = (name: string) => restart(name, deploymentFacts({ rollingOut: true, updated: 1 }));

  test('is said once where it is the same for all', () => {
    expect(counterfactual(deployments('web', 'api'), [rolling('web'), rolling('api')])).toBe(
      'Would be auto if: no rollout running.',
    );
  });

  test('is true of those that it concerns', () => {
    expect(counterfactual(deployments('web', 'api'), [restart('web'), rolling('api')])).toBe(
      'Would be auto if: no rollout running.',
    );
  });

  test('each step is taken by all', () => {
    const few = (name: string, desired: number) => restart(name, deploymentFacts({ desired }));
    expect(counterfactual(deployments('web', 'api'), [few('web', 1), few('api', 1)])).toBe(
      'Would be auto if: 2 ready replicas instead of 1.',
    );
  });
});
