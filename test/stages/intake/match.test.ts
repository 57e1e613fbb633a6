import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import type { Playbook } from '../../../src/domain/incidents/playbook.ts';
import { matchPlaybook, mismatch } from '../../../src/stages/intake/match.ts';
import { matchedBy } from '../../../src/stages/intake/unmatched.ts';
import { noon } from '../../fixtures/facts.ts';

const alertWith = (labels: Record<string, string>): Alert => ({
  fingerprint: 'f1',
  status: 'firing',
  labels,
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
});

const playbook = (name: string, labels: Playbook['match']['labels']): Playbook => ({
  version: 1,
  name,
  description: 'For a test.',
  match: { labels },
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

describe('matchPlaybook', () => {
  const any = playbook('any-crash', { alertname: ['KubePodCrashLooping', 'PodCrashLooping'] });
  const warning = playbook('warning-crash', { alertname: 'KubePodCrashLooping', severity: 'warning' });
  const twin = playbook('a-warning-crash', { alertname: 'KubePodCrashLooping', severity: 'warning' });
  const everything = playbook('everything', {});
  const crash = { alertname: 'KubePodCrashLooping', severity: 'warning', namespace: 'shop' };
  const asking = (answer: unknown): Playbook => ({
    ...any,
    name: 'asking',
    match: { ...any.match, when: 'an expression' },
    expressions: {
      alert: new Map([['an expression', () => answer]]),
      claim: new Map(),
      ending: new Map(),
    },
  });

  it.each<[string, Record<string, string>, Playbook[], string | undefined]>([
    ['exact labels', crash, [warning], 'warning-crash'],
    ['one of several values', { ...crash, severity: 'critical' }, [any, warning], 'any-crash'],
    ['the most specific wins, first or last', crash, [any, warning], 'warning-crash'],
    ['the most specific wins, in any order', crash, [warning, any], 'warning-crash'],
    ['then the name decides', crash, [warning, twin], 'a-warning-crash'],
    ['then the name decides, in any order', crash, [twin, warning], 'a-warning-crash'],
    ['a part of a value is no match', { alertname: 'KubePodCrashLoopingSoon' }, [any], undefined],
    ['a label that is missing', { severity: 'warning' }, [any, warning], undefined],
    ['a playbook without labels matches nothing', crash, [everything], undefined],
    ['inherited names are no labels', crash, [playbook('odd', { constructor: 'Object' })], undefined],
    ['no playbooks', crash, [], undefined],
    [
      'annotations count as labels do',
      crash,
      [twin, { ...warning, match: { ...warning.match, annotations: { team: 'shop' } } }],
      'warning-crash',
    ],
    [
      'an annotation that is missing',
      crash,
      [{ ...any, match: { annotations: { runbook: 'x' } } }],
      undefined,
    ],
    ['an expression counts, and holds', crash, [any, asking(true)], 'asking'],
    ['an expression that does not hold', crash, [any, asking(false)], 'any-crash'],
    ['an expression that says neither', crash, [any, asking('yes')], 'any-crash'],
    [
      'an expression that is not compiled',
      crash,
      [any, { ...asking(true), match: { ...any.match, when: 'another' } }],
      'any-crash',
    ],
  ])('%s', (_name, labels, playbooks, expected) => {
    const alert = { ...alertWith(labels), annotations: { team: 'shop' } };
    expect(matchPlaybook(alert, playbooks)?.name).toBe(expected);
  });

  const fails = (fault: unknown): Playbook => ({
    ...asking(true),
    expressions: {
      ...{ claim: new Map(), ending: new Map() },
      alert: new Map([
        [
          'an expression',
          () => {
            throw fault;
          },
        ],
      ]),
    },
  });

  it.each<[string, Playbook, string | undefined]>([
    ['for the alert', asking(true), undefined],
    ['for any, as it asks for nothing', everything, 'It names nothing that an alert must have.'],
    [
      'for another value',
      playbook('p', { severity: ['critical', 'page'] }),
      'Of its labels, severity is "warning"; it must be "critical" or "page".',
    ],
    [
      'for another annotation',
      { ...any, match: { annotations: { runbook: 'x' } } },
      'Of its annotations, runbook is not there; it must be "x".',
    ],
    [
      'with an expression that nobody has compiled',
      { ...any, match: { when: 'an expression' } },
      'Its expression is not compiled: an expression',
    ],
    ['with an expression that is not true', asking(false), 'Not true of it: an expression'],
    [
      'with an expression that fails',
      fails(new Error('no such label\nat 1:7')),
      'Not true of it: an expression (no such label)',
    ],
    ['with an expression that throws a text', fails('no'), 'Not true of it: an expression (no)'],
  ])('says why a playbook is not %s', (_name, one, why) => {
    expect(mismatch(alertWith(crash), one)).toBe(why);
  });

  it('asks an expression about the name, the source, the labels and the annotations', () => {
    const asked: unknown[] = [];
    const one = {
      ...asking(true),
      expressions: {
        ...{ claim: new Map(), ending: new Map() },
        alert: new Map([['an expression', (of: unknown) => asked.push(of) === 1]]),
      },
    };
    expect(mismatch({ ...alertWith(crash), annotations: { team: 'shop' } }, one)).toBeUndefined();
    expect(asked).toEqual([
      {
        alert: { name: 'KubePodCrashLooping', source: 'alertmanager' },
        labels: crash,
        annotations: { team: 'shop' },
      },
    ]);
  });

  it('is counted for many alerts: which playbooks, and how often none', () => {
    const alerts = [crash, { alertname: 'A' }, { alertname: 'B' }, { alertname: 'A' }].map(alertWith);
    expect(matchedBy(alerts, [warning, any])).toEqual({
      playbooks: new Set(['warning-crash']),
      unmatched: new Map([
        ['A', 2],
        ['B', 1],
      ]),
    });
  });
});
