import { expect, test } from 'vitest';
import { alert, alertKey } from '../../src/domain/incidents/incident.ts';
import { alertOf, isWanted, type WarningEvent } from '../../src/domain/incidents/warning-event.ts';
import { warningEvents } from '../../src/domain/policy/warning-events.ts';
import { targetOf } from '../../src/stages/intake/alert-target.ts';

const event: WarningEvent = {
  uid: '1f6c',
  namespace: 'shop',
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  times: 3,
  since: '2026-01-31T10:00:00Z',
  lastSeen: '2026-01-31T10:05:00Z',
  about: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
};
const wanted = warningEvents.parse({ reasons: ['BackOff', 'FailedMount'] });

test.each<[string, Partial<WarningEvent>, object, boolean]>([
  ['often enough', {}, {}, true],
  ['not often enough', { times: 2 }, {}, false],
  ['once, where once is enough', { times: 1 }, { times: 1 }, true],
  ['another reason', { reason: 'Unhealthy' }, {}, false],
  ['a reason in other letters', { reason: 'backoff' }, {}, false],
  ['another namespace', { namespace: 'other' }, { namespaces: ['shop'] }, false],
  ['the namespace', {}, { namespaces: ['shop'] }, true],
  ['reported last an hour ago', { lastSeen: '2026-01-31T09:06:00Z' }, {}, false],
  ['reported last almost a quarter of an hour ago', { lastSeen: '2026-01-31T09:51:00.001Z' }, {}, true],
  ['reported last a quarter of an hour ago', { lastSeen: '2026-01-31T09:51:00Z' }, {}, false],
  ['by a clock that is ahead', { lastSeen: '2026-01-31T10:07:00Z' }, {}, true],
])('%s', (_name, changed, policy, expected) => {
  const judged = isWanted({ ...event, ...changed }, { ...wanted, ...policy }, '2026-01-31T10:06:00Z');
  expect(judged).toBe(expected);
});

test('it is the same alert however often it is reported, and another when the event is', () => {
  const again = { ...event, times: 40, lastSeen: '2026-01-31T11:00:00Z', message: 'other words' };
  expect(alertKey(alertOf(again))).toBe(alertKey(alertOf(event)));
  expect(alertKey(alertOf({ ...event, uid: '2a' }))).not.toBe(alertKey(alertOf(event)));
});

test.each<[string, Partial<WarningEvent>, Record<string, string>]>([
  ['a pod', {}, { kind: 'Pod', namespace: 'shop', pod: 'web-1' }],
  [
    'a node, which is in no namespace whatever the event says',
    { about: { kind: 'Node', namespace: 'default', name: 'worker-1' } },
    { kind: 'Node', node: 'worker-1' },
  ],
  [
    'what is in no namespace',
    { about: { kind: 'PersistentVolume', namespace: '', name: 'pv-1' } },
    { kind: 'PersistentVolume', object: 'pv-1' },
  ],
  ...(
    [
      ['ReplicaSet', 'replicaset'],
      ['Deployment', 'deployment'],
      ['StatefulSet', 'statefulset'],
      ['DaemonSet', 'daemonset'],
      ['Job', 'job_name'],
      ['CronJob', 'cronjob'],
      ['HorizontalPodAutoscaler', 'horizontalpodautoscaler'],
      ['PersistentVolumeClaim', 'persistentvolumeclaim'],
      ['Certificate', 'object'],
    ] as const
  ).map(([kind, label]): [string, Partial<WarningEvent>, Record<string, string>] => [
    `a ${kind}`,
    { about: { kind, namespace: 'shop', name: 'x' } },
    { kind, namespace: 'shop', [label]: 'x' },
  ]),
])('the alert that an event is says it is about %s', (_name, changed, labels) => {
  expect(alertOf({ ...event, ...changed })).toEqual({
    ...{ source: 'kubernetes', fingerprint: '1f6c', status: 'firing' },
    labels: { alertname: 'EventBackOff', reason: 'BackOff', ...labels },
    annotations: { summary: 'Back-off restarting failed container' },
    startsAt: '2026-01-31T10:00:00.000Z',
  });
});

test('a long message of an event is cut', () => {
  const long = alertOf({ ...event, message: 'x'.repeat(1001) });
  expect(long.annotations['summary']).toBe('x'.repeat(1000));
});

test.each<[string, WarningEvent['about'], object]>([
  ['a pod', event.about, { kind: 'pod', namespace: 'shop', pod: 'web-1' }],
  [
    'a ReplicaSet',
    { ...event.about, kind: 'ReplicaSet', name: 'web-5d' },
    { kind: 'replicaSet', name: 'web-5d' },
  ],
  [
    'a Job',
    { ...event.about, kind: 'Job', name: 'load' },
    { kind: 'object', target: { kind: 'Job', name: 'load' } },
  ],
  ['a node', { kind: 'Node', namespace: '', name: 'worker-1' }, { kind: 'node', name: 'worker-1' }],
  ['a claim', { ...event.about, kind: 'PersistentVolumeClaim', name: 'data' }, { kind: 'none' }],
  ['what nobody knows', { ...event.about, kind: 'Certificate', name: 'tls' }, { kind: 'none' }],
  ['a kind of every object', { ...event.about, kind: 'constructor', name: 'x' }, { kind: 'none' }],
  ['a name that is none', { ...event.about, name: '--all' }, { kind: 'none' }],
])('it is about %s', (_name, about, target) => {
  const read = alert.parse(alertOf({ ...event, about }));
  expect(targetOf(read)).toMatchObject(target);
});
