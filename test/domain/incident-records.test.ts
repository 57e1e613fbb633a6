import { describe, expect, test } from 'vitest';
import { measured } from '../../src/domain/incidents/chart.ts';
import { endReason } from '../../src/domain/incidents/ending.ts';
import { evidence } from '../../src/domain/incidents/evidence.ts';
import { grouped } from '../../src/domain/incidents/grouped.ts';
import { incident } from '../../src/domain/incidents/incident.ts';
import { notice } from '../../src/domain/incidents/notice.ts';
import { outcome } from '../../src/domain/incidents/outcome.ts';
import { placeholderValues } from '../../src/domain/incidents/placeholders.ts';
import { coolDownOf, type Playbook, playbook, substanceOf } from '../../src/domain/incidents/playbook.ts';
import { stop, stoppedText } from '../../src/domain/incidents/stop.ts';
import { shareSource, shareText, stormLine, stormSource } from '../../src/domain/incidents/storm.ts';
import { type Chosen, leftOutText } from '../../src/domain/incidents/together.ts';

const at = '2026-03-01T12:00:00.000Z';
const id = '0190a000-0000-7000-8000-000000000001';
const chart = {
  ...{ title: 'Restarts', unit: 'in 5 min', at: [at, '2026-03-01T12:05:00.000Z'] },
  series: [{ name: 'web', values: [0, 6] }],
};

test.each([
  { kind: 'card', remediationId: id },
  { kind: 'incident', incidentId: id },
  { kind: 'storm', storm: 3 },
  { kind: 'policy', proposal: 3 },
  { kind: 'direct', remediationId: id },
  { kind: 'end', incidentId: id },
  { kind: 'report', incidentId: id },
  { kind: 'reply', headline: 'Verified', broadcast: false },
  {
    ...{ kind: 'reply', headline: 'Verified', broadcast: true, by: 'U0ANN', body: 'b', preformatted: 'p' },
    ...{ to: { users: ['U0ANN'], groups: ['S0SRE'] }, offers: [{ label: 'l', command: 'c' }] },
    charts: [chart, chart],
  },
  {
    ...{ kind: 'part', remediationId: id, number: 7, version: 3, part: 2, of: 4 },
    passages: [
      { heading: 'Why', text: 'one' },
      { heading: 'How', text: 'two' },
    ],
  },
])('what is promised is read again as it was: %j', (said) => {
  expect(notice.parse(said)).toEqual(said);
});

const reply = { kind: 'reply', headline: 'Verified', broadcast: false };
const part = { kind: 'part', remediationId: id, number: 7, version: 3, part: 1, of: 1 };
const passages = [{ heading: 'Why', text: 'one' }];
test.each([
  [{ kind: 'cards', remediationId: id }],
  [{ ...reply, charts: [] }],
  [{ ...reply, charts: [chart, chart, chart] }],
  [{ ...reply, offers: [{ label: 'l' }] }],
  [{ ...part, passages: [] }],
  [{ ...part, passages, part: 0 }],
  [{ ...part, passages, of: 0 }],
])('there is no notice %j', (said) => {
  expect(notice.safeParse(said).success).toBe(false);
});

describe('what is kept is read again as it was', () => {
  const seen = { pods: ['p'], images: ['i'], changes: ['c'], story: 's', missing: ['m'] };
  test.each([
    ['evidence', evidence, { ...seen, at, target: 'Deployment/web' }],
    ['what was measured', measured, { at, charts: [chart], missing: ['m'] }],
    ['a group', grouped, { count: 3, latestAt: at, names: [{ name: 'a', count: 2 }] }],
    [
      'an incident',
      incident,
      { id, state: 'received', version: 2, dedupKey: 'k', title: 't', createdAt: at },
    ],
    [
      'a triaged incident',
      incident,
      { id, state: 'triaged', version: 0, dedupKey: '', title: '', createdAt: at },
    ],
    ['a stop', stop, { number: 1, at, by: 'U0ANN', reason: 'r' }],
    ['placeholders', placeholderValues, { kind: 'Pod', name: 'a', namespace: 'b', pod: 'c', node: 'd' }],
    ...(['lasted', 'not_verified', 'undone', 'came_back'] as const).map(
      (result) => [`an outcome: ${result}`, outcome, { result, at, digest: 'd' }] as const,
    ),
    ...(['resolved', 'healthy', 'done', 'quiet', 'silent', 'told'] as const).map(
      (why) => [`an end: ${why}`, endReason, why] as const,
    ),
  ] as const)('%s', (_name, schema, kept) => {
    expect(schema.parse(kept)).toEqual(kept);
  });

  test.each([
    ['evidence without its target', evidence, { ...seen, at }],
    ['evidence without a story', evidence, { at, target: 't' }],
    ['a measure of no moment', measured, { charts: [], missing: [] }],
    ['a group of none', grouped, { count: 0, latestAt: at, names: [] }],
    ['a name that came never', grouped, { count: 1, latestAt: at, names: [{ name: 'a', count: 0 }] }],
    [
      'an incident before its first version',
      incident,
      { id, state: 'received', version: -1, dedupKey: 'k', title: 't', createdAt: at },
    ],
    ['a stop without a reason', stop, { number: 1, at }],
    ['a stop without a number', stop, { number: 0, at, reason: 'r' }],
    ['an outcome that is none', outcome, { result: 'replaced', at }],
  ] as const)('%s is not', (_name, schema, kept) => {
    expect(schema.safeParse(kept).success).toBe(false);
  });
});

