import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { isStillListed, ownersGroup } from '../../src/domain/policy/owners.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { bindingOf } from '../../src/stages/evaluate/binding.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { approversFor, rolesFor } from '../../src/workflow/context.ts';
import { deploymentFacts, noon, restartOf } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';

const written = (more: object = {}): Policy =>
  policy.parse({
    version: 1,
    approvers: { human: { users: ['U0ANN'] }, dual: { users: ['U0ANN', 'U0BEN'] } },
    environments: { live: { match: { labels: { stage: 'live' } } } },
    annotatedApprovers: [
      { namespaces: ['shop'], groups: ['S0SHOP', 'S0STORE'] },
      { environments: ['live'], groups: ['S0LIVE'] },
    ],
    ...more,
  });

const annotation = 'firebreak.dev/approvers';

function factsWith(own: string | undefined, namespace: Partial<NonNullable<Facts['namespace']>> = {}): Facts {
  const facts = deploymentFacts();
  const annotations = own === undefined ? {} : { [annotation]: own };
  return {
    ...facts,
    identity: { ...facts.identity, annotations },
    namespace: { name: 'shop', labels: {}, ...namespace },
  };
}

const unread = [{ fact: 'namespace labels', reason: 'It may not get namespaces.' }] as const;

describe('the group that an annotation chooses', () => {
  test.each<[string, Facts, object | undefined]>([
    ['of the object', factsWith('S0SHOP'), { group: 'S0SHOP', source: 'Deployment/web in shop' }],
    [
      'of its namespace',
      factsWith(undefined, { approvers: 'S0STORE' }),
      { group: 'S0STORE', source: 'Namespace/shop' },
    ],
    [
      'of the object before that of the namespace',
      factsWith('S0SHOP', { approvers: 'S0STORE' }),
      { group: 'S0SHOP', source: 'Deployment/web in shop' },
    ],
    [
      'by the environment',
      factsWith('S0LIVE', { name: 'front', labels: { stage: 'live' } }),
      { group: 'S0LIVE', source: 'Deployment/web in shop' },
    ],
    ['of nobody without one', factsWith(undefined), undefined],
    ['that is not listed: nobody', factsWith('S0MINE'), undefined],
    [
      'that is not listed, though that of the namespace is: nobody',
      factsWith('S0MINE', { approvers: 'S0SHOP' }),
      undefined,
    ],
    ['that is listed elsewhere: nobody', factsWith('S0LIVE'), undefined],
    ['where it is not believed: nobody', factsWith('S0SHOP', { name: 'back' }), undefined],
    [
      'by labels that could not be read: nobody',
      { ...factsWith('S0LIVE', { name: 'front', labels: { stage: 'live' } }), unknown: [...unread] },
      undefined,
    ],
    ['that is no id: nobody', factsWith('@shop'), undefined],
  ])('%s', (_why, facts, found) => {
    expect(ownersGroup(written(), facts, 'Deployment/web in shop')).toEqual(found);
  });

  test('where it is believed in one cluster, in no other', () => {
    const { cluster } = factsWith('S0SHOP');
    const trusted = (only: string) =>
      written({ annotatedApprovers: [{ cluster: only, namespaces: ['shop'], groups: ['S0SHOP'] }] });
    const chosen = (by: Policy) => ownersGroup(by, factsWith('S0SHOP'), 'Deployment/web in shop')?.group;
    expect(chosen(trusted(cluster))).toBe('S0SHOP');
    expect(chosen(trusted('elsewhere'))).toBeUndefined();
    expect(isStillListed(trusted(cluster), 'S0SHOP', cluster)).toBe(true);
    expect(isStillListed(trusted('elsewhere'), 'S0SHOP', cluster)).toBe(false);
  });

  test('by default it is believed nowhere', () => {
    expect(ownersGroup(policy.parse({ version: 1 }), factsWith('S0SHOP'), 'x')).toBeUndefined();
  });
});

const judged = (facts: Facts, by: Policy = written()) =>
  evaluate({ id: '00000000-0000-4000-8000-000000000001', now: noon, action: restartOf(), facts, policy: by });

test('what is approved binds to it, and to nothing new where there is none', () => {
  const [without, owned] = [factsWith(undefined), factsWith('S0SHOP')];
  const binding = (facts: Facts) => bindingOf(judged(facts), facts);
  expect(binding(without)).not.toHaveProperty('approvers');
  expect(binding(owned)).toMatchObject({ approvers: { group: 'S0SHOP' } });
  expect(binding(factsWith('S0STORE'))).not.toEqual(binding(owned));
});

describe('who may approve', () => {
  const waiting = (by: Policy = written()) => {
    const row = remediationIn('waiting');
    if (row.state !== 'waiting') throw new Error('it does not wait');
    const approvers = judged(factsWith('S0SHOP'), by).approvers;
    return {
      ...row,
      spec: { ...row.spec, tier: 'human' as const, ...(approvers === undefined ? {} : { approvers }) },
    };
  };

  test('the group alone, in the place of the others', () => {
    expect(approversFor(written(), waiting())).toEqual({ users: [], groups: ['S0SHOP'] });
  });

  test('the policy has taken it off its list: those whom it names', () => {
    const later = written({ annotatedApprovers: [] });
    expect(approversFor(later, waiting()).users).toEqual(['U0ANN']);
  });

  test('two different groups stay two', () => {
    const separate = [
      { name: 'on-call', groups: ['S0ONCALL'] },
      { name: 'owners', groups: ['S0OWNERS'] },
    ];
    const strict = written({ approvers: { human: { users: ['U0ANN'] }, dual: { separate } } });
    const row = waiting(strict);
    const dual = { ...row, spec: { ...row.spec, tier: 'dual' as const } };
    expect(rolesFor(strict, dual)?.map(({ name }) => name)).toEqual(['on-call', 'owners']);
    expect(approversFor(strict, dual).groups).toEqual(['S0ONCALL', 'S0OWNERS']);
  });
});
