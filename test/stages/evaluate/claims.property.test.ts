import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../src/actions/action-kinds.ts';
import { obstaclesTo } from '../../../src/actions/obstacles-to.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import type { Facts, NodeSubject } from '../../../src/domain/facts/facts.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { few, stuckBudgets, terminations, unreadyNodes } from '../../fixtures/arbitrary-dependents.ts';
import { steadySituations } from '../../fixtures/arbitrary-steady.ts';
import { defaultPolicy, dependents, noon, specId } from '../../fixtures/facts.ts';
import { casesOf } from '../../support/cases.ts';

/*
 * A claim is what anybody may say who may write to an object: its labels and annotations, the name under which it is
 * written, an object beside it. No claim makes an action look milder than it looks without it.
 */

interface Situation {
  readonly action: Action;
  readonly facts: Facts;
}
type Claim = (facts: Facts) => Facts;

const judge = ({ action, facts }: Situation) =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });

const weighed = (situation: Situation) => {
  const { score, tier } = judge(situation);
  return { score, tier };
};

const key = fc.oneof(
  fc.constantFrom(
    ...['app', 'tier', 'env', 'environment', 'safe', 'example.com/team', 'app.kubernetes.io/managed-by'],
    ...['argocd.argoproj.io/instance', 'argocd.argoproj.io/tracking-id', 'kustomize.toolkit.fluxcd.io/name'],
    ...['meta.helm.sh/release-name', 'karpenter.sh/do-not-disrupt', 'firebreak/tier', 'firebreak/approved'],
    ...['cluster-autoscaler.kubernetes.io/safe-to-evict', 'kubectl.kubernetes.io/restartedAt'],
    ...['node-role.kubernetes.io/worker', 'kubernetes.io/metadata.name', 'pod-template-hash'],
  ),
  fc.stringMatching(/^[a-z]{1,10}$/),
);
const value = fc.oneof(
  fc.constantFrom('true', 'false', 'auto', 'development', 'firebreak', 'low'),
  fc.string({ maxLength: 20 }),
);
const texts = fc.dictionary(key, value, { minKeys: 1, maxKeys: 3 });
const name = fc.oneof(fc.constantFrom('web', 'api', 'canary', 'dev'), fc.stringMatching(/^[a-z]{1,10}$/));

const beside =
  (more: (found: Dependents) => Partial<Dependents>): Claim =>
  (facts) => {
    const { neighbourhood } = facts;
    return neighbourhood === undefined
      ? facts
      : { ...facts, neighbourhood: { ...neighbourhood, ...more(neighbourhood) } };
  };

const ofNode =
  (more: (found: NodeSubject) => Partial<NodeSubject>): Claim =>
  (facts) =>
    facts.subject.kind === 'node'
      ? { ...facts, subject: { ...facts.subject, ...more(facts.subject) } }
      : facts;

/** Those that another of the same kind would take the place of. */
const claims: Readonly<Record<string, fc.Arbitrary<Claim>>> = {
  'labels of the object': texts.map((labels) => (facts) => ({
    ...facts,
    identity: { ...facts.identity, labels: { ...labels, ...facts.identity.labels } },
  })),
  'annotations of the object': texts.map((annotations) => (facts) => ({
    ...facts,
    identity: { ...facts.identity, annotations: { ...annotations, ...facts.identity.annotations } },
  })),
  'labels of the namespace': texts.map((labels) => (facts) => ({
    ...facts,
    ...(facts.namespace && {
      namespace: { ...facts.namespace, labels: { ...labels, ...facts.namespace.labels } },
    }),
  })),
  'the field manager of the last change': name.map((manager) =>
    beside(({ lastChange }) => (lastChange === undefined ? {} : { lastChange: { ...lastChange, manager } })),
  ),
  'that the last change was ours': fc
    .uuid()
    .map((id) =>
      beside(({ lastChange }) =>
        lastChange === undefined ? {} : { lastChange: { ...lastChange, manager: `firebreak/${id}` } },
      ),
    ),
  'a GitOps tool': fc
    .record({ manager: fc.constantFrom('argo-cd' as const, 'flux' as const, 'helm' as const), name })
    .map((gitOps) => (facts) => ({ gitOps, ...facts })),
  'an owner': name.map((called) => (facts) => ({
    owner: { apiVersion: 'example/v1', kind: 'Database', name: called },
    ...facts,
  })),
  'a paused ScaledObject': fc
    .record({ name, paused: fc.boolean(), pausedReplicas: few })
    .map((scaledObject) => (facts) => ({ scaledObject, ...facts })),
  'a VerticalPodAutoscaler': fc
    .record({ name, mode: fc.constantFrom('Off', 'Auto', 'Recreate') })
    .map((verticalAutoscaler) => (facts) => ({ verticalAutoscaler, ...facts })),
  'a priority class': fc
    .constantFrom('low', 'system-cluster-critical')
    .map((priorityClass) => beside((found) => ({ priorityClass, ...found }))),
  'a budget': fc
    .record({ name, healthy: few, desired: few, allowed: few })
    .map((budget) => beside(({ budgets }) => ({ budgets: [...budgets, budget] }))),
  'a budget that is stuck': fc
    .record({ name, healthy: few, desired: few, allowed: few, stuck: stuckBudgets })
    .map((budget) => beside(({ budgets }) => ({ budgets: [...budgets, budget] }))),
  'pods that ask not to be moved': fc.constant(
    ofNode(({ tenants = [] }) => ({
      tenants: tenants.map((pod) => ({ ...pod, veto: 'karpenter.sh/do-not-disrupt=true' })),
    })),
  ),
  // That it is out of service is no claim: the cluster itself removes the pods of a node with that taint.
  'a node that is not ready': unreadyNodes.map((unready) =>
    ofNode((found) => (found.ready ? { ready: false, unready } : {})),
  ),
  'a taint of the node': fc
    .record({ key: name, value: fc.constant('a'), effect: fc.constantFrom('NoSchedule', 'NoExecute') })
    .map((taint) => ofNode(({ taints = [] }) => ({ taints: [...taints, taint] }))),
  'a Service': fc
    .record({ name: fc.constant('another'), ready: few })
    .map(({ name: called, ready }) =>
      beside(({ services }) => ({ services: [...services, { name: called, ready, own: 0 }] })),
    ),
  'a host': fc
    .record({ host: name, service: name, source: fc.constant('Ingress/other') })
    .map((host) => beside(({ hosts }) => ({ hosts: [...hosts, host] }))),
  'a lease': fc
    .record({ name, pod: name })
    .map((lease) => beside(({ leases }) => ({ leases: [...leases, lease] }))),
  'warning events': fc
    .record({ reason: name, count: few, last: fc.constant('2026-03-01T11:55:00Z') })
    .map((warning) => (facts) => ({
      ...facts,
      ...(facts.warnings === undefined ? {} : { warnings: [...facts.warnings, warning] }),
    })),
  'that it is being deleted': terminations.map((termination) => (facts) => ({
    ...facts,
    identity: { termination, ...facts.identity },
  })),
};

