import { expect, test } from 'vitest';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { play } from '../fixtures/script.ts';

const restart = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart what starves.',
  match: { labels: { alertname: 'Starving' } },
  claim: 'none',
  action: 'rollout restart deployment/{{name}} -n {{namespace}}',
});
const to = { users: ['U0ANN'], groups: ['S0SRE'] };

/** Who is wanted after the only step of a playbook did not work; undefined where nobody is told. */
async function wanted(escalation: object) {
  const rig = await play({
    name: 'escalated',
    options: { playbooks: [playbook.parse({ ...restart, ...escalation })], world: { crashing: true } },
    steps: [
      { do: 'alert', labels: { alertname: 'Starving', namespace: 'shop', deployment: 'web' } },
      { do: 'settle' },
      { do: 'pass', seconds: 3600 },
    ],
    ends: [],
  });
  return rig
    .now()
    .shelf.messages.map(({ notice }) => notice)
    .find((notice) => notice.kind === 'reply' && notice.headline === 'This needs people:');
}

test('whom a playbook names is wanted when it has nothing more to try, and the channel sees it', async () => {
  expect(await wanted({ escalation: to })).toMatchObject({
    to,
    body: 'Playbook restart has nothing more to try.',
    broadcast: true,
  });
});

test('without a name nobody is', async () => {
  expect(await wanted({})).toBeUndefined();
});
