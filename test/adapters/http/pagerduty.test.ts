import { describe, expect, test } from 'vitest';
import { readPagerDuty } from '../../../src/adapters/http/pagerduty.ts';
import { alert, alertKey } from '../../../src/domain/incidents/incident.ts';
import { targetOf } from '../../../src/stages/intake/alert-target.ts';

/** As PagerDuty's own documentation has it ("Event data types"), shortened. */
const incident = {
  id: 'PGR0VU2',
  type: 'incident',
  html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
  status: 'triggered',
  incident_key: 'd3640fbd41094207a1c11e58e46b1662',
  created_at: '2020-04-09T15:16:27Z',
  title: 'A little bump in the road',
  service: { id: 'PF9KMXH', summary: 'API Service', type: 'service_reference' },
  priority: { id: 'PSO75BM', summary: 'P1', type: 'priority_reference' },
  urgency: 'high',
  conference_bridge: null,
  resolve_reason: null,
};

const event = (type: string, data: object) => ({
  event: {
    ...{ id: '5ac64822', event_type: type, resource_type: 'incident', agent: null, client: null },
    ...{ occurred_at: '2020-10-02T18:45:22.169Z', data },
  },
});

function only(type: string, changed: object = {}) {
  const read = readPagerDuty(event(type, { ...incident, ...changed }));
  if (read.kind !== 'alerts' || read.alerts[0] === undefined) throw new Error(JSON.stringify(read));
  return alert.parse(read.alerts[0]);
}

test('an incident is one alert, under its own name and with what PagerDuty knows', () => {
  expect(only('incident.triggered')).toEqual({
    source: 'pagerduty',
    fingerprint: 'PGR0VU2',
    status: 'firing',
    labels: {
      alertname: 'A little bump in the road',
      incident_key: 'd3640fbd41094207a1c11e58e46b1662',
      priority: 'P1',
      service: 'API Service',
      urgency: 'high',
    },
    annotations: { summary: 'A little bump in the road' },
    startsAt: '2020-04-09T15:16:27.000Z',
    generatorUrl: 'https://acme.pagerduty.com/incidents/PGR0VU2',
  });
});

test('of one without an address nothing is said, and a long id becomes a key', () => {
  const found = only('incident.triggered', { html_url: null, id: 'P'.repeat(257) });
  expect(found).not.toHaveProperty('generatorUrl');
  expect(found.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const whole = readPagerDuty(event('incident.triggered', incident));
  expect(whole).toMatchObject({ leftOut: [], truncated: 0 });
});

const first = alertKey(only('incident.triggered'));

test.each([
  ['incident.acknowledged', { status: 'acknowledged' }, 'firing'],
  ['incident.unacknowledged', {}, 'firing'],
  ['incident.escalated', {}, 'firing'],
  ['incident.reassigned', { assignees: [] }, 'firing'],
  ['incident.delegated', {}, 'firing'],
  ['incident.priority_updated', { priority: null }, 'firing'],
  ['incident.service_updated', { service: null }, 'firing'],
  ['incident.of_a_later_year', { new_field: {} }, 'firing'],
  ['incident.resolved', { status: 'resolved' }, 'resolved'],
  ['incident.acknowledged after it was resolved', { status: 'resolved' }, 'resolved'],
])('%s is the same firing, %j: %s', (type, changed, status) => {
  const read = only(type, changed);
  expect(alertKey(read)).toBe(first);
  expect(read.status).toBe(status);
  expect(read.endsAt).toBe(status === 'resolved' ? '2020-10-02T18:45:22.169Z' : undefined);
});

test('one that was reopened is another firing, and its end is that one’s', () => {
  const reopened_at = '2020-10-02T18:45:22Z';
  const again = only('incident.reopened', { reopened_at });
  expect(alertKey(again)).not.toBe(first);
  expect(alertKey(only('incident.resolved', { reopened_at, status: 'resolved' }))).toBe(alertKey(again));
});

test('a time that its offset carries out of the calendar is refused', () => {
  const created_at = '9999-12-31T23:59:59-01:00';
  expect(readPagerDuty(event('incident.triggered', { ...incident, created_at }))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('"event.data.created_at": must be an RFC 3339 time'),
  });
});

