import { describe, expect, test } from 'vitest';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

/* A cluster that does not answer while what is proposed is judged. */

const believing = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart it.',
  match: { labels: { alertname: 'Down' } },
  claim: 'none',
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

const failures = ({ now }: Rig) =>
  now().shelf.messages.flatMap(({ notice }) =>
    notice.kind === 'reply' && notice.headline === 'Failed in evaluation' ? [notice.broadcast] : [],
  );

test.each([
  [
    'an alert brought about',
    { do: 'alert', labels: { alertname: 'Down', namespace: 'shop', deployment: 'web' } },
  ],
  ['a person asked for', { do: 'ask', text: 'rollout restart deploy/web -n shop' }],
] as const)('that what %s failed is told in the channel, wherever its card is', async (_name, step) => {
  const rig = createRig({ playbooks: [believing], world: { silent: ['gather'] } });
  await playStep(rig, step);
  await rig.settle();
  expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'evaluation' });
  expect(failures(rig)).toEqual([true]);
});

describe('an alert whose cluster does not say what it is about', () => {
  const crashing = {
    do: 'alert',
    labels: { alertname: 'Down', namespace: 'shop', pod: 'web-1' },
  } as const;
  const minute = 60;
  const silentFor = async (seconds: number) => {
    const rig = createRig({ playbooks: [believing], world: { silent: ['ownerOf'], failing: -1 } });
    await playStep(rig, crashing);
    await rig.pass(seconds);
    return rig;
  };
  const told = ({ now }: Rig) => now().shelf.log.filter(({ outcome }) => outcome === 'no_action').length;

  test('waits through an outage, and is proposed for when it is over', async () => {
    const rig = await silentFor(9 * minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([0, []]);
    expect(rig.now().shelf.incidents).toMatchObject([{ state: 'received' }]);
    rig.now().world.silent = [];
    await rig.pass(minute);
    expect([told(rig), rig.now().shelf.remediations.length]).toEqual([0, 1]);
  });

  test('ends without an action once the alert is over', async () => {
    const rig = await silentFor(5 * minute);
    for (const incident of rig.now().shelf.incidents) incident.resolvedAt = rig.now().now;
    await rig.pass(3 * minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([1, []]);
  });

  test('ends without an action after ten minutes', async () => {
    const rig = await silentFor(10 * minute);
    expect(told(rig)).toBe(0);
    await rig.pass(3 * minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([1, []]);
  });
});
