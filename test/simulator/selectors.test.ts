import { describe, expect, test } from 'vitest';
import { fieldSelector, labelSelector, matchesSelector } from '../../src/simulator/selectors.ts';

const labels = { app: 'web', tier: 'front', 'app.kubernetes.io/name': 'web' };

test.each([
  ['', true],
  ['app=web', true],
  ['app==web', true],
  ['app=db', false],
  ['app!=db', true],
  ['missing!=db', true],
  ['app in (web, db)', true],
  ['app in (db)', false],
  ['app notin (db,cache),tier=front', true],
  ['missing notin (db)', true],
  ['app', true],
  ['!app', false],
  ['!missing', true],
  ['app.kubernetes.io/name=web,app', true],
  ['app=web,tier=back', false],
])('labelSelector %j on app=web,tier=front: %s', (text, expected) => {
  expect(labelSelector(text)(labels)).toBe(expected);
});

test('a selector that cannot be read is a bad request', () => {
  expect(() => labelSelector('app in web')).toThrow(/unable to parse requirement/);
});

describe('a selector object', () => {
  test.each([
    ['an absent one matches nothing', undefined, false],
    ['an empty one matches everything', {}, true],
    ['labels', { matchLabels: { app: 'web' } }, true],
    ['labels that differ', { matchLabels: { app: 'db' } }, false],
    ['In', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
    ['Exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  ])('%s', (_, selector, expected) => {
    expect(matchesSelector(selector, labels)).toBe(expected);
  });
});

describe('a fieldSelector', () => {
  const pod = { metadata: { name: 'web-1' }, spec: { nodeName: 'worker-1' } };
  test.each([
    ['metadata.name=web-1', true],
    ['spec.nodeName=worker-1,metadata.name!=web-2', true],
    ['spec.nodeName=', false],
    ['status.phase=', true],
  ])('%j', (text, expected) => {
    expect(fieldSelector(text, 'pods')(pod)).toBe(expected);
  });

  test('of a field that pods do not offer is a bad request', () => {
    expect(() => fieldSelector('spec.priority=1', 'pods')).toThrow(
      'field label not supported: spec.priority',
    );
  });
});
