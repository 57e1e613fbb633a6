import { describe, expect, test } from 'vitest';
import type { Difference } from '../../src/domain/difference.ts';
import type { Json } from '../../src/domain/text/json.ts';
import { differences } from '../../src/workflow/approval/differences.ts';

describe('what is different is said in the words that people have for it', () => {
  const guarded = (fields: Json) => ({ guarded: fields });
  test.each<[string, Json, Json, Difference[]]>([
    ['nothing', { a: { b: 1 } }, { a: { b: 1 } }, []],
    ['nothing but the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [
      'a number',
      guarded({ replicas: 3 }),
      guarded({ replicas: 5 }),
      [{ label: 'replicas', approved: '3', live: '5' }],
    ],
    [
      'an image, by its container',
      guarded({ images: { web: 'web:1', log: 'log:1' } }),
      guarded({ images: { web: 'web:2', log: 'log:1' } }),
      [{ label: 'image of web', approved: 'web:1', live: 'web:2' }],
    ],
    [
      'a quantity, by its container and resource',
      guarded({ resources: { web: { limits: { 'nvidia.com/gpu': '1' } } } }),
      guarded({ resources: { web: { limits: {} } } }),
      [{ label: 'limits nvidia.com/gpu of web', approved: '1', live: 'not set' }],
    ],
    [
      'a yes that became a no',
      guarded({ paused: true }),
      guarded({ paused: false }),
      [{ label: 'paused', approved: 'yes', live: 'no' }],
    ],
    [
      'a label whose key has dots',
      guarded({ labels: { 'app.kubernetes.io/name': 'web' } }),
      guarded({ labels: { 'app.kubernetes.io/name': null } }),
      [{ label: 'label app.kubernetes.io/name', approved: 'web', live: 'not set' }],
    ],
    [
      'a field by its path',
      guarded({ fields: { 'spec.minReadySeconds': 5 } }),
      guarded({ fields: { 'spec.minReadySeconds': 9 } }),
      [{ label: 'spec.minReadySeconds', approved: '5', live: '9' }],
    ],
    [
      'a limit of an autoscaler',
      guarded({ autoscaler: { name: 'web', max: 10, cpu: { percent: 80, index: 0 } } }),
      guarded({ autoscaler: { name: 'web', max: 20, cpu: { percent: 80, index: 0 } } }),
      [{ label: 'maximum of the autoscaler', approved: '10', live: '20' }],
    ],
    [
      'all of an autoscaler',
      guarded({ autoscaler: { kind: 'a', name: 'a', uid: 'a', min: 1, cpu: { percent: 80 } } }),
      guarded({ autoscaler: { kind: 'b', name: 'b', uid: 'b', min: 2, cpu: { percent: 70 } } }),
      [
        { label: 'processor target of the autoscaler', approved: '80', live: '70' },
        { label: 'kind of the autoscaler', approved: 'a', live: 'b' },
        { label: 'minimum of the autoscaler', approved: '1', live: '2' },
        { label: 'autoscaler', approved: 'a', live: 'b' },
        { label: 'identity of the autoscaler', approved: 'a', live: 'b' },
      ],
    ],
    [
      'images and labels, as a whole and in parts',
      guarded({ images: 'one', labels: { a: { b: 'one' } } }),
      guarded({ images: 'two', labels: { a: { b: 'two' } } }),
      [
        { label: 'image', approved: 'one', live: 'two' },
        { label: 'label a.b', approved: 'one', live: 'two' },
      ],
    ],
    [
      'a number that an autoscaler does not move any more',
      guarded({ replicas: { by: 'HorizontalPodAutoscaler/gw', min: 2, max: 10 } }),
      guarded({ replicas: 11 }),
      [{ label: 'replicas', approved: '2 to 10 (HorizontalPodAutoscaler/gw)', live: '11' }],
    ],
    [
      'a list, as a whole',
      guarded({ taints: ['a=:NoSchedule'] }),
      guarded({ taints: [] }),
      [{ label: 'taints', approved: 'a=:NoSchedule', live: 'none' }],
    ],
    [
      'what an older version bound to',
      guarded({ someOldField: 1 }),
      guarded({}),
      [{ label: 'some old field', approved: '1', live: 'not set' }],
    ],
    [
      'an annotation, without its values',
      guarded({ annotations: { a: 'token one', b: 'token two', c: null } }),
      guarded({ annotations: { a: 'token three', b: null, c: 'token four' } }),
      [
        { label: 'annotation a', approved: 'a value', live: 'another value' },
        { label: 'annotation b', approved: 'a value', live: 'not set' },
        { label: 'annotation c', approved: 'not set', live: 'another value' },
      ],
    ],
    [
      'lists of several, of objects, and an empty text',
      guarded({ taints: ['a', 'b'], fields: { 'spec.x': [{ b: 1, a: true }], 'spec.y': '' } }),
      guarded({ taints: ['a'], fields: { 'spec.x': [], 'spec.y': 'z' } }),
      [
        { label: 'spec.x', approved: '{"a":true,"b":1}', live: 'none' },
        { label: 'spec.y', approved: 'not set', live: 'z' },
        { label: 'taints', approved: 'a, b', live: 'a' },
      ],
    ],
    [
      'a part that people have no words for',
      { verb: 'scale', tier: 1 },
      { verb: 'pause' },
      [
        { label: 'tier', approved: '1', live: 'not set' },
        { label: 'verb', approved: 'scale', live: 'pause' },
      ],
    ],
    [
      'annotations that are not those of the object',
      { targetState: { annotations: { a: 'one' } }, annotations: { a: 'one' } },
      { targetState: { annotations: { a: 'two' } }, annotations: { a: 'two' } },
      [
        { label: 'annotations: a', approved: 'one', live: 'two' },
        { label: 'what it comes to: annotations.a', approved: 'one', live: 'two' },
      ],
    ],
    [
      'a field of what it comes to, in the same words',
      { targetState: { sentence: 'It runs.', fields: { 'spec.paused': true } } },
      { targetState: { sentence: 'It runs.', fields: { 'spec.paused': false } } },
      [{ label: 'what it comes to: spec.paused', approved: 'yes', live: 'no' }],
    ],
    [
      'a rollback that there was not',
      { guarded: 1 },
      { rollbackPlan: { sentence: 'Scale back to 3.' }, guarded: 1 },
      [{ label: 'rollback', approved: 'not set', live: '{"sentence":"Scale back to 3."}' }],
    ],
    [
      'a sentence that is none',
      { rollbackPlan: { sentence: 1 } },
      { rollbackPlan: { sentence: 2 } },
      [{ label: 'rollback: sentence', approved: '1', live: '2' }],
    ],
    [
      'a rollback that is gone',
      { rollbackPlan: { sentence: 'Scale back to 3.' } },
      {},
      [{ label: 'rollback', approved: '{"sentence":"Scale back to 3."}', live: 'not set' }],
    ],
    [
      'several objects that became one',
      { members: { 'Pod/a': { uid: '1' } } },
      { uid: '1' },
      [
        { label: 'members', approved: '{"Pod/a":{"uid":"1"}}', live: 'not set' },
        { label: 'identity of the object', approved: 'not set', live: '1' },
      ],
    ],
    [
      'several, in the order of their names',
      { members: { 'Pod/b': { verb: 'b' }, 'Pod/a': { verb: 'a' } } },
      { members: {} },
      ['Pod/a', 'Pod/b'].map((object) => ({
        ...{ object, label: 'part of the request', approved: 'among them', live: 'not among them' },
      })),
    ],
    ['a binding that is no object', 'one', { a: 1 }, [{ label: '', approved: 'one', live: '{"a":1}' }]],
    [
      'one object that became several',
      { uid: '1' },
      { members: { 'Pod/a': { uid: '1' } } },
      [
        { label: 'members', approved: 'not set', live: '{"Pod/a":{"uid":"1"}}' },
        { label: 'identity of the object', approved: '1', live: 'not set' },
      ],
    ],
    [
      'several whose binding is no object',
      { members: { 'Pod/a': 1 } },
      { members: { 'Pod/a': 2 } },
      [{ object: 'Pod/a', label: '', approved: '1', live: '2' }],
    ],
    [
      'what it comes to and its rollback, in their own sentences',
      {
        rollbackPlan: { kind: 'action', action: { replicas: 3 }, sentence: 'Scale back to 3.' },
        targetState: { sentence: 'It runs revision 3.', fields: { 'spec.template': 'revision 3' } },
      },
      {
        rollbackPlan: { kind: 'none', sentence: 'There is none.' },
        targetState: { sentence: 'It runs revision 4.', fields: { 'spec.template': 'revision 4' } },
      },
      [
        { label: 'what it comes to', approved: 'It runs revision 3.', live: 'It runs revision 4.' },
        { label: 'rollback', approved: 'Scale back to 3.', live: 'There is none.' },
      ],
    ],
    [
      'one of several, by its name',
      { members: { 'Pod/a': { uid: '1', guarded: { replicas: 3 } }, 'Pod/b': { uid: '2' } } },
      { members: { 'Pod/a': { uid: '9', guarded: { replicas: 5 } }, 'Pod/b': { uid: '2' } } },
      [
        { object: 'Pod/a', label: 'replicas', approved: '3', live: '5' },
        { object: 'Pod/a', label: 'identity of the object', approved: '1', live: '9' },
      ],
    ],
    [
      'one that came and one that went',
      { members: { 'Pod/a': {}, 'Pod/b': {} } },
      { members: { 'Pod/b': {}, 'Pod/c': {} } },
      [
        { object: 'Pod/a', label: 'part of the request', approved: 'among them', live: 'not among them' },
        { object: 'Pod/c', label: 'part of the request', approved: 'not among them', live: 'among them' },
      ],
    ],
  ])('%s', (_name, approved, live, expected) => {
    expect(differences(approved, live)).toEqual(expected);
  });
});
