import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readJsonAlerts } from '../../../src/adapters/http/json-alerts.ts';
import { alert } from '../../../src/domain/incidents/incident.ts';
import { jsonAlertFormats } from '../../../src/domain/policy/json-alerts.ts';
import { readStrictYaml } from '../../../src/policy/strict-yaml.ts';

const uptime = {
  alerts: 'checks',
  name: 'check.title',
  status: { from: 'state', firing: ['down', 'true'], resolved: ['up'] },
  startsAt: 'since',
  endsAt: 'until',
  fingerprint: 'check.id',
  labels: {
    namespace: 'meta.namespace',
    deployment: 'meta.labels["app.kubernetes.io/name"]',
    team: { is: 'shop' },
    first: 'tags[0]',
  },
  annotations: { summary: 'message' },
};
const formats = jsonAlertFormats.parse({ uptime });

const one = {
  check: { id: 7, title: 'Checkout is down' },
  state: 'down',
  since: '2026-01-31T10:00:00+01:00',
  meta: { namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } },
  tags: ['eu', 'blue'],
  message: 'HTTP 503',
};
const read = (...checks: unknown[]) => readJsonAlerts({ checks }, { formats });

test('each alert is read by the paths', () => {
  const found = read(one);
  expect(found).toEqual({
    kind: 'alerts',
    leftOut: [],
    truncated: 0,
    alerts: [
      {
        source: 'json-uptime',
        fingerprint: '7',
        status: 'firing',
        labels: {
          alertname: 'Checkout is down',
          namespace: 'shop',
          deployment: 'web',
          team: 'shop',
          first: 'eu',
        },
        annotations: { summary: 'HTTP 503' },
        startsAt: '2026-01-31T09:00:00.000Z',
      },
    ],
  });
  if (found.kind === 'alerts') z.array(alert).parse(found.alerts);
});

test.each<[string, object, object]>([
  [
    'its end',
    { state: 'up', until: 1_769_850_000 },
    { status: 'resolved', endsAt: '2026-01-31T09:00:00.000Z' },
  ],
  ['an end that is no time', { state: 'up', until: 'soon' }, { status: 'resolved' }],
  ['a truth for the state', { state: true }, { status: 'firing' }],
  ['seconds', { since: 1_769_850_000.5 }, { startsAt: '2026-01-31T09:00:00.500Z' }],
  ['milliseconds', { since: 1_769_850_000_000 }, { startsAt: '2026-01-31T09:00:00.000Z' }],
  ['a time without seconds', { since: '2026-01-31t09:00z' }, { startsAt: '2026-01-31T09:00:00.000Z' }],
  ['a time with a blank', { since: '2026-01-31 09:00:00.25Z' }, { startsAt: '2026-01-31T09:00:00.250Z' }],
  [
    'nine digits as a text, which are of another time',
    { since: '946684800' },
    { startsAt: '2000-01-01T00:00:00.000Z' },
  ],
  ['a part of a second in a text', { since: '1769850000.25' }, { startsAt: '2026-01-31T09:00:00.250Z' }],
  [
    'no label where the body says null',
    { meta: { namespace: null } },
    { labels: { alertname: 'Checkout is down', team: 'shop', first: 'eu' } },
  ],
  ['seconds as a text', { since: '1769850000' }, { startsAt: '2026-01-31T09:00:00.000Z' }],
  [
    'no labels where the body has none',
    { meta: null, tags: [] },
    { labels: { alertname: 'Checkout is down', team: 'shop' } },
  ],
  ['a NUL kept visibly', { message: 'a\0b' }, { annotations: { summary: 'a\uFFFDb' } }],
])('takes %s', (_name, changed, expected) => {
  expect(read({ ...one, ...changed })).toMatchObject({ alerts: [expected] });
});

