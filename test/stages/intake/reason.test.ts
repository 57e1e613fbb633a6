import { expect, test } from 'vitest';
import type { WithReason } from '../../../src/stages/intake/reason.ts';
import { splitReason } from '../../../src/stages/intake/reason.ts';

test.each<[string, WithReason]>([
  ['delete pod a', { command: 'delete pod a' }],
  ['delete pod a -- stuck since noon', { command: 'delete pod a', reason: 'stuck since noon' }],
  ['  delete pod a   --   stuck  ', { command: '  delete pod a', reason: 'stuck' }],
  ['delete pod a -- one -- two', { command: 'delete pod a', reason: 'one -- two' }],
  ['delete pod a --', { command: 'delete pod a' }],
  ['delete pod a -- ', { command: 'delete pod a' }],
  ['-- only a reason', { command: '', reason: 'only a reason' }],
  ['delete pod a\n--\nstuck', { command: 'delete pod a', reason: 'stuck' }],
  ['delete pod a \\\n  -- stuck', { command: 'delete pod a', reason: 'stuck' }],
  ['delete pod a\\\r\n-- stuck', { command: 'delete pod a', reason: 'stuck' }],
  ['delete pod a \\ -- stuck', { command: 'delete pod a \\', reason: 'stuck' }],
  ['scale deploy/a --replicas=3', { command: 'scale deploy/a --replicas=3' }],
  ['delete pod a-- b', { command: 'delete pod a-- b' }],
  ['delete pod a --- b', { command: 'delete pod a --- b' }],
  ['delete pod a- b', { command: 'delete pod a- b' }],
  ['delete pod a \u2014 typed on a phone', { command: 'delete pod a', reason: 'typed on a phone' }],
  ['scale deploy/a \u2014replicas=3', { command: 'scale deploy/a \u2014replicas=3' }],
  ['delete pod a \u2013 typed on a phone', { command: 'delete pod a', reason: 'typed on a phone' }],
  ['', { command: '' }],
])('%j', (text, expected) => {
  expect(splitReason(text)).toEqual(expected);
});
