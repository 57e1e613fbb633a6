import { describe, expect, test } from 'vitest';
import { currentOf, type Named, type Signals, signalsOf } from '../../src/domain/incidents/overview.ts';

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
const named = (overrides: Partial<Named> = {}): Named => ({
  name: 'KubePodCrashLooping',
  alerts: 1,
  firing: 1,
  mostFirings: 1,
  severities: [],
  since: at(0),
  ...overrides,
});

describe('the alerts of an incident as one line', () => {
  test.each<[string, Named[], Signals | undefined]>([
    ['none', [], undefined],
    ['one', [named()], { alerts: 1, firing: 1, since: at(0) }],
    [
      'many of several names since the first of them, as bad as the worst says',
      [
        named({ alerts: 5, firing: 3, severities: ['warning', 'odd'], since: at(2), resolvedAt: at(9) }),
        named({ name: 'Slow', severities: ['Critical'], since: at(1) }),
      ],
      { alerts: 6, firing: 4, since: at(1), severity: 'critical' },
    ],
    [
      'all of them over since the last was',
      [
        named({ firing: 0, resolvedAt: at(3) }),
        named({ name: 'Slow', alerts: 2, firing: 0, resolvedAt: at(7) }),
      ],
      { alerts: 3, firing: 0, since: at(0), resolvedAt: at(7) },
    ],
    [
      'one that comes and goes',
      [named({ alerts: 3, firing: 1, mostFirings: 3 }), named({ name: 'Slow' })],
      { alerts: 4, firing: 2, since: at(0), flapping: { name: 'KubePodCrashLooping', times: 3 } },
    ],
    [
      'three objects of one name do not come and go',
      [named({ alerts: 3, firing: 3 })],
      { alerts: 3, firing: 3, since: at(0) },
    ],
    [
      'of two that come and go, the one that does more often',
      [
        named({ alerts: 3, mostFirings: 3 }),
        named({ name: 'Slow', alerts: 5, mostFirings: 5 }),
        named({ name: 'Tall', mostFirings: 4 }),
      ],
      { alerts: 9, firing: 3, since: at(0), flapping: { name: 'Slow', times: 5 } },
    ],
    ['one that came twice', [named({ alerts: 2, mostFirings: 2 })], { alerts: 2, firing: 1, since: at(0) }],
    ['one that is over at no known time', [named({ firing: 0 })], { alerts: 1, firing: 0, since: at(0) }],
    [
      'the worst of several severities of one name, and none that is not known',
      [named({ severities: ['none', 'info', 'WARNING', 'page'] })],
      { alerts: 1, firing: 1, since: at(0), severity: 'warning' },
    ],
    [
      'a severity that nobody knows',
      [named({ severities: ['page'] })],
      { alerts: 1, firing: 1, since: at(0) },
    ],
    ...['error', 'none'].map((severity): [string, Named[], Signals] => [
      `the severity ${severity}`,
      [named({ severities: [severity] })],
      { alerts: 1, firing: 1, since: at(0), severity },
    ]),
  ])('%s', (_case, signals, line) => {
    expect(signalsOf(signals)).toEqual(line);
  });
});

describe('what an incident is about now', () => {
  const step = (number: number, isOver: boolean) => ({
    ...{ id: `id-${number}`, number, isOver },
    state: isOver ? ('succeeded' as const) : ('waiting' as const),
  });
  test.each([
    ['nothing where all is over', [step(1, true), step(2, true)], undefined],
    ['the head while it is open', [step(1, false), step(2, false)], 1],
    ['what follows the head', [step(1, true), step(2, true), step(3, false)], 3],
    ['the latest of several', [step(1, true), step(2, false), step(3, false), step(4, true)], 3],
  ])('%s', (_case, steps, number) => {
    expect(currentOf({ signals: [], steps, head: 'id-1', reopened: 0 })?.number).toBe(number);
  });
});
