import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlertmanager, readGrafana, sentAlert } from '../../../src/adapters/http/alertmanager.ts';
import { plainAlert } from '../../../src/adapters/http/plain-alert.ts';
import { alert } from '../../../src/domain/incidents/incident.ts';
import { alertmanagerPayloads } from '../../fixtures/collections.ts';

const firing = {
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'web-1' },
  annotations: { summary: 'Pod is crash looping.' },
  startsAt: '2026-08-03T09:52:26.739266876+02:00',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'b1d1c3f0a5f00c1d',
};
const body = (...alerts: unknown[]) => ({ version: '4', status: 'firing', alerts });

describe("a body of Grafana's", () => {
  const sent = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'));

  test('becomes alerts of its own source, each by itself', () => {
    const read = readGrafana(sent('grafana-v1-two-firing'));
    expect(read).toMatchObject({
      kind: 'alerts',
      alerts: [
        { source: 'grafana', fingerprint: 'c6eadffa33fcdf37', startsAt: '2021-10-12T07:51:03.157Z' },
        { source: 'grafana', fingerprint: 'bc97ff14869b13e3', labels: { team: 'blue' } },
      ],
      leftOut: [],
    });
    if (read.kind === 'alerts') for (const each of read.alerts) alert.parse(each);
    expect(readGrafana(sent('grafana-v1-test-alert-of-12'))).toMatchObject({
      alerts: [{ generatorUrl: '?orgId=1' }],
    });
  });

  test('of the older alerting, or of another sender, is refused with the reason', () => {
    const reason =
      'Not a webhook of Grafana unified alerting: "version": must be "1", the version of the webhook format that Grafana sends';
    for (const other of [sent('grafana-legacy-alerting'), sent('alertmanager-v4-job-failed-firing')])
      expect(readGrafana(other)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(readAlertmanager(sent('grafana-v1-two-firing'))).toMatchObject({ kind: 'refused' });
  });
});

describe('an Alertmanager body', () => {
  test('becomes alerts, with times in UTC and no end while firing', () => {
    expect(readAlertmanager(body(firing))).toEqual({
      kind: 'alerts',
      alerts: [
        {
          source: 'alertmanager',
          fingerprint: 'b1d1c3f0a5f00c1d',
          status: 'firing',
          labels: firing.labels,
          annotations: firing.annotations,
          startsAt: '2026-08-03T07:52:26.739Z',
          generatorUrl: 'http://prometheus/graph',
        },
      ],
      leftOut: [],
      truncated: 0,
    });
  });

  test('keeps the end of a resolved alert', () => {
    const read = readAlertmanager(body({ ...firing, status: 'resolved', endsAt: '2026-08-03T10:00:00Z' }));
    expect(read).toMatchObject({ alerts: [{ status: 'resolved', endsAt: '2026-08-03T10:00:00.000Z' }] });
  });

  test.each([
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+05:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '1999-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
  ])('does not take a time at which nothing can have happened: %s', (time) => {
    const start = readAlertmanager(body({ ...firing, startsAt: time }, firing));
    expect(start).toMatchObject({ leftOut: [expect.stringContaining('"alerts.0.startsAt": must be')] });
    const end = readAlertmanager(body({ ...firing, status: 'resolved', endsAt: time }));
    expect(end).toMatchObject({ alerts: [{ status: 'resolved' }] });
    expect(end).not.toHaveProperty('alerts.0.endsAt');
    expect(readAlertmanager(body({ ...firing, endsAt: time }))).toMatchObject({ leftOut: [] });
  });

  test('without fingerprints gets the same one for the same labels in any order', () => {
    const { fingerprint: _left, labels, ...rest } = firing;
    const turned = Object.fromEntries(Object.entries(labels).reverse());
    const [a, b] = [labels, turned].map((each) => readAlertmanager(body({ ...rest, labels: each })));
    expect(a).toEqual(b);
  });

  test('with fingerprints too long for a key of the database is told apart by them all the same', () => {
    const long = 'x'.repeat(3_000);
    const read = readAlertmanager(
      body(...[`${long}a`, `${long}b`, `${long}a`].map((fingerprint) => ({ ...firing, fingerprint }))),
    );
    if (read.kind !== 'alerts') throw new Error(read.reason);
    const [first, second, third] = read.alerts.map(({ fingerprint }) => fingerprint);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect([second === first, third === first]).toEqual([false, true]);
  });

  test.each([undefined, null, '', ' '])('with the fingerprint %j: two alerts are two', (fingerprint) => {
    const other = { ...firing.labels, pod: 'web-2' };
    const read = readAlertmanager(
      body({ ...firing, fingerprint }, { ...firing, fingerprint, labels: other }),
    );
    if (read.kind !== 'alerts') throw new Error(read.reason);
    expect(new Set(read.alerts.map((each) => each.fingerprint)).size).toBe(2);
    for (const each of read.alerts) expect(each.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  test('with one that cannot be read takes the others and names it', () => {
    const read = readAlertmanager(body(firing, { ...firing, labels: { a: 1 } }, 'x', firing));
    expect(read).toMatchObject({ kind: 'alerts', alerts: [{}, {}] });
    expect(read.kind === 'alerts' && read.leftOut).toEqual([
      expect.stringContaining('"alerts.1.labels.a"'),
      expect.stringContaining('"alerts.2"'),
    ]);
  });

  test('with annotations that are null takes them for none', () => {
    expect(readAlertmanager(body({ ...firing, annotations: null }))).toMatchObject({
      alerts: [{ annotations: {} }],
      leftOut: [],
    });
  });

  test('with an end while it fires, or without an address, has none', () => {
    const read = readAlertmanager(body({ ...firing, endsAt: '2026-08-03T10:00:00Z', generatorURL: null }));
    expect(read).not.toHaveProperty('alerts.0.endsAt');
    expect(read).not.toHaveProperty('alerts.0.generatorUrl');
  });

  test('that was truncated says by how many', () => {
    expect(readAlertmanager({ ...body(firing), truncatedAlerts: 37 })).toMatchObject({ truncated: 37 });
  });

  test('without alerts has none', () => {
    expect(readAlertmanager(body())).toEqual({ kind: 'alerts', alerts: [], leftOut: [], truncated: 0 });
  });

  test('with what PostgreSQL cannot store is kept visibly', () => {
    const read = readAlertmanager(body({ ...firing, labels: { alertname: 'a\0b\ud800c' } }));
    expect(read).toMatchObject({ alerts: [{ labels: { alertname: 'a\uFFFDb\uFFFDc' } }] });
  });

  test.each([
    [
      'another version',
      { ...body(firing), version: '3' },
      '"version": must be "4", the version of the webhook format that Alertmanager sends',
    ],
    ['alerts that are no list', { version: '4', alerts: {} }, '"alerts"'],
    [
      'a wrong time',
      body({ ...firing, startsAt: 'yesterday' }),
      '"alerts.0.startsAt": must be an RFC 3339 time',
    ],
    ['a label that is no text', body({ ...firing, labels: { a: 1 } }), '"alerts.0.labels.a"'],
    ['a list', [], 'the body'],
    ['null', null, 'the body'],
  ])('with %s is refused with the place', (_name, value, place) => {
    const read = readAlertmanager(value);
    expect(read.kind).toBe('refused');
    expect(read.kind === 'refused' && read.reason).toContain(place);
  });

  test('of any JSON is read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['alerts', 'refused']).toContain(readAlertmanager(value).kind);
      }),
    );
  });
});