describe('what it is about', () => {
  test.each<[string, object, object]>([
    ['nothing that is named', {}, { kind: 'none' }],
    [
      'the details of whoever opened it',
      {
        body: { details: { alertname: 'KubePodNotReady', namespace: 'shop', pod: 'web-1', deep: { a: 1 } } },
      },
      { kind: 'pod', namespace: 'shop', pod: 'web-1' },
    ],
    [
      'custom fields',
      {
        custom_fields: [
          { name: 'namespace', value: 'shop' },
          { name: 'deployment', value: 'web' },
          { name: 'many', value: [1] },
        ],
      },
      { kind: 'object', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
    ],
    ['details that are a list', { body: { details: ['shop'] } }, { kind: 'none' }],
    ['details that are null', { body: { details: null }, custom_fields: null }, { kind: 'none' }],
    ['details that are a text', { body: { details: 'namespace=shop' } }, { kind: 'none' }],
    [
      'details that are no names',
      { body: { details: { namespace: 'shop', deployment: '--all' } } },
      { kind: 'none' },
    ],
  ])('%s', (_name, changed, target) => {
    expect(targetOf(only('incident.triggered', changed))).toMatchObject(target);
  });

  test('of details texts, numbers and truths under names of labels are taken, and their alertname is its', () => {
    const long = 'n'.repeat(201);
    const details = {
      ...{ count: 3, alertname: 'Own', ok: false, _a: 'x', [long]: 'x', [`${long}n`]: 'no', '9a': 'no' },
      ...{ 'a-b': 'no', __b: 'no', none: null, list: ['no'] },
    };
    const bare = { incident_key: null, service: {}, priority: null, urgency: null };
    expect(only('incident.triggered', { ...bare, body: { details } }).labels).toEqual({
      ...{ alertname: 'Own', count: '3', ok: 'false', _a: 'x', [long]: 'x' },
    });
  });

  test('details cannot say that it is of another service, nor bring names that mean something to the program', () => {
    const details = JSON.parse('{"service":"mine","__proto__":{"a":1},"__name__":"x","constructor":"c"}');
    const { labels } = only('incident.triggered', { body: { details } });
    expect(labels['service']).toBe('API Service');
    expect(Object.keys(labels)).not.toContain('__proto__');
    expect(Object.keys(labels)).not.toContain('__name__');
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});

test.each([
  ['service.updated', { id: 'PF9KMXH', type: 'service', summary: 'testing service updates' }],
  ['incident.annotated', { id: 'P', type: 'incident_note', content: 'restart everything' }],
  ['incident.responder.added', { type: 'incident_responder' }],
  ['pagey.ping', { message: 'Hello from your friend Pagey!', type: 'ping' }],
  ['pagey.ping', { message: 'without a type' }],
])('%s is answered and not taken', (type, data) => {
  expect(readPagerDuty(event(type, data))).toEqual({
    ...{ kind: 'alerts', alerts: [], leftOut: [], truncated: 0 },
    ignored: `The event "${type}" is not about an incident, and is not taken.`,
  });
});

test('of a long type of an event 60 characters are told', () => {
  expect(readPagerDuty(event('x'.repeat(61), {}))).toMatchObject({
    ignored: `The event "${'x'.repeat(60)}" is not about an incident, and is not taken.`,
  });
});

test.each<[string, unknown, string]>([
  ['version 2', { messages: [{ event: 'incident.trigger', incident: {} }] }, '"event"'],
  [
    'an incident without a state',
    event('incident.triggered', { ...incident, status: undefined }),
    '"event.data.status"',
  ],
  ['an empty id', event('incident.triggered', { ...incident, id: '' }), '"event.data.id"'],
  [
    'a time of no standard',
    event('incident.triggered', { ...incident, created_at: 'today' }),
    '"event.data.created_at"',
  ],
])('%s is refused with the field', (_name, body, field) => {
  const refused = readPagerDuty(body);
  expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining(field) });
});
