import { describe, expect, test } from 'vitest';
import { alertSources } from '../../../src/adapters/http/alert-sources.ts';
import { alert } from '../../../src/domain/incidents/incident.ts';

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
};

test.each(['name', 'path', 'variable'] as const)('no two sources share a %s', (key) => {
  const values = alertSources.map((source) => source[key]);
  expect(new Set(values).size).toBe(values.length);
});

describe.each(alertSources)('$name', ({ name, path, variable, read }) => {
  test('has a path below /webhooks and a variable for its token', () => {
    expect(path).toMatch(/^\/webhooks\/[a-z-]+$/);
    expect(variable).toMatch(/^[A-Z_]+_TOKEN$/);
  });

  test('reads what it sends as alerts under its own name', () => {
    const alerts = read(good[name]);
    expect(alerts).toMatchObject({ kind: 'alerts', alerts: [{ source: name }] });
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
    const refused = read(body);
    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^\S.*: \S[^\n]*$/) });
  });
});
