import { expect, test } from 'vitest';
import type { StormStanding } from '../../src/domain/incidents/storm.ts';
import { statusFor } from '../../src/workflow/insight/status.ts';
import { noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const message = { channel: 'C0OPS', ts: '1.2' };

async function statusIn(storm: StormStanding | undefined) {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' });
  await rig.settle();
  const store = { ...rig.context.store, stormStanding: async () => storm };
  return statusFor({ ...rig.context, store }, { userId: 'U0ASK', teamId: 'T0' });
}

test('says that a storm holds, before what is open', async () => {
  expect(await statusIn({ beganAt: noon, incidents: 34, waiting: 12, message })).toEqual({
    kind: 'list',
    title: 'In progress or waiting for approval',
    lines: [
      {
        text: expect.stringMatching(
          /^A storm of 34 incidents of different owners since 12:00 UTC: nothing runs/,
        ),
      },
      { text: expect.stringMatching(/^It ends after 5 minutes below/) },
      { text: 'Its message in the channel lists what is proposed.', link: message },
      { text: expect.stringMatching(/^1 {2}waiting, human/) },
    ],
  });
});

test('says that alerts wait for their clusters, for which, and since when', async () => {
  const rig = createRig();
  const awaiting = async () => [
    { cluster: 'us', alerts: 12, since: noon },
    { alerts: 1, since: '2026-03-01T12:05:00.000Z' },
  ];
  const store = { ...rig.context.store, awaiting };
  expect(await statusFor({ ...rig.context, store }, { userId: 'U0ASK', teamId: 'T0' })).toMatchObject({
    lines: [
      '12 alerts wait for the API of the cluster us, which does not answer; the oldest since 12:00 UTC. They are looked at when it answers, including those that are resolved by then.',
      "1 alert waits for the cluster's API, which does not answer; the oldest since 12:05 UTC. They are looked at when it answers, including those that are resolved by then.",
    ],
  });
});

test('says nothing of storms where none holds', async () => {
  const told = await statusIn(undefined);
  expect(told).toMatchObject({ kind: 'text', lines: [expect.stringMatching(/^1 {2}waiting/)] });
  expect(JSON.stringify(told)).not.toContain('storm');
});
