import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asksForHealth,
  endingOf,
  type Health,
  type IncidentStanding,
} from '../../src/domain/incidents/ending.ts';
import { incidentEnds } from '../../src/domain/policy/incidents.ts';

const ends = incidentEnds.parse({});
const at = (minutes: number) => new Date(Date.parse('2026-03-01T12:00:00Z') + minutes * 60_000).toISOString();
const standing = (is: Partial<IncidentStanding> = {}): IncidentStanding => ({
  looks: 3,
  alerts: 2,
  firing: 0,
  cameAt: at(0),
  resolvedAt: at(10),
  isActing: false,
  ...is,
});

describe('an incident is', () => {
  test.each<[string, Partial<IncidentStanding>, number, Health, object]>([
    ['closed when it has been quiet for long enough', {}, 15, 'unknown', { kind: 'closed', why: 'resolved' }],
    ['looked at again when it will have been', {}, 14, 'unknown', { kind: 'again', at: at(15) }],
    [
      'not quiet while another alert came late',
      { cameAt: at(12) },
      15,
      'unknown',
      { kind: 'again', at: at(17) },
    ],
    ['not quiet so soon after a change', { actedAt: at(14) }, 15, 'unknown', { kind: 'again', at: at(19) }],
    [
      'open while something is done about it',
      { isActing: true },
      900,
      'healthy',
      { kind: 'again', at: at(901) },
    ],
    [
      'closed when what was asked for is done',
      { alerts: 0, actedAt: at(3) },
      15,
      'unknown',
      { kind: 'closed', why: 'done' },
    ],
    [
      'not held open by an alert that ends in the future',
      { resolvedAt: at(900) },
      15,
      'unknown',
      { kind: 'closed', why: 'resolved' },
    ],
    [
      'open while an alert fires and nobody sees the owner',
      { firing: 1 },
      15,
      'unknown',
      { kind: 'again', at: at(16.5) },
    ],
    [
      'looked at every ten minutes at the least, however long it goes on',
      { firing: 1 },
      300,
      'unknown',
      { kind: 'again', at: at(310) },
    ],
    [
      'open while the owner is not healthy, whatever it was before',
      { firing: 1, healthySince: at(0) },
      5,
      'unhealthy',
      { kind: 'again', at: at(6) },
    ],
    [
      'watched from when the owner is first seen healthy',
      { firing: 1 },
      5,
      'healthy',
      { kind: 'again', at: at(6), healthySince: at(5) },
    ],
    [
      'closed when that has lasted',
      { firing: 1, healthySince: at(5) },
      65,
      'healthy',
      { kind: 'closed', why: 'healthy' },
    ],
    [
      'left as others saw it where its cluster is another',
      { firing: 1, healthySince: at(5) },
      65,
      'elsewhere',
      { kind: 'again', at: at(66), healthySince: at(5) },
    ],
    [
      'watched anew when another alert came meanwhile',
      { firing: 1, healthySince: at(5), cameAt: at(64) },
      65,
      'healthy',
      { kind: 'again', at: at(66), healthySince: at(65) },
    ],
    [
      'not before',
      { firing: 1, healthySince: at(6) },
      65,
      'healthy',
      { kind: 'again', at: at(71.5), healthySince: at(6) },
    ],
    [
      'closed when nothing was heard of its alerts for a day and nobody knows what it is about',
      { firing: 2 },
      24 * 60,
      'unknown',
      { kind: 'closed', why: 'silent' },
    ],
    [
      'open while its alerts are heard, however old they are',
      { firing: 2, heardAt: at(10) },
      24 * 60,
      'unknown',
      { kind: 'again', at: at(24 * 60 + 10) },
    ],
    [
      'open although nothing is heard, while what it is about is seen to be unhealthy',
      { firing: 2 },
      90 * 24 * 60,
      'unhealthy',
      { kind: 'again', at: at(90 * 24 * 60 + 10) },
    ],
    [
      'open a day after the last alert while its cluster does not answer',
      { firing: 2 },
      24 * 60,
      'unasked',
      { kind: 'again', at: at(24 * 60 + 1) },
    ],
    ...(['unasked', 'elsewhere'] as const).map(
      (health): [string, Partial<IncidentStanding>, number, Health, object] => [
        `closed after seven days in which its cluster is ${health}`,
        { firing: 2 },
        7 * 24 * 60,
        health,
        { kind: 'closed', why: 'silent' },
      ],
    ),
    [
      'closed when no Warning event was reported for half an hour',
      { firing: 2, events: 2 },
      30,
      'unknown',
      { kind: 'closed', why: 'quiet' },
    ],
    [
      'closed then, too, when what it is about is healthy',
      { firing: 1, events: 1, heardAt: at(20) },
      50,
      'healthy',
      { kind: 'closed', why: 'quiet' },
    ],
    [
      'open while Warning events are reported',
      { firing: 1, events: 1, heardAt: at(20) },
      49,
      'unknown',
      { kind: 'again', at: at(53.9) },
    ],
    [
      'open while what events were about is unhealthy',
      { firing: 1, events: 1 },
      60,
      'unhealthy',
      { kind: 'again', at: at(66) },
    ],
    [
      'open while an alert fires beside events that are over',
      { firing: 2, events: 1 },
      60,
      'unknown',
      { kind: 'again', at: at(66) },
    ],
    [
      'open as a message about many alerts, as long as more may be added',
      { alerts: 0, isGroup: true },
      9,
      'unknown',
      { kind: 'again', at: at(10) },
    ],
    [
      'closed as such a message when none is',
      { alerts: 0, isGroup: true },
      10,
      'unknown',
      { kind: 'closed', why: 'told' },
    ],
    [
      'open as such a message even if something is done about it',
      { alerts: 0, isGroup: true, isActing: true },
      9,
      'unknown',
      { kind: 'again', at: at(10) },
    ],
    [
      'quiet from now on when a clock that is ahead says that an alert came later',
      { cameAt: at(30) },
      15,
      'unknown',
      { kind: 'again', at: at(20) },
    ],
    [
      'not given up while it is healthy, however long nothing was heard',
      { firing: 2 },
      8 * 24 * 60,
      'healthy',
      { kind: 'again', at: at(8 * 24 * 60 + 10), healthySince: at(8 * 24 * 60) },
    ],
    [
      'healthy since then where it was seen in the moment of the last alert',
      { firing: 1, cameAt: at(5), healthySince: at(5) },
      65,
      'healthy',
      { kind: 'closed', why: 'healthy' },
    ],
    [
      'open almost a day after the last alert',
      { firing: 2 },
      24 * 60 - 1,
      'unknown',
      { kind: 'again', at: at(24 * 60 + 9) },
    ],
    ...(['unasked', 'elsewhere'] as const).flatMap(
      (health): [string, Partial<IncidentStanding>, number, Health, object][] => [
        [
          `open although no event was reported while its cluster is ${health}`,
          { firing: 2, events: 2 },
          60,
          health,
          { kind: 'again', at: at(61) },
        ],
        [
          `open almost seven days in which its cluster is ${health}`,
          { firing: 2, healthySince: at(5) },
          7 * 24 * 60 - 1,
          health,
          { kind: 'again', at: at(7 * 24 * 60), healthySince: at(5) },
        ],
      ],
    ),
  ])('%s', (_name, is, now, health, ending) => {
    expect(endingOf(standing(is), { now: at(now), ends, health })).toEqual(ending);
  });

  test.each<[string, Partial<IncidentStanding>, boolean]>([
    ['where an alert fires', { firing: 1 }, true],
    ['where none fires', { firing: 0 }, false],
    ['while something is done about it', { firing: 2, isActing: true }, false],
  ])('asked for the health of its owner %s: %s', (_name, is, asks) => {
    expect(asksForHealth(standing(is))).toBe(asks);
  });

  test('never closed while something is done about it, or while what fires was not seen healthy for long', () => {
    const minute = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(
        fc.record({
          firing: fc.nat(3),
          isActing: fc.boolean(),
          came: minute,
          resolved: minute,
          healthy: fc.option(minute),
        }),
        fc.constantFrom<Health>('healthy', 'unhealthy', 'unknown'),
        minute,
        ({ firing, isActing, came, resolved, healthy }, health, now) => {
          const is = standing({ firing, isActing, alerts: 3, cameAt: at(came), resolvedAt: at(resolved) });
          const seen = healthy === null ? is : { ...is, healthySince: at(healthy) };
          const ending = endingOf(seen, { now: at(now), ends, health });
          if (ending.kind === 'again') return Date.parse(ending.at) > Date.parse(at(now));
          if (isActing) return false;
          return (
            firing === 0 || (health === 'healthy' && healthy !== null && now - healthy >= ends.healthyMinutes)
          );
        },
      ),
    );
  });
});
