import { expect, test } from 'vitest';
import { type StormStanding, stormLine } from '../../../src/domain/incidents/storm.ts';
import { stormLines } from '../../../src/stages/show/storm-text.ts';
import { noon } from '../../fixtures/facts.ts';

const standing: StormStanding = { beganAt: noon, incidents: 34, waiting: 12 };
const ends =
  "It ends after 5 minutes below the policy's lines: 30 incidents a minute, and 50% of the workloads, 10 or more, unhealthy or with an open incident.";
const share = { unhealthy: 40, workloads: 60 };

test.each<[string, Partial<StormStanding>, string, string]>([
  [
    'of incidents',
    {},
    'A storm of 34 incidents of different owners since 12:00 UTC: nothing runs by itself, and 12 of its proposals wait for a person.',
    ends,
  ],
  [
    'of what is unhealthy, with nothing proposed',
    { incidents: 0, waiting: 0, share, cluster: 'blue', overLineIn: ['blue', 'green'] },
    'A storm with 40 of 60 workloads unhealthy or with an open incident in blue since 12:00 UTC: nothing runs by itself.',
    `${ends} Too many unhealthy when last seen: blue, green.`,
  ],
  [
    'of both',
    { incidents: 31, waiting: 1, share },
    'A storm of 31 incidents of different owners, with 40 of 60 workloads unhealthy or with an open incident since 12:00 UTC: nothing runs by itself, and 1 of its proposals waits for a person.',
    ends,
  ],
])('a storm %s', (_name, given, ...lines) => {
  const told = stormLines({ ...standing, ...given }, stormLine.parse({}), noon);
  expect(told).toEqual(lines.map((text) => ({ text })));
});

test('its message is linked once it is posted, and the day is told on another', () => {
  const message = { channel: 'C0OPS', ts: '1.2' };
  const [first, , last] = stormLines(
    { ...standing, message },
    stormLine.parse({}),
    '2026-03-02T01:00:00.000Z',
  );
  expect(first?.text).toContain('since 2026-03-01 12:00 UTC: ');
  expect(last).toEqual({ text: 'Its message in the channel lists what is proposed.', link: message });
});
