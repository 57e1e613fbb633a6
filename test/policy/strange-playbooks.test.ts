import { expect, test } from 'vitest';
import { strangePlaybooks } from '../../src/policy/strange-playbooks.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
const trusting = (...playbooks: string[]) => ({
  trust: {
    minimum: 0.5,
    tier: 'human' as const,
    alone: playbooks.map((playbook) => ({ playbook, environment: 'other namespaces' })),
  },
});

test.each([
  ['one that is there', ['restart-web'], named('restart-web'), []],
  [
    'one that is nearly there',
    ['restart-web', 'restart-wbe'],
    named('undo-web', 'restart-web'),
    [
      'trust.alone.1.playbook: there is no playbook "restart-wbe", so that this has no effect; did you mean "restart-web"?',
    ],
  ],
  [
    'two that were taken out',
    ['cordon', 'restart-orders-database'],
    named('undo-web'),
    [
      'trust.alone.0.playbook: there is no playbook "cordon", so that this has no effect; there are undo-web',
      'trust.alone.1.playbook: there is no playbook "restart-orders-database", so that this has no effect; there are undo-web',
    ],
  ],
  [
    'one where there are none',
    ['cordon'],
    [],
    [
      'trust.alone.0.playbook: there is no playbook "cordon", so that this has no effect; no folder of playbooks is read, or it is empty',
    ],
  ],
])('%s', (_name, trusted, playbooks, sentences) => {
  expect(strangePlaybooks(trusting(...trusted), playbooks)).toEqual(sentences);
});

test('a policy that trusts none by name names none', () => {
  expect(strangePlaybooks({}, named('a'))).toEqual([]);
  expect(strangePlaybooks({ trust: { minimum: 0.5, tier: 'human' } }, [])).toEqual([]);
});
