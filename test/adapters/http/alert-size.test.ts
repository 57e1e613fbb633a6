import { expect, test } from 'vitest';
import { withinSize } from '../../../src/adapters/http/alert-size.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { noon } from '../../fixtures/facts.ts';

const alert = (more: Partial<Alert>): Alert => ({
  fingerprint: 'f',
  status: 'firing',
  labels: { alertname: 'Large' },
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
  ...more,
});

const of = (...alerts: Alert[]) =>
  withinSize({ kind: 'alerts', alerts, leftOut: ['alerts.7: wrong'], truncated: 2 });

const long = (length: number) => 'x'.repeat(length);

test('what says no more than most is taken as it is', () => {
  const usual = [alert({}), alert({ annotations: { summary: long(60_000) } })];
  expect(of(...usual).alerts).toEqual(usual);
});

test.each<[string, Partial<Alert>, number]>([
  ['one annotation of a whole body', { annotations: { summary: long(4_000_000), runbook: 'short' } }, 4_100],
  ['a pair of halves at the cut', { annotations: { a: `${long(3_999)}😀${long(70_000)}` } }, 4_100],
])('annotations are cut: %s', (_name, more, most) => {
  const { alerts, leftOut } = of(alert(more));
  expect(leftOut).toEqual(['alerts.7: wrong']);
  const [found] = alerts;
  expect(JSON.stringify(found?.annotations).length).toBeLessThan(most);
  expect(JSON.stringify(found?.annotations)).toContain(' … (cut)');
  expect(JSON.stringify(found?.annotations).isWellFormed()).toBe(true);
  expect(found?.labels).toEqual({ alertname: 'Large' });
});

const many = (count: number, text: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, text]));

test.each<[string, Partial<Alert>]>([
  ['labels, which are never cut', { labels: { alertname: 'Large', note: long(70_000) } }],
  ['many labels', { labels: { alertname: 'Large', ...many(2_000, long(40)) } }],
  ['many annotations', { annotations: many(2_000, long(100)) }],
  ['an address', { generatorUrl: `http://p.example/${long(70_000)}` }],
  ['a fingerprint', { fingerprint: long(70_000) }],
])('what is larger even so is left out, and the others are not: %s', (_name, more) => {
  const { alerts, leftOut } = of(alert({}), alert(more));
  expect(alerts).toEqual([alert({})]);
  expect(leftOut).toEqual(['alerts.7: wrong', 'the alert "Large" has more than 65536 characters']);
});

/** Of 65,536 characters, with its name, its key and its fingerprint. */
const full = (more = 0) => alert({ labels: { alertname: 'Large', note: long(65_517 + more) } });

test('as many characters as there may be are taken, and one more is not', () => {
  expect(of(full()).alerts).toEqual([full()]);
  expect(of(full(1)).alerts).toEqual([]);
});

test('of a large alert only what is long is cut', () => {
  const annotations = { a: long(4_000), b: long(4_001), c: long(66_000) };
  const [cut] = of(alert({ annotations })).alerts;
  expect(cut?.annotations).toEqual({
    a: annotations.a,
    b: `${long(4_000)} … (cut)`,
    c: `${long(4_000)} … (cut)`,
  });
});

test('beside a large one, those that are as large as they may be stay as they are', () => {
  const large = alert({ annotations: { summary: long(66_000) } });
  const said = alert({ annotations: { summary: long(65_514) } });
  const { alerts, leftOut } = of(full(), said, large);
  expect(alerts.slice(0, 2)).toEqual([full(), said]);
  expect(leftOut).toEqual(['alerts.7: wrong']);
});

test('beside a large one the others stay as they are', () => {
  const usual = alert({ annotations: { summary: long(50_000) } });
  expect(of(usual, alert({ annotations: { summary: long(66_000) } })).alerts[0]).toEqual(usual);
});
