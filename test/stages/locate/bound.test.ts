import { expect, test } from 'vitest';
import type { Emergency } from '../../../src/domain/manifest/emergency.ts';
import type { RequestedChange } from '../../../src/domain/manifest/git-change.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { boundTo } from '../../../src/stages/locate/bound.ts';

const binding = { replicas: 5 };
const owner = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;
const place = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: 'apps', recurse: false, keys: [] },
  ...{ owner, selfHeal: true },
};
const line = { file: 'apps/web.yaml', line: 7, before: '  replicas: 3', after: '  replicas: 5' };
const request: RequestedChange = { kind: 'request', place, base: 'a'.repeat(40), lines: [line] };
const emergency: Emergency = {
  ...{ by: { userId: 'U0ANN', teamId: 'T0' }, reason: 'It is down.', at: '2026-03-01T12:00:00.000Z' },
  pause: { owner, minutes: 60 },
};
const { pause: _pause, ...unpaused } = emergency;
const text = (...[change, urgent]: [RequestedChange?, Emergency?]) =>
  canonicalJson(boundTo(binding, change, urgent));

test('without a pull request it is what it was', () => {
  expect(boundTo(binding, undefined)).toBe(binding);
  expect(boundTo(binding, undefined, emergency)).toBe(binding);
  expect(boundTo(binding, { kind: 'already', place, base: request.base })).toBe(binding);
  expect(boundTo(binding, { kind: 'by hand', reason: 'No.' })).toBe(binding);
});

test('with one it is the place and the text of each line', () => {
  const { file, before, after } = line;
  const bound = {
    target: binding,
    request: { repository: place.repository, branch: 'main', lines: [{ file, before, after }] },
  };
  expect(boundTo(binding, request)).toEqual(bound);
  expect(boundTo(binding, request, unpaused)).toEqual({
    ...bound,
    emergency: { reason: 'It is down.', pause: null },
  });
  expect(boundTo(binding, request, emergency)).toEqual({
    ...bound,
    emergency: { reason: 'It is down.', pause: { owner, minutes: 60 } },
  });
});

test.each<[string, RequestedChange?, Emergency?]>([
  ['another repository', { ...request, place: { ...place, repository: 'https://git.example/other' } }],
  ['another branch', { ...request, place: { ...place, branch: 'release' } }],
  ['another file', { ...request, lines: [{ ...line, file: 'apps/other.yaml' }] }],
  ['another line before', { ...request, lines: [{ ...line, before: '  replicas: 4' }] }],
  ['another line after', { ...request, lines: [{ ...line, after: '  replicas: 6' }] }],
  ['one line more', { ...request, lines: [line, line] }],
  ['an emergency', request, unpaused],
])('a vote on one is none on %s', (_name, change, urgent) => {
  expect(text(change, urgent)).not.toBe(text(request));
});

test.each<[string, Emergency]>([
  ['another reason', { ...emergency, reason: 'It is slow.' }],
  ['no pause', unpaused],
  ['a longer pause', { ...emergency, pause: { owner, minutes: 61 } }],
  ['a pause of another', { ...emergency, pause: { owner: { ...owner, name: 'other' }, minutes: 60 } }],
])('in an emergency a vote is none on %s', (_name, urgent) => {
  expect(text(request, urgent)).not.toBe(text(request, emergency));
});

test('where the lines stand by now, who asked and when are no part of it', () => {
  const moved = { ...request, base: 'b'.repeat(40), lines: [{ ...line, line: 9 }] };
  const later = { ...emergency, by: { userId: 'U0BEN', teamId: 'T0' }, at: '2026-03-01T12:01:00.000Z' };
  expect(text(moved, later)).toBe(text(request, emergency));
});
