import { expect, test } from 'vitest';
import { differenceText } from '../../src/domain/difference.ts';

test.each([
  [{ label: 'replicas', approved: '3', live: '5' }, 'replicas: approved at 3, live is 5'],
  [
    { object: 'Deployment/a', label: 'paused', approved: 'no', live: 'yes' },
    'Deployment/a: paused: approved at no, live is yes',
  ],
  [
    { label: 'rollback', approved: 'Back to 3.', live: 'Back to 5.' },
    'rollback: approved at Back to 3, live is Back to 5',
  ],
  [{ label: 'path', approved: '.', live: 'a/..' }, 'path: approved at ., live is a/..'],
])('%j', (difference, text) => {
  expect(differenceText(difference)).toBe(text);
});
