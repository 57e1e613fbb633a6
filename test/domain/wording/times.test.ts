import { expect, test } from 'vitest';
import { type Requester, requester } from '../../../src/domain/actor.ts';
import { clockTime, span } from '../../../src/domain/text/clock-time.ts';
import { after } from '../../../src/domain/text/time.ts';
import { triedLines } from '../../../src/domain/text/tried.ts';

const noon = '2026-03-01T12:00:00.000Z';

test.each([
  ['2026-03-01T16:05:59.000Z', '16:05 UTC'],
  ['2026-03-02T16:05:59.000Z', '2026-03-02 16:05 UTC'],
])('%s is %s', (instant, text) => {
  expect(clockTime(instant, noon)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [0, '0 s'],
  [119.4, '119 s'],
  [119.5, '2 min'],
  [120, '2 min'],
  [7199, '120 min'],
  [7200, '2 h'],
  [9000, '3 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(span(noon, after(noon, seconds))).toBe(text);
});

const tried = (ended: 'not_verified' | 'inconclusive' | 'failed') => ({
  ...{ remediation: '00000000-0000-4000-8000-000000000001', number: 7, command: 'rollout undo deploy/web' },
  ...{ ended, because: 'two pods crash.', at: after(noon, -720) },
});
const playbook = (...ended: Parameters<typeof tried>[0][]): Requester =>
  requester.parse({
    ...{ kind: 'playbook', playbook: 'restart', alert: 'Crash' },
    ...(ended.length === 0 ? {} : { tried: ended.map(tried) }),
  });
const line = (how: string) =>
  `Tried 12 min ago, at 11:48 UTC (remediation 7, rollout undo deploy/web): ${how}, because two pods crash.`;

test.each<[string, Requester, readonly string[]]>([
  ['by a person', { kind: 'person', actor: { userId: 'U0ANN', teamId: 'T0' } }, []],
  ['by nobody before', playbook(), []],
  ['by a rollback', { kind: 'rollback', of: tried('failed').remediation, ofNumber: 7 }, []],
  [
    'three times',
    playbook('not_verified', 'inconclusive', 'failed'),
    [line('not verified'), line('inconclusive'), line('failed')],
  ],
])('tried %s', (_name, by, lines) => {
  expect(triedLines(by, noon)).toEqual(lines);
});
