import { expect, test } from 'vitest';
import { type Following, followEvents } from '../../../src/adapters/kubernetes/observe/follow-events.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import type { WarningEvent } from '../../../src/domain/incidents/warning-event.ts';
import { type WarningEvents, warningEvents } from '../../../src/domain/policy/warning-events.ts';
import { silentLog } from '../../fixtures/log.ts';

const now = '2026-01-31T10:00:00Z';
const event = (uid: string): WarningEvent => ({
  ...{ uid, namespace: 'shop', reason: 'BackOff', message: 'm', times: 3, since: now, lastSeen: now },
  about: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
});

/** Follows one watch after another; each tells these events and then ends as its last entry says. */
async function follow(
  watches: readonly { readonly tells: readonly WarningEvent[]; readonly breaks?: true }[],
  more: { readonly ingest?: Following['ingest']; readonly wanted?: () => WarningEvents | undefined } = {},
): Promise<readonly string[]> {
  const taken: Alert[] = [];
  const ending = new AbortController();
  let next = 0;
  await followEvents(
    {
      watch: async (tell) => {
        const { tells, breaks } = watches[next] ?? { tells: [] };
        next += 1;
        for (const each of tells) tell(each);
        await new Promise((resolve) => setImmediate(resolve));
        if (next >= watches.length) ending.abort();
        if (breaks) throw new Error('broke off');
      },
      wanted: () => warningEvents.parse({ reasons: ['BackOff'] }),
      ingest: async (alerts) => {
        taken.push(...alerts);
        return { opened: alerts.length, known: 0, resolved: 0 };
      },
      ...{ clock: () => now, log: silentLog, pause: 1 },
      ...more,
    },
    ending.signal,
  );
  return taken.map(({ fingerprint }) => fingerprint);
}

test('an event is taken once, also when another watch tells it again', async () => {
  const [a, b] = [event('a'), event('b')];
  expect(await follow([{ tells: [a, a, b] }, { tells: [a, b, event('c')] }])).toEqual(['a', 'b', 'c']);
});

test('one that goes on is noted again, but not at each of its reports', async () => {
  const later = (minutes: number) => new Date(Date.parse(now) + minutes * 60_000).toISOString();
  const reports = [0, 2, 5, 6, 9, 11].map((minutes) => ({ ...event('a'), lastSeen: later(minutes) }));
  expect(await follow([{ tells: reports }])).toEqual(['a', 'a', 'a']);
});

test('a watch that breaks off is begun anew', async () => {
  expect(await follow([{ tells: [event('a')], breaks: true }, { tells: [event('b')] }])).toEqual(['a', 'b']);
});

test('what could not be stored is taken when it is told again', async () => {
  const stored: string[] = [];
  let tries = 0;
  await follow([{ tells: [event('a')] }, { tells: [event('a')] }, { tells: [event('a')] }], {
    ingest: async (alerts) => {
      tries += 1;
      if (tries === 1) throw new Error('no database');
      stored.push(...alerts.map(({ fingerprint }) => fingerprint));
      return { opened: 1, known: 0, resolved: 0 };
    },
  });
  expect(stored).toEqual(['a']);
});

test('a policy that is changed while it watches holds at once', async () => {
  let policy: WarningEvents | undefined = warningEvents.parse({ reasons: ['BackOff'] });
  const taken: string[] = [];
  await follow([{ tells: [event('a'), event('b')] }], {
    wanted: () => policy,
    ingest: async (alerts) => {
      policy = undefined;
      taken.push(...alerts.map(({ fingerprint }) => fingerprint));
      return { opened: 1, known: 0, resolved: 0 };
    },
  });
  expect(taken).toEqual(['a']);
});
