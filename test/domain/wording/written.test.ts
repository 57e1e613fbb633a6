import { expect, it } from 'vitest';
import { writtenText } from '../../../src/actions/written.ts';
import type { ActionOf } from '../../../src/domain/action.ts';

const deployment = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const node = { kind: 'Node', name: 'worker-1' } as const;

it.each<[string, ActionOf<'label' | 'annotate' | 'taint' | 'patch'>]>([
  [
    'has the labels a=1, b= and has no label old',
    {
      verb: 'label',
      target: deployment,
      set: [
        { key: 'a', value: '1' },
        { key: 'b', value: '' },
      ],
      remove: ['old'],
      overwrite: true,
    },
  ],
  [
    'has the annotation note and has no annotations x, y',
    {
      verb: 'annotate',
      target: deployment,
      set: [{ key: 'note', value: 'a whole document' }],
      remove: ['x', 'y'],
      overwrite: true,
    },
  ],
  [
    'has the taints gpu=yes:NoSchedule, quiet:NoExecute and has no taint old',
    {
      verb: 'taint',
      target: node,
      add: [
        { key: 'gpu', value: 'yes', effect: 'NoSchedule' },
        { key: 'quiet', effect: 'NoExecute' },
      ],
      remove: [{ key: 'old' }],
      overwrite: true,
    },
  ],
  [
    'has spec.minReadySeconds 5',
    { verb: 'patch', target: deployment, fields: [{ path: 'spec.minReadySeconds', value: 5 }] },
  ],
])('%s', (text, action) => {
  expect(writtenText(action)).toBe(text);
});
