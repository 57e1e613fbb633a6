import { expect, test } from 'vitest';
import { comparisonText } from '../../../src/stages/show/comparison.ts';

const targetState = {
  sentence: 'Deployment/web has 1 replica.',
  fields: { 'spec.replicas': 1, 'spec.template.spec.containers[web].image': 'web:3' },
};

test('what was approved, what is live and what would now happen stand side by side', () => {
  const differences = [
    { label: 'replicas', approved: '3', live: '5' },
    { label: 'image of web', approved: 'web:1', live: 'web:2' },
    { label: 'paused', approved: 'no', live: 'yes' },
    { label: 'rollback', approved: 'Back to 3.', live: 'Back to 5.' },
  ];
  expect(comparisonText(differences, { targetState })).toBe(
    [
      'What          Approved    Live        Would now happen',
      'replicas      3           5           1',
      'image of web  web:1       web:2       web:3',
      'paused        no          yes         stays as it is live',
      'rollback      Back to 3.  Back to 5.  Back to 5.',
    ].join('\n'),
  );
});

test('what runs by itself was judged, and approved by nobody', () => {
  const differences = [{ label: 'tier', approved: 'auto', live: 'human' }];
  expect(comparisonText(differences, { targetState }, 'Judged')).toBe(
    ['What  Judged  Live   Would now happen', 'tier  auto    human  human'].join('\n'),
  );
});

test('what would happen is not told by what was approved where that comes to something else now', () => {
  const differences = [
    { label: 'image of web', approved: 'web:1', live: 'web:2' },
    { label: 'what it comes to', approved: 'Deployment/web has 1 replica.', live: 'Deployment/web has 2.' },
  ];
  const sentence = 'Deployment/web has 2.';
  expect(comparisonText(differences, { targetState })).toContain('Would now happen  see what it comes to\n');
  expect(comparisonText(differences, { targetState: { ...targetState, sentence } })).toContain(
    'Would now happen  web:3\n',
  );
});

test('nor of one object of several', () => {
  const object = 'Deployment/a';
  const differences = [
    { object, label: 'replicas', approved: '3', live: '4' },
    { object, label: 'what it comes to', approved: 'It has 1.', live: 'It has 2.' },
  ];
  const of = (sentence: string) =>
    comparisonText(differences, { targetState: { sentence, fields: { 'a: spec.replicas': 1 } } });
  expect(of('It has 1. Deployment/b has 1.')).toContain('see what it comes to');
  expect(of('It has 2. Deployment/b has 1.')).not.toContain('see what it comes to');
});

test('each object of several has its own', () => {
  const fields = { 'a: spec.replicas': 1, 'b: spec.replicas': 1 };
  const text = comparisonText([{ object: 'Deployment/b', label: 'replicas', approved: '3', live: '4' }], {
    targetState: { sentence: '', fields },
  });
  expect(text).toContain('Deployment/b: replicas  3         4     1');
});

test('nothing is compared where no value can be named', () => {
  expect(comparisonText([], { targetState })).toBe('');
});