test.each([
  ['nothing', {}, { incidentsPerMinute: 30, unhealthyPercent: 50, unhealthyWorkloads: 10, quietMinutes: 5 }],
  ...(
    [
      ['incidentsPerMinute', 2, 100_000],
      ['unhealthyPercent', 1, 100],
      ['unhealthyWorkloads', 1, 100_000],
      ['quietMinutes', 1, 1440],
    ] as const
  ).flatMap(
    ([key, least, most]) =>
      [
        [`${key} ${least}`, { [key]: least }, { [key]: least }],
        [`${key} ${most}`, { [key]: most }, { [key]: most }],
        [`${key} ${least - 1}`, { [key]: least - 1 }, undefined],
        [`${key} ${most + 1}`, { [key]: most + 1 }, undefined],
      ] as const,
  ),
] as const)('where a storm begins: %s', (_name, given, line) => {
  const { success, data } = stormLine.safeParse(given);
  expect(success).toBe(line !== undefined);
  if (line !== undefined) expect(data).toMatchObject(line);
});

test('texts of a storm and of a stop', () => {
  expect(shareText({ unhealthy: 1200, workloads: 2400 })).toBe(
    '1,200 of 2,400 workloads unhealthy or with an open incident',
  );
  expect(stoppedText({ number: 1, at, reason: 'a drill' })).toBe(
    'Nothing more is sent: Firebreak was stopped (a drill).',
  );
});

test.each<[number, Chosen['comes'], string]>([
  [7, { reason: 'It is over.' }, '7: It is over.'],
  [7, 'waits', '7: left out.'],
  [0, { reason: 'They are not known.' }, 'Others: They are not known.'],
])('what is left out of several: %s, %j', (number, comes, text) => {
  expect(leftOutText({ number, comes, score: 0 })).toBe(text);
});

const base: Playbook = playbook.parse({
  ...{ version: 1, name: 'p', description: 'd', match: { labels: { alertname: 'A' } } },
  action: 'cordon {{node}}',
});

test.each([
  [undefined, 900],
  [0, 0],
  [60, 60],
])('after %s seconds of the playbook it may propose again: %s', (coolDownSeconds, seconds) => {
  expect(coolDownOf(coolDownSeconds === undefined ? base : { ...base, coolDownSeconds })).toBe(seconds);
});

test.each<[string, Partial<Playbook>, boolean]>([
  ['its name', { name: 'q' }, true],
  ['its description', { description: 'e' }, true],
  ['whom it mentions', { escalation: { users: ['U0ANN'], groups: [] } }, true],
  ['the usual claim, written out', { claim: 'unhealthy' }, true],
  ['its claim', { claim: 'none' }, false],
  ['its matcher', { match: { labels: { alertname: 'B' } } }, false],
  ['its action', { action: 'uncordon {{node}}' }, false],
  ['its pause', { coolDownSeconds: 60 }, false],
  ['its limits', { limits: { perHour: 1 } }, false],
  ['how it is verified', { verification: { goodSamples: 9 } }, false],
  ['what comes after it', { on: [{ escalate: 'e' }] }, false],
])('what a playbook has earned, with %s changed', (_name, changed, isKept) => {
  const [before, now] = [substanceOf(base), substanceOf({ ...base, ...changed })];
  if (isKept) expect(now).toEqual(before);
  else expect(now).not.toEqual(before);
});

const mostSeconds = 2_592_000;
const someone = { users: ['U0ANN'], groups: ['S0SRE'] };
test.each<[string, object, boolean]>([
  ['with a user and a group to mention', { escalation: someone }, true],
  ['with a user to mention', { escalation: { users: ['U0ANN'] } }, true],
  ['with a group to mention', { escalation: { groups: ['S0SRE'] } }, true],
  ['with nobody to mention', { escalation: { users: [], groups: [] } }, false],
  ...[0, 1, mostSeconds].flatMap((seconds): [string, object, boolean][] => [
    [`that waits ${seconds} seconds to look`, { verification: { initialDelaySeconds: seconds } }, true],
    [`that waits ${seconds} seconds to propose`, { coolDownSeconds: seconds }, true],
  ]),
  ...[-1, mostSeconds + 1].flatMap((seconds): [string, object, boolean][] => [
    [`that waits ${seconds} seconds to look`, { verification: { initialDelaySeconds: seconds } }, false],
    [`that waits ${seconds} seconds to propose`, { coolDownSeconds: seconds }, false],
  ]),
  ['that looks every 0 seconds', { verification: { intervalSeconds: 0 } }, false],
  ['with twenty entries', { on: Array.from({ length: 20 }, () => ({ escalate: 'e' })) }, true],
  ['with one entry too many', { on: Array.from({ length: 21 }, () => ({ escalate: 'e' })) }, false],
  ['that goes on with nothing', { on: [{}] }, false],
  ['that goes on with two', { on: [{ do: 'rollback', escalate: 'e' }] }, false],
  ['with a limit of none', { limits: { perHour: 0 } }, false],
  ['with a limit of a thousand', { limits: { perOwnerPerDay: 1000, perHour: 1000 } }, true],
  ['with a limit above', { limits: { perOwnerPerDay: 1001 } }, false],
])('a playbook %s: %j is one: %s', (_name, changed, isOne) => {
  expect(playbook.safeParse({ ...base, ...changed }).success).toBe(isOne);
});

test('a storm that is why people are asked is told by its key in the policy', () => {
  expect(stormSource).toBe('policy.yaml: storm.incidentsPerMinute');
  expect(shareSource).toBe('policy.yaml: storm.unhealthyPercent');
});