/** Over all pods in shop, whatever covers them already. */
const nodeBudget: fc.Arbitrary<Claim> = fc
  .record(
    { healthy: few, desired: few, expected: few, stuck: stuckBudgets },
    { requiredKeys: ['healthy', 'desired', 'expected'] },
  )
  .map((numbers) =>
    ofNode(({ budgets = [], tenants = [] }) => ({
      budgets: [...budgets, { namespace: 'shop', name: 'another', ...numbers }],
      tenants: tenants.map((pod) =>
        pod.namespace === 'shop' ? { ...pod, budgets: [...(pod.budgets ?? []), 'another'] } : pod,
      ),
    })),
  );

const any = fc.oneof(situations, steadySituations);

/** Makes no sense without the claim, which is no judgement of how much it may break: a label is taken away that is not there. */
const isSenseless = (situation: Situation): boolean =>
  obstaclesTo(kindOf(situation.action.verb), situation).length > 0;

/** A node that is not ready takes no pods: closing it takes no room away, and that is so. */
const hasNoRoomToLose = (before: Situation, after: Situation): boolean =>
  after.facts.subject.kind === 'node' &&
  !after.facts.subject.ready &&
  judge(before).lineItems.some(({ rule }) => rule === 'spare-capacity');

describe('no claim makes an action look milder', () => {
  it.each(Object.entries(claims))('%s', (_name, claim) => {
    fc.assert(
      fc.property(any, claim, ({ action, facts }, said) => {
        const { neighbourhood = dependents() } = facts;
        const before = { action, facts: { ...facts, neighbourhood } };
        const after = { action, facts: said(before.facts) };
        if (isSenseless(before) || hasNoRoomToLose(before, after)) return;
        const [without, and] = [weighed(before), weighed(after)];
        expect({ ...and, milder: and.score < without.score }).toEqual({ ...and, milder: false });
      }),
      { numRuns: casesOf(20_000) },
    );
  });
});

/** What the change must keep ready, by what it is of. */
const kept = (situation: Situation): ReadonlyMap<string, number> =>
  new Map(
    judge(situation).constraints.flatMap((each): [string, number][] => {
      if (each.kind === 'ready_pods') return [[`${each.namespace}/${each.owner}`, each.pods]];
      return each.kind === 'ready_endpoints' ? [[`${each.namespace}/${each.service}`, each.endpoints]] : [];
    }),
  );

/*
 * The API server goes by a budget at every eviction: that more pods stay is a fact while it is there. It may be taken away
 * again, so that what it is credited with has to be watched.
 */
it('a budget over the pods of a node is only credited with what is watched', () => {
  fc.assert(
    fc.property(any, nodeBudget, ({ action, facts }, said) => {
      const [before, after] = [
        { action, facts },
        { action, facts: said(facts) },
      ];
      const [without, and] = [weighed(before), weighed(after)];
      if (and.score >= without.score) return;
      expect(action.verb).toBe('drain');
      const [less, more] = [kept(before), kept(after)];
      const gained = [...more].filter(([of, ready]) => ready > (less.get(of) ?? 0));
      expect(gained).not.toEqual([]);
    }),
    { numRuns: casesOf(40_000) },
  );
});

it('what an object is called says nothing', () => {
  fc.assert(
    fc.property(situations, name, ({ action, facts }, called) => {
      const renamed = Object.assign({}, action, { target: { ...action.target, name: called } });
      expect(weighed({ action: renamed, facts })).toEqual(weighed({ action, facts }));
    }),
    { numRuns: casesOf(20_000) },
  );
});