test('without a fingerprint the labels are one, whatever else differs', () => {
  const { fingerprint: _, ...rest } = uptime;
  const prints = [{ message: 'a' }, { message: 'b' }, { meta: { namespace: 'other' } }].map((changed) => {
    const found = readJsonAlerts(
      { checks: [{ ...one, ...changed }] },
      { formats: jsonAlertFormats.parse({ rest }) },
    );
    return found.kind === 'alerts' ? found.alerts[0]?.fingerprint : undefined;
  });
  expect(prints[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(prints[1]).toBe(prints[0]);
  expect(prints[2]).not.toBe(prints[0]);
});

describe('what one alert lacks is told with its place, and the others are taken', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'down', '"checks[1]": must be an object'],
    ['no name', { ...one, check: {} }, '"checks[1].check.title": must be a text'],
    ['a name of blanks', { ...one, check: { title: ' ' } }, '"checks[1].check.title": must be a text'],
    ['a state of neither list', { ...one, state: 'odd' }, '"checks[1].state": must be one of down, true, up'],
    ['no state', { ...one, state: undefined }, '"checks[1].state": must be one of down, true, up'],
    [
      'no start',
      { ...one, since: undefined },
      '"checks[1].since": must be an RFC 3339 time, or seconds or milliseconds since 1970, of the years 2000 to 2099',
    ],
    ['a start without a zone', { ...one, since: '2026-01-31T10:00:00' }, '"checks[1].since"'],
    ['a start that is far away', { ...one, since: 9e300 }, '"checks[1].since"'],
    ['a start with something before it', { ...one, since: 'on 2026-01-31T10:00:00Z' }, '"checks[1].since"'],
    ['a start with something behind it', { ...one, since: '2026-01-31T10:00:00Z.' }, '"checks[1].since"'],
    ['a number with something before it', { ...one, since: 'T1769850000' }, '"checks[1].since"'],
    ['a number with something behind it', { ...one, since: '1769850000s' }, '"checks[1].since"'],
    ['a start of eight digits', { ...one, since: '99999999' }, '"checks[1].since"'],
    ['a start before 1970', { ...one, since: -1 }, '"checks[1].since"'],
    [
      'a label that is a list',
      { ...one, meta: { namespace: ['shop'] } },
      '"checks[1].meta.namespace": must be a text, a number, true or false',
    ],
  ])('%s', (_name, bad, sentence) => {
    const found = read(one, bad);
    expect(found).toMatchObject({ kind: 'alerts', alerts: [{ fingerprint: '7' }] });
    if (found.kind === 'alerts') expect(found.leftOut.join()).toContain(sentence);
  });

  test('and where nothing is left, the body is refused with the first', () => {
    expect(read({ ...one, state: 'odd' })).toEqual({
      kind: 'refused',
      reason: 'Not the format uptime of the policy: "checks[0].state": must be one of down, true, up',
    });
  });
});

test.each<[string, unknown, string]>([
  ['no list where one is to be', { checks: {} }, 'Not the format uptime of the policy: "checks" is no list'],
  [
    'more than are read at once',
    { checks: Array.from({ length: 10_001 }, () => null) },
    'Not the format uptime of the policy: more than 10000 alerts in one body',
  ],
  [
    'as many as are read at once, and none is one',
    { checks: Array.from({ length: 10_000 }, () => null) },
    'Not the format uptime of the policy: "checks[0]": must be an object',
  ],
])('%s is told', (_name, body, reason) => {
  expect(readJsonAlerts(body, { formats })).toEqual({ kind: 'refused', reason });
});

test('what fires has no end', () => {
  expect(read({ ...one, until: 1_769_850_000 })).not.toHaveProperty('alerts.0.endsAt');
});

test('of several formats the one that is asked for reads', () => {
  const both = jsonAlertFormats.parse({ a: { ...uptime, alerts: 'others' }, b: uptime });
  const found = readJsonAlerts({ checks: [one] }, { format: 'b', formats: both });
  expect(found).toMatchObject({ alerts: [{ source: 'json-b' }] });
});