describe('payloads', () => {
  const payloads = alertmanagerPayloads();

  test.each(payloads)('%s passes into the domain or is refused with a reason', (_file, payload) => {
    const read = readAlertmanager(payload);
    if (read.kind === 'refused') expect(read.reason).toMatch(/^Not an Alertmanager v4 webhook: .+: .+/);
    else for (const each of read.alerts) expect(alert.safeParse(each).success).toBe(true);
  });

  test.each([
    ['pods-crash-looping-firing', ['firing', 'firing']],
    ['pods-crash-looping-mixed', ['firing', 'resolved']],
    ['pods-crash-looping-resolved', ['resolved', 'resolved']],
    ['node-not-ready-resolved', ['resolved']],
    ['watchdog-firing', ['firing']],
    ['grafana-firing', ['firing']],
    ['fewest-fields-firing', ['firing']],
    ['without-version-firing', '"version"'],
    ['version-3-firing', '"version"'],
    ['time-of-no-standard-firing', '"alerts.0.startsAt"'],
  ])('%s', (name, expected) => {
    const [, payload] = payloads.find(([file]) => file === `alertmanager-v4-${name}`) ?? [];
    const read = readAlertmanager(payload);
    if (read.kind === 'refused') expect(read.reason).toContain(expected);
    else expect(read.alerts.map(({ status }) => status)).toEqual(expected);
  });
});

describe('an alert of a usual sender', () => {
  const usual = { ...firing, startsAt: '2026-08-03T09:52:26.739266876Z' };

  test.each<[string, object]>([
    ['that fires', {}],
    ['that is over', { status: 'resolved', endsAt: '2026-08-03T10:00:00Z' }],
    ['without what may be absent', { endsAt: undefined, generatorURL: undefined, fingerprint: undefined }],
  ])('%s is taken as it is', (_name, changed) => {
    const sent = { ...usual, ...changed };
    expect(plainAlert(sent)).toEqual(sentAlert.parse(sent));
  });

  test.each<[string, unknown]>([
    ...[null, 7, [usual]].map((value): [string, unknown] => [JSON.stringify(value).slice(0, 9), value]),
    ['another status', { ...usual, status: 'burning' }],
    ['no annotations', { ...usual, annotations: null }],
    ['a list of labels', { ...usual, labels: [] }],
    ['a number for a label', { ...usual, labels: { a: 1 } }],
    ['a NUL in a label', { ...usual, labels: { a: '\0' } }],
    ['a NUL in a name', { ...usual, labels: { '\0': 'a' } }],
    ['half a character', { ...usual, labels: { a: '\ud800' } }],
    ['a name that means something', { ...usual, labels: JSON.parse('{"__proto__":"x"}') }],
    ['an address that is none', { ...usual, generatorURL: 7 }],
    ['a fingerprint that is none', { ...usual, fingerprint: null }],
    ['an end that is none', { ...usual, endsAt: 7 }],
    ['an end that is no time', { ...usual, endsAt: 'soon' }],
    ['an end with an offset', { ...usual, endsAt: firing.startsAt }],
    ['a start with an offset', firing],
    ['a start that is none', { ...usual, startsAt: 7 }],
    ['a start that no calendar has', { ...usual, startsAt: '2026-02-30T00:00:00Z' }],
    ['a start in a month that there is not', { ...usual, startsAt: '2026-13-01T00:00:00Z' }],
    ['a start of long ago', { ...usual, startsAt: '1999-12-31T23:59:59Z' }],
    ['a start with something before it', { ...usual, startsAt: 'x2026-08-03T09:52:26Z' }],
    ['a start with something behind it', { ...usual, startsAt: '2026-08-03T09:52:26Zx' }],
  ])('is left to the schema where there is something about it: %s', (_name, value) => {
    expect(plainAlert(value)).toBeUndefined();
  });
});
