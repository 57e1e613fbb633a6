import { expect, test } from 'vitest';
import { type Chart, chart, chartLines } from '../../src/domain/incidents/chart.ts';
import { longEvidence, type Seen, shortEvidence } from '../../src/domain/incidents/evidence.ts';
import { type Grouped, withMore } from '../../src/domain/incidents/grouped.ts';
import { type Alert, alert, alertKey, alertName } from '../../src/domain/incidents/incident.ts';
import { cardKey, incidentKey, partKey } from '../../src/domain/incidents/notice.ts';

const nothing: Seen = { pods: [], images: [], changes: [], story: '', missing: [] };
const whole: Seen = {
  ...{ pods: ['1 of 3 ready.'], images: ['web:2, before web:1'], changes: ['latest', 'before', 'first'] },
  ...{ story: 'web-1 says: out of memory', missing: ['logs (forbidden)', 'events (timed out)'] },
};

test.each<[string, Seen, string[], string]>([
  ['nothing', nothing, [], ''],
  [
    'much',
    whole,
    [
      ...['1 of 3 ready.', 'web:2, before web:1', 'latest', 'before'],
      'Not seen: logs (forbidden); events (timed out)',
    ],
    'first\nweb-1 says: out of memory',
  ],
  ['only changes', { ...nothing, changes: ['latest', 'before', 'first'] }, ['latest', 'before'], 'first'],
])('what was seen of an object, in a few lines and in the others: %s', (_name, seen, short, long) => {
  expect(shortEvidence(seen)).toEqual(short);
  expect(longEvidence(seen)).toBe(long);
});

const [noon, later] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:05:00.000Z'];
const group: Grouped = {
  ...{ count: 3, latestAt: noon },
  names: [
    { name: 'a', count: 2 },
    { name: 'b', count: 1 },
  ],
};
const full = Array.from({ length: 200 }, (_, index) => `n${index}`);

test.each<[string, Grouped | undefined, string[], number, Record<string, number>]>([
  ['one is the first', undefined, ['a'], 1, { a: 1 }],
  ['two more make the second the first', group, ['b', 'b'], 5, { b: 3, a: 2 }],
  ['one more with a new name', group, ['c'], 4, { a: 2, b: 1, c: 1 }],
  ['a long name is cut', undefined, ['x'.repeat(121)], 1, { ['x'.repeat(120)]: 1 }],
])('alerts that are told together: %s', (_name, before, names, count, expected) => {
  const after = withMore(before, names, later);
  expect(after).toMatchObject({ count, latestAt: later });
  expect(after.names).toEqual(Object.entries(expected).map(([name, each]) => ({ name, count: each })));
});

test('of more than two hundred names the others are in the count alone', () => {
  const after = withMore(withMore(undefined, full, noon), ['n7', 'another'], later);
  expect(after.count).toBe(202);
  expect(after.names).toHaveLength(200);
  expect(after.names[0]).toEqual({ name: 'n7', count: 2 });
});

const firing: Alert = {
  ...{ source: 'alertmanager', fingerprint: 'f1', status: 'firing', startsAt: noon },
  ...{ labels: { alertname: 'Slow' }, annotations: {} },
};

test.each<[string, Partial<Alert>, string, string]>([
  ['with a name', {}, 'Slow', `alertmanager:f1:${noon}`],
  ['without a name', { labels: {} }, 'unnamed alert', `alertmanager:f1:${noon}`],
  ['that is over', { status: 'resolved', endsAt: later }, 'Slow', `alertmanager:f1:${noon}`],
  ['that fires again', { startsAt: later }, 'Slow', `alertmanager:f1:${later}`],
  ['of another source', { source: 'grafana' }, 'Slow', `grafana:f1:${noon}`],
  ['of other labels', { fingerprint: 'f2' }, 'Slow', `alertmanager:f2:${noon}`],
])('an alert %s', (_name, changed, name, key) => {
  const read = alert.parse({ ...firing, ...changed });
  expect([alertName(read), alertKey(read)]).toEqual([name, key]);
});

test.each([
  [{ fingerprint: '' }],
  [{ status: 'pending' }],
  [{ source: 'Alert Manager' }],
  [{ source: '-a' }],
  [{ source: 'a_b' }],
  [{ startsAt: 'noon' }],
  [{ more: 1 }],
])('there is no alert with %j', (changed) => {
  expect(alert.safeParse({ ...firing, ...changed }).success).toBe(false);
});

test('what is delivered of one thing has its own key', () => {
  expect([cardKey('r1'), incidentKey('i1')]).toEqual(['card:r1', 'incident:i1']);
  const part = { kind: 'part', remediationId: 'r1', number: 7, version: 3, part: 2, of: 4 } as const;
  expect(partKey({ ...part, passages: [] })).toBe('part:r1:3:2');
});

const restarts: Chart = {
  ...{ title: 'Restarts', unit: 'in 5 min', at: ['2026-03-01T11:10:00.000Z', noon, later] },
  series: [{ name: 'web', values: [0, 7.12345, 6] }],
};
const api = { name: 'api', values: [3, 1, 2] };

test.each<[string, Chart, string[]]>([
  ['one series', restarts, ['Restarts (in 5 min): 0 at 11:10 UTC, 6 at 12:05 UTC; between 0 and 7.123.']],
  [
    'two series',
    { ...restarts, series: [...restarts.series, api] },
    [
      'Restarts, web (in 5 min): 0 at 11:10 UTC, 6 at 12:05 UTC; between 0 and 7.123.',
      'Restarts, api (in 5 min): 3 at 11:10 UTC, 2 at 12:05 UTC; between 1 and 3.',
    ],
  ],
])('a chart in words: %s', (_name, drawn, lines) => {
  expect(chart.parse(drawn)).toEqual(drawn);
  expect(chartLines(drawn, noon)).toEqual(lines);
});

test.each<[string, Partial<Chart>]>([
  ['without a title', { title: '' }],
  ['with a long title', { title: 'x'.repeat(51) }],
  ['without a unit', { unit: '' }],
  ['of one instant', { at: [noon], series: [{ name: 'web', values: [1] }] }],
  ['of nothing', { series: [] }],
  ['of a series without a name', { series: [{ ...api, name: '' }] }],
  ['of a series with a long name', { series: [{ ...api, name: 'x'.repeat(21) }] }],
  ['of seven series', { series: Array.from({ length: 7 }, () => api) }],
  ['with a value too few in one series', { series: [api, { name: 'web', values: [1, 2] }] }],
])('there is no chart %s', (_name, changed) => {
  expect(chart.safeParse({ ...restarts, ...changed }).success).toBe(false);
});