test('a format without a list reads the body as one alert', () => {
  const { alerts: _, ...rest } = uptime;
  const single = { formats: jsonAlertFormats.parse({ rest }) };
  expect(readJsonAlerts(one, single)).toMatchObject({ alerts: [{ fingerprint: '7', source: 'json-rest' }] });
  expect(readJsonAlerts(7, single)).toMatchObject({ reason: expect.stringContaining('"the body": must be') });
  expect(readJsonAlerts({ ...one, state: 1 }, single)).toMatchObject({
    reason: expect.stringContaining('"state": must be one of'),
  });
});

test.each<[string, string | undefined, readonly string[], string]>([
  ['no format at all', undefined, [], 'the policy has no format'],
  ['two and none named', undefined, ['a', 'b'], 'say which format it is, such as ?format=a; there are a, b'],
  ['another one', 'c', ['a', 'b'], 'the policy has no such format; there are a, b'],
  ['a name that every object has', 'constructor', ['a'], 'the policy has no such format; there are a'],
])('%s is told', (_name, format, names, sentence) => {
  const known = jsonAlertFormats.parse(Object.fromEntries(names.map((name) => [name, uptime])));
  const found = readJsonAlerts({ checks: [one] }, { format, formats: known });
  expect(found).toMatchObject({ kind: 'refused', reason: expect.stringContaining(sentence) });
});

test('only what the body itself has is found', () => {
  const paths = [
    'constructor.name',
    '__proto__.x',
    'toString',
    'tags.length',
    'tags[length]',
    'check.title.length',
  ];
  for (const path of paths) {
    const parsed = jsonAlertFormats.safeParse({
      own: { name: 'title', startsAt: 'since', labels: { odd: path } },
    });
    if (!parsed.success) continue;
    const found = readJsonAlerts({ ...one, title: 'A' }, { formats: parsed.data });
    expect([path, found]).toMatchObject([path, { alerts: [{ labels: { alertname: 'A' } }] }]);
    if (found.kind === 'alerts') expect(found.alerts[0]?.labels).not.toHaveProperty('odd');
  }
});

test('no body makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (since, state) => {
      for (const body of [
        since,
        { checks: since },
        { checks: [since, { ...one, since, state, meta: state }] },
      ])
        readJsonAlerts(body, { formats });
    }),
  );
});

describe('a format that is wrong is told by its line', () => {
  const problems = (text: string) => {
    const loaded = readStrictYaml('policy.yaml', text, z.strictObject({ jsonAlerts: jsonAlertFormats }));
    return loaded.kind === 'refused' ? loaded.problems.join('\n') : '';
  };
  test.each([
    [
      'another key',
      'jsonAlerts:\n  a: { name: t, startsAt: s, lables: {} }\n',
      'policy.yaml:2:30: jsonAlerts.a: unknown key "lables"; did you mean "labels"?',
    ],
    ['no start', 'jsonAlerts:\n  a: { name: t }\n', 'policy.yaml:2:6: jsonAlerts.a.startsAt'],
    [
      'code for a path',
      'jsonAlerts:\n  a:\n    name: t\n    startsAt: new Date()\n',
      'policy.yaml:4:15: jsonAlerts.a.startsAt: must be a path',
    ],
    [
      'a path with a hole',
      'jsonAlerts:\n  a:\n    name: t\n    startsAt: a..b\n',
      'policy.yaml:4:15: jsonAlerts.a.startsAt: must be a path',
    ],
    ['a path of everything', "jsonAlerts:\n  a:\n    name: t\n    startsAt: 'a[*]'\n", 'policy.yaml:4:15'],
    [
      'a label that is none',
      'jsonAlerts:\n  a:\n    name: t\n    startsAt: s\n    labels: { __name__: x }\n',
      'policy.yaml:5:',
    ],
    ['a name in capitals', 'jsonAlerts:\n  A: { name: t, startsAt: s }\n', 'policy.yaml:2:'],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toContain(expected);
  });
});
