import { describe, expect, test } from 'vitest';
import { alertSources } from '../../../src/adapters/http/alert-sources.ts';
import { alert } from '../../../src/domain/incidents/incident.ts';
import { builtInSources, jsonAlerts } from '../../../src/domain/policy/json-alerts.ts';

/** Formats of a policy, for the source that reads by one. */
const asked = {
  formats: { uptime: jsonAlerts.parse({ name: 'title', startsAt: 'since', labels: { pod: 'pod' } }) },
};

test('a policy may name each of them, besides its own formats and Warning events', () => {
  const names = alertSources.map(({ name }) => name).filter((name) => name !== 'json');
  expect([...names, 'kubernetes'].toSorted()).toEqual([...builtInSources].toSorted());
});

/** A body of each source that it could send. */
const good: Readonly<Record<string, unknown>> = {
  alertmanager: {
    version: '4',
    alerts: [{ status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00Z' }],
  },
  grafana: {
    version: '1',
    orgId: 1,
    state: 'alerting',
    alerts: [
      { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00Z', values: { B: 1 } },
    ],
  },
  pagerduty: {
    event: {
      event_type: 'incident.triggered',
      resource_type: 'incident',
      occurred_at: '2026-01-01T00:00:01.169Z',
      data: {
        ...{ id: 'PGR0VU2', type: 'incident', status: 'triggered', created_at: '2026-01-01T00:00:00Z' },
        title: 'A',
      },
    },
  },
  json: { title: 'A', since: 1_767_225_600 },
};

test('a token may come as a password to each that has one', () => {
  const basic = alertSources.filter((source) => source.basic === true).map(({ name }) => name);
  expect(basic).toEqual(['alertmanager', 'grafana', 'json']);
});

test.each(['name', 'path', 'variable'] as const)('no two sources share a %s', (key) => {
  const values = alertSources.map((source) => source[key]);
  expect(new Set(values).size).toBe(values.length);
});

describe.each(alertSources)('$name', ({ name, path, variable, read }) => {
  test('has a path below /webhooks and a variable for its token', () => {
    expect(path).toMatch(/^\/webhooks\/[a-z-]+$/);
    expect(variable).toMatch(/^[A-Z_]+_(TOKEN|SECRET)$/);
  });

  test('reads what it sends as alerts under its own name', () => {
    const alerts = read(good[name], asked);
    const source = name === 'json' ? 'json-uptime' : name;
    expect(alerts).toMatchObject({ kind: 'alerts', alerts: [{ source }] });
    if (alerts.kind === 'alerts') for (const each of alerts.alerts) alert.parse(each);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'alerts!'],
    ['a number', 7],
    ['a list', []],
    ['an empty object', {}],
    ['lists in the wrong places', { version: [], alerts: {} }],
  ])('refuses %s with one sentence', (_name, body) => {
    const refused = read(body, asked);
    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^\S.*: \S[^\n]*$/) });
  });
});
