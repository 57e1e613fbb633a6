import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chosen, Spent } from '../../../src/domain/incidents/together.ts';
import { budgets } from '../../../src/domain/policy/budget.ts';
import { judgeTogether } from '../../../src/stages/decide/together.ts';

const chosen = (number: number, parts: Partial<Chosen> = {}): Chosen => ({
  number,
  command: `kubectl rollout restart deployment/web-${number} -n shop`,
  playbook: 'restart',
  namespace: 'shop',
  tier: 'human',
  score: 20,
  comes: 'runs',
  ...parts,
});
const { playbook: _playbook, ...byHand } = chosen(3);
const { namespace: _namespace, ...ofCluster } = chosen(4, { score: 90 });
const out = (number: number, reason: string) => chosen(number, { comes: { reason } });
const nothing: Spent = { score: 0, running: 0 };

const judged = (
  all: readonly Chosen[],
  {
    cluster = nothing,
    shop = nothing,
    limits,
  }: { cluster?: Spent; shop?: Spent; limits?: Parameters<typeof budgets.parse>[0] } = {},
) =>
  judgeTogether(all, {
    budgets: limits === undefined ? undefined : budgets.parse(limits),
    spent: { cluster, namespaces: new Map([['shop', shop]]) },
  });

describe('one approval of several', () => {
  test.each<[string, readonly Chosen[], Parameters<typeof judged>[1], string]>([
    ['none', [], {}, 'Choose what to approve first.'],
    [
      'of two playbooks',
      [chosen(1), chosen(2, { playbook: 'undo' })],
      {},
      'One approval runs one playbook. These are of restart and undo: choose those of one.',
    ],
    [
      'of a playbook and of none',
      [chosen(1), byHand],
      {},
      'One approval runs one playbook. These are of restart and none: choose those of one.',
    ],
    [
      'none that can be approved',
      [out(4, 'It is blocked by a rule; nobody can approve it.'), out(5, 'It has expired.')],
      {},
      'Nothing of it can be approved now: 4: It is blocked by a rule; nobody can approve it. 5: It has expired.',
    ],
    [
      'more than the blast budget of a namespace in which nothing is spent',
      [chosen(1, { namespace: 'pay', score: 80 }), chosen(2, { namespace: 'pay', score: 80 })],
      {},
      'Beyond the blast budget of the namespace pay: 0 of 150 points are spent in the last hour, and these 2 add 160. Choose fewer.',
    ],
    [
      'more than the blast budget of the namespace has left',
      [chosen(1), chosen(2)],
      { shop: { score: 120, running: 0 } },
      'Beyond the blast budget of the namespace shop: 120 of 150 points are spent in the last hour, and these 2 add 40. Choose fewer.',
    ],
    [
      'more than that of the cluster has left, whatever the namespaces',
      Array.from({ length: 4 }, (_, index) => chosen(index, { namespace: `n${index}`, score: 90 })),
      {},
      'Beyond the blast budget of the cluster: 0 of 300 points are spent in the last hour, and these 4 add 360. Choose fewer.',
    ],
    [
      'more than the policy lets spend',
      [chosen(1)],
      { limits: { scorePerHour: { namespace: 10 } } },
      'Beyond the blast budget of the namespace shop: 0 of 10 points are spent in the last hour, and these 1 add 20. Choose fewer.',
    ],
    [
      'more than may run at a time',
      Array.from({ length: 4 }, (_, index) => chosen(index)),
      { shop: { score: 0, running: 2 } },
      'Beyond what may run at a time in the namespace shop: 2 of 5 run or are about to, and these add 4. Choose fewer.',
    ],
  ])('refuses %s', (_name, all, spent, sentence) => {
    expect(judged(all, spent)).toEqual({ kind: 'refused', sentence });
  });

  test('names what is left out and lists the rest', () => {
    const all = [
      chosen(1),
      out(2, 'It has expired.'),
      chosen(3, { comes: 'waits', tier: 'dual', score: 60 }),
    ];
    expect(judged(all)).toEqual({
      kind: 'list',
      playbook: 'restart',
      included: [all[0], all[2]],
      leftOut: [all[1]],
      adds: 80,
    });
  });

  test.each<[string, readonly Chosen[], Spent]>([
    ['points to the last of the budget', [chosen(1), chosen(2)], { score: 110, running: 0 }],
    ['as many as may run at a time', [chosen(1), chosen(2)], { score: 0, running: 3 }],
    ['of no namespace, more than one may spend', [ofCluster, { ...ofCluster, number: 5 }], nothing],
  ])('lists %s', (_name, all, shop) => {
    expect(judged(all, { shop })).toMatchObject({ kind: 'list', included: all });
  });

  test('what waits for a second person takes no place among what runs, and its points all the same', () => {
    const waits = Array.from({ length: 6 }, (_, index) => chosen(index, { comes: 'waits' }));
    expect(judged(waits)).toMatchObject({ kind: 'list', adds: 120 });
    expect(judged([...waits, chosen(9, { comes: 'waits', score: 40 })])).toMatchObject({ kind: 'refused' });
  });

  test('whatever is chosen, what is listed stays within the budgets', () => {
    const one = fc.record({
      score: fc.integer({ min: 0, max: 99 }),
      namespace: fc.constantFrom('shop', 'pay'),
      comes: fc.constantFrom('runs', 'waits'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), fc.nat(300), (parts, before) => {
        const all = parts.map((each, index) =>
          chosen(index, { ...each, comes: each.comes === 'runs' ? 'runs' : 'waits' }),
        );
        const found = judged(all, { cluster: { score: before, running: 0 } });
        if (found.kind === 'list') expect(before + found.adds).toBeLessThanOrEqual(300);
        if (found.kind === 'list') expect(found.included).toHaveLength(all.length);
      }),
    );
  });
});
