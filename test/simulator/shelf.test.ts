import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/simulator/json.ts';
import { nameOf } from '../../src/simulator/objects/identity.ts';
import { createShelf, type Shelf } from '../../src/simulator/objects/shelf.ts';

const pod = (namespace: string, name: string, controller?: string): JsonObject => ({
  metadata: {
    namespace,
    name,
    ...(controller === undefined
      ? {}
      : { ownerReferences: [{ uid: 'uid-of-nobody' }, { uid: controller, controller: true }] }),
  },
});

const seen = (shelf: Shelf) => ({
  all: shelf.all().map(nameOf),
  shop: shelf.in('shop').map(nameOf),
  ofWeb: shelf.ownedBy('shop', 'uid-web').map(nameOf),
  ofApi: shelf.ownedBy('shop', 'uid-api').map(nameOf),
});

const filled = (): Shelf => {
  const shelf = createShelf();
  for (const each of [
    pod('shop', 'web-1', 'uid-web'),
    pod('shop', 'web-2', 'uid-web'),
    pod('shop', 'alone'),
    pod('other', 'web-1', 'uid-web'),
  ])
    shelf.put(each);
  return shelf;
};

describe('what is found on a shelf', () => {
  const before = {
    all: ['web-1', 'web-2', 'alone', 'web-1'],
    shop: ['web-1', 'web-2', 'alone'],
    ofWeb: ['web-1', 'web-2'],
    ofApi: [],
  };
  test.each<[string, (shelf: Shelf) => unknown, Partial<ReturnType<typeof seen>>]>([
    ['as it was put there, a namespace and an owner by themselves', () => undefined, {}],
    ['one that is written again keeps its place', (shelf) => shelf.put(pod('shop', 'web-1', 'uid-web')), {}],
    [
      'one that another takes over is found there alone',
      (shelf) => shelf.put(pod('shop', 'web-1', 'uid-api')),
      { ofWeb: ['web-2'], ofApi: ['web-1'] },
    ],
    ['one that is let go is nobody’s', (shelf) => shelf.put(pod('shop', 'web-1')), { ofWeb: ['web-2'] }],
    [
      'one that is taken on',
      (shelf) => shelf.put(pod('shop', 'alone', 'uid-web')),
      { ofWeb: ['web-1', 'web-2', 'alone'] },
    ],
    [
      'one that is removed is found nowhere',
      (shelf) => shelf.remove('shop/web-2'),
      { all: ['web-1', 'alone', 'web-1'], shop: ['web-1', 'alone'], ofWeb: ['web-1'] },
    ],
    ['what is not there is not removed', (shelf) => shelf.remove('shop/web-9'), {}],
  ])('%s', (_name, change, differs) => {
    const shelf = filled();
    change(shelf);
    expect(seen(shelf)).toEqual({ ...before, ...differs });
  });

  test('it says whether something was removed', () => {
    const shelf = filled();
    expect([shelf.remove('shop/web-1'), shelf.remove('shop/web-1')]).toEqual([true, false]);
    expect(shelf.get('shop/web-1')).toBeUndefined();
    expect(shelf.get('other/web-1')).toBeDefined();
  });
});
