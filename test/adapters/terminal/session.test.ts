import { expect, test } from 'vitest';
import { type Line, readLine } from '../../../src/adapters/terminal/session.ts';

const cases: readonly (readonly [string, Line])[] = [
  ['', { kind: 'empty' }],
  ['  quit ', { kind: 'quit' }],
  ['exit', { kind: 'quit' }],
  ['alert', { kind: 'alert' }],
  ['approve 3 as carol', { kind: 'vote', decision: 'approve', number: 3, as: 'carol' }],
  ['approve #3', { kind: 'vote', decision: 'approve', number: 3, as: 'bob' }],
  ['reject 12', { kind: 'vote', decision: 'reject', number: 12, as: 'bob' }],
  ['act now 3', { kind: 'act now', number: 3, as: 'bob', pause: false, reason: '' }],
  [
    'act now #3 as carol and pause: it is down: all of it',
    { kind: 'act now', number: 3, as: 'carol', pause: true, reason: 'it is down: all of it' },
  ],
  ['act now 3: down', { kind: 'act now', number: 3, as: 'bob', pause: false, reason: 'down' }],
  ['act now please', { kind: 'command', text: 'act now please' }],
  ['approve me', { kind: 'command', text: 'approve me' }],
  ['/remediate scale deploy/web --replicas=2', { kind: 'command', text: 'scale deploy/web --replicas=2' }],
  ['rollout restart deploy/web -- a  b', { kind: 'command', text: 'rollout restart deploy/web -- a  b' }],
  ['alert the team', { kind: 'command', text: 'alert the team' }],
];

test.each(cases)('%j is read as %j', (typed, line) => {
  expect(readLine(typed)).toEqual(line);
});
