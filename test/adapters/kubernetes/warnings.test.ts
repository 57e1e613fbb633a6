import { expect, test } from 'vitest';
import { type Event, event } from '../../../src/adapters/kubernetes/client/objects.ts';
import { warningsAbout } from '../../../src/adapters/kubernetes/facts/warnings.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';

const at = '2026-03-01T12:00:00.000Z';
const uids = new Set(['pod', 'set']);
const about = (uid: string, reason: string, rest: object) =>
  event.parse({ metadata: {}, involvedObject: { uid }, type: 'Warning', reason, ...rest });

const counted = about('pod', 'FailedScheduling', { count: 3, lastTimestamp: '2026-03-01T11:50:00Z' });
const series = about('pod', 'FailedScheduling', {
  eventTime: '2026-03-01T11:40:00.123456Z',
  series: { count: 4, lastObservedTime: '2026-03-01T11:55:00.654321Z' },
});
const single = about('set', 'FailedCreate', { eventTime: '2026-03-01T11:58:00.000001Z' });
const last = '2026-03-01T11:55:00.654Z';

const cases: [string, Event[], Facts['warnings']][] = [
  ['nothing', [], []],
  ['both shapes are one reason', [counted, series], [{ reason: 'FailedScheduling', count: 7, last }]],
  [
    'reasons come by name',
    [series, single],
    [
      { reason: 'FailedCreate', count: 1, last: '2026-03-01T11:58:00.000Z' },
      { reason: 'FailedScheduling', count: 4, last },
    ],
  ],
  ['another object', [about('other', 'Failed', { lastTimestamp: at })], []],
  ['an hour ago', [about('pod', 'Failed', { lastTimestamp: '2026-03-01T11:00:00Z' })], []],
  ['no time at all', [about('pod', 'Failed', {})], []],
  ['nothing to worry about', [about('pod', 'Pulled', { type: 'Normal', lastTimestamp: at })], []],
];

test.each(cases)('%s', (_name, events, warnings) => {
  expect(warningsAbout(events, uids, at)).toEqual({ warnings });
});

test('events that may not be listed are not the same as none', () => {
  expect(warningsAbout(undefined, uids, at)).toEqual({});
});
