import { describe, expect, test } from 'vitest';
import { keptAnnotations } from '../../src/domain/facts/kept-annotations.ts';
import { storedObject } from '../../src/domain/manifest/stored-object.ts';

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

test.each([
  ['an object without metadata', { kind: 'Pod' }, { kind: 'Pod' }],
  ['one without annotations', { metadata: { name: 'a', managedFields: [{}] } }, { metadata: { name: 'a' } }],
  [
    'one that was applied',
    {
      metadata: { annotations: { [applied]: '{}', team: 'shop' }, managedFields: [] },
      spec: { replicas: 3 },
    },
    { metadata: { annotations: { team: 'shop' } }, spec: { replicas: 3 } },
  ],
])('a snapshot is stored without copies of itself: %s', (_name, object, stored) => {
  expect(storedObject(object)).toEqual(stored);
});

describe('the annotations of an object that become facts', () => {
  const annotations = { [applied]: '{"spec":{}}', team: 'shop', note: 'x' };

  test('are none where the action writes none', () => {
    expect(keptAnnotations(annotations, [['spec', 'replicas']])).toEqual({});
  });

  test('are those that the action writes', () => {
    expect(keptAnnotations(annotations, [['metadata', 'annotations', 'note']])).toEqual({ note: 'x' });
  });
});
