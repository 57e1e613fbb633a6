import { expect, test } from 'vitest';
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
    'an alert brought about: its card alone is in the channel',
    { do: 'alert', labels: { alertname: 'Down', namespace: 'shop', deployment: 'web' } },
    false,
  ],
  [
    'a person asked for: it is told in the channel, too',
    { do: 'ask', text: 'rollout restart deploy/web -n shop' },
    true,
  ],
] as const)('what %s', async (_name, step, broadcast) => {
  const rig = createRig({ playbooks: [believing], world: { silent: ['gather'] } });
  await playStep(rig, step);
  await rig.settle();
  expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'evaluation' });
  expect(failures(rig)).toEqual([broadcast]);
});
