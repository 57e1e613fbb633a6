import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { deploymentFacts, noon, restartOf, scaleTo, specId } from '../../fixtures/facts.ts';

const shops: Policy = policy.parse({
  version: 1,
  environments: {
    tills: { match: { names: ['shop'] }, factor: 3 },
    live: { match: { labels: { stage: 'live', region: 'eu' } }, production: true },
    frozen: { match: { names: ['archive'] }, actions: { disabled: ['rollout restart'] } },
  },
});

const judge = (action = restartOf(), facts: Facts = deploymentFacts(), chosen = shops) =>
  evaluate({ id: specId, now: noon, action, facts, policy: chosen });

const labelled = (name: string, labels: Record<string, string>): Facts => ({
  ...deploymentFacts(),
  namespace: { name, labels },
});

const unread: Facts = {
  ...deploymentFacts(),
  namespace: { name: 'shop', labels: {} },
  unknown: [{ fact: 'namespace labels', reason: 'forbidden' }],
};

const sentences = (spec: ReturnType<typeof judge>) => spec.lineItems.map(({ sentence }) => sentence);

describe('an environment', () => {
  test('by name multiplies, and says so with its source', () => {
    expect(judge().lineItems).toContainEqual({
      rule: 'environment',
      term: 'environment',
      points: 3,
      counted: true,
      sentence: 'It is in the environment tills: the sum counts 3 times.',
      source: 'policy.yaml: environments.tills.factor',
    });
  });

  test('by labels needs all of them', () => {
    expect(judge(scaleTo(0), labelled('shop', { stage: 'live' })).tier).not.toBe('blocked');
    const spec = judge(scaleTo(0), labelled('shop', { stage: 'live', region: 'eu', more: 'x' }));
    expect(spec.blockedReason).toBe(
      'Deployment/web is in the production namespace shop and may not be scaled to zero.',
    );
  });

  test('whose labels could not be read counts as the strictest', () => {
    const spec = judge(scaleTo(0), unread);
    expect(spec.blockedReason).toContain('may be in the production namespace shop');
  });

  test('switches an action off there alone', () => {
    const archived = judge(restartOf('Deployment', 'archive'), labelled('archive', {}));
    expect(archived.blockedReason).toBe('The policy switches rollout restart off in the environment frozen.');
    expect(judge().tier).not.toBe('blocked');
  });

  test('that does not match changes nothing', () => {
    const plain = policy.parse({ version: 1 });
    const elsewhere = policy.parse({
      version: 1,
      environments: { far: { match: { names: ['far'] }, factor: 5, production: true } },
    });
    expect(judge(restartOf(), deploymentFacts(), elsewhere)).toEqual(
      judge(restartOf(), deploymentFacts(), plain),
    );
  });
});

test('an action switched off everywhere', () => {
  const none = policy.parse({ version: 1, actions: { disabled: ['scale'] } });
  expect(judge(scaleTo(2), deploymentFacts(), none).blockedReason).toBe('The policy switches scale off.');
});

describe('built-in protection', () => {
  const inside = (namespace: string, chosen: object, ownNamespace = 'firebreak') =>
    judge(restartOf('Deployment', namespace), labelled(namespace, {}), {
      ...policy.parse({ version: 1, ...chosen }),
      ownNamespace,
    });

  test.each([
    ['kube-system', {}],
    ['firebreak', { namespaces: { protected: [] } }],
    ['ops', { namespaces: { protected: ['ops'] } }],
    ['ops', { namespaces: { protected: ['ops'], unprotected: ['ops'] } }],
  ])('%s with %j is protected', (namespace, chosen) => {
    expect(inside(namespace, chosen).blockedReason).toBe(`The namespace ${namespace} is protected.`);
  });

  test('covers the namespace that Firebreak runs in, whatever its name', () => {
    expect(inside('robots', {}, 'robots').tier).toBe('blocked');
    expect(inside('robots', {}).tier).not.toBe('blocked');
  });

  test('ends only where the policy names the namespace', () => {
    expect(inside('kube-system', { namespaces: { unprotected: ['kube-system'] } }).tier).not.toBe('blocked');
    expect(inside('kube-public', { namespaces: { unprotected: ['kube-system'] } }).tier).toBe('blocked');
  });
});

test('no label of an environment can lower what another has raised', () => {
  const both = policy.parse({
    version: 1,
    environments: {
      low: { match: { names: ['shop'] } },
      high: { match: { names: ['shop'] }, production: true, factor: 5 },
    },
  });
  expect(sentences(judge(restartOf(), deploymentFacts(), both))).toContain(
    'Nothing in the production namespace shop changes without a person.',
  );
});
