import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withMore } from '../../../src/domain/incidents/grouped.ts';
import { subjectOf } from '../../../src/stages/intake/alert-target.ts';
import { noon } from '../../fixtures/facts.ts';
import { alertOf } from '../../fixtures/script.ts';

describe('what an alert is about, for a list', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a Deployment', { namespace: 'shop', deployment: 'web' }, 'shop/web'],
    ['a pod of a Deployment', { namespace: 'shop', pod: 'web-7d4b9c6f5-x2x9k' }, 'shop/web-*'],
    ['another pod of it', { namespace: 'shop', pod: 'web-7d4b9c6f5-b4b7z' }, 'shop/web-*'],
    ['a pod of its next release', { namespace: 'shop', pod: 'web-5f6c8d9b7d-x2x9k' }, 'shop/web-*'],
    ['a pod of a DaemonSet', { namespace: 'platform', pod: 'node-agent-9xk2w' }, 'platform/node-agent-*'],
    ['a pod of a StatefulSet', { namespace: 'data', pod: 'orders-db-0' }, 'data/orders-db-*'],
    ['another of it, beyond nine', { namespace: 'data', pod: 'orders-db-12' }, 'data/orders-db-*'],
    ['a pod with a number in its midst', { namespace: 'shop', pod: 'web-12-cache' }, 'shop/web-12-cache'],
    ['a pod by itself', { namespace: 'shop', pod: 'debug' }, 'shop/debug'],
    ['a word that only looks like an end', { namespace: 'shop', pod: 'web-cache' }, 'shop/web-cache'],
    ['a ReplicaSet', { namespace: 'shop', replicaset: 'web-7d4b9c6f5' }, 'shop/web-7d4b9c6f5'],
    ['a node', { alertname: 'KubeNodeNotReady', node: 'worker-1' }, 'node worker-1'],
    [
      'the owner that an exporter tells of',
      {
        namespace: 'monitoring',
        pod: 'kube-state-metrics-0',
        exported_namespace: 'shop',
        exported_pod: 'web-7d4b9c6f5-x2x9k',
      },
      'shop/web-*',
    ],
    [
      'nothing that can be acted on, in a namespace',
      { namespace: 'shop', persistentvolumeclaim: 'data' },
      'shop',
    ],
    ['nothing', {}, 'no object'],
    ['a name that is none', { namespace: 'shop', pod: '--all' }, 'shop'],
  ])('%s', (_name, labels, subject) => {
    expect(subjectOf(alertOf({ alertname: 'A', ...labels }))).toBe(subject);
  });
});

describe('alerts in one message', () => {
  const names = (...counts: [string, number][]) => counts.map(([name, count]) => ({ name, count }));

  test.each<[string, string[][], number, ReturnType<typeof names>]>([
    ['one', [['a']], 1, names(['a', 1])],
    ['the same again', [['a'], ['a', 'a']], 3, names(['a', 3])],
    ['what came most is first', [['a', 'b'], ['b']], 3, names(['b', 2], ['a', 1])],
    ['of the same number, what came first', [['b'], ['a']], 2, names(['b', 1], ['a', 1])],
    ['none more', [['a'], []], 1, names(['a', 1])],
    ['names of every object', [['__proto__', 'constructor']], 2, names(['__proto__', 1], ['constructor', 1])],
    [
      'names that differ behind their cut are one',
      [['x'.repeat(200), `${'x'.repeat(130)}y`]],
      2,
      names(['x'.repeat(120), 2]),
    ],
  ])('%s', (_name, batches, count, expected) => {
    const [first = [], ...rest] = batches;
    const group = rest.reduce(
      (before, batch) => withMore(before, batch, noon),
      withMore(undefined, first, noon),
    );
    expect(group).toEqual({ count, latestAt: noon, names: expected });
  });

  test('of names without end 200 are kept, and all are counted', () => {
    const many = Array.from({ length: 450 }, (_, index) => `name-${index}`);
    const group = withMore(withMore(undefined, many, noon), ['name-449', 'name-0'], noon);
    expect(group.count).toBe(452);
    expect(group.names).toHaveLength(200);
    expect(group.names[0]).toEqual({ name: 'name-0', count: 2 });
  });

  test('a cut never ends in half a letter', () => {
    const { names: kept } = withMore(undefined, [`${'x'.repeat(119)}𝒳`], noon);
    expect(kept[0]?.name.isWellFormed()).toBe(true);
  });

  test('however they are dealt out, few names are counted the same', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(), (all, at) => {
        const cutAt = at % all.length;
        const once = withMore(undefined, all, noon);
        const twice = withMore(withMore(undefined, all.slice(0, cutAt), noon), all.slice(cutAt), noon);
        const sorted = ({ names: told, count }: typeof once) => [
          count,
          told.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        ];
        expect(sorted(twice)).toEqual(sorted(once));
      }),
    );
  });
});
