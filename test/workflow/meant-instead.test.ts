import { describe, expect, test } from 'vitest';
import { commandsInstead } from '../../src/workflow/delivery/instead.ts';
import { createRig, type RigOptions } from '../fixtures/rig.ts';

/* Who mistypes is answered with what is there, as commands that can be run as they stand. */

const actor = { userId: 'U0ASK', teamId: 'T0' };

async function asked(text: string, options: RigOptions = {}) {
  const rig = createRig(options);
  const response = await rig.commands.remediate({ text, actor, requestKey: 'k1' });
  await rig.settle();
  return { rig, response };
}

describe('a bare verb is answered from the cluster', () => {
  test.each([
    ['restart web', 'kubectl rollout restart deployment/web -n shop'],
    ['restart web -n shop', 'kubectl rollout restart deployment/web -n shop'],
    ['rollout restart web', 'kubectl rollout restart deployment/web -n shop'],
    ['undo web', 'kubectl rollout undo deployment/web -n shop'],
    ['scale web --replicas=3', 'kubectl scale deployment/web --replicas=3 -n shop'],
    ['restart webx', 'kubectl rollout restart deployment/web -n shop'],
  ])('%s', async (text, command) => {
    const { response } = await asked(text);
    expect(response).toMatchObject({ kind: 'refused', commands: [command] });
    expect(response).toMatchObject({ preformatted: expect.stringMatching(new RegExp(`Try: ${command}$`)) });
  });

  test('with each of several that are there', async () => {
    const { response } = await asked('restart api', { others: { 'api-a': {}, 'api-b': {} } });
    const commands = ['api-a', 'api-b'].map((name) => `kubectl rollout restart deployment/${name} -n shop`);
    expect(response).toMatchObject({ kind: 'refused', commands });
    expect(response).toMatchObject({
      preformatted: expect.stringContaining(`Try: ${commands[0]}\n Or: ${commands[1]}`),
    });
  });

  test('without a command where nothing is called so', async () => {
    const { response } = await asked('restart checkout');
    expect(response).not.toHaveProperty('commands');
    expect(response).toMatchObject({
      preformatted: expect.stringMatching(
        /\.\nNo Deployment, StatefulSet or DaemonSet of a name like "checkout" was found\.$/,
      ),
    });
  });

  test('with the nearest form when the cluster does not answer', async () => {
    const { response } = await asked('restart web', { world: { silent: ['resembling'], failing: 9 } });
    expect(response).toMatchObject({ commands: ['kubectl rollout restart deployment/web -n default'] });
  });

  test('a form with words to fill in is no command', async () => {
    const { response } = await asked('restart');
    expect(response).not.toHaveProperty('commands');
    expect(response).toMatchObject({ preformatted: expect.stringContaining('deployment/NAME -n NAMESPACE') });
  });

  test('a command that would be refused is not offered', async () => {
    const { response } = await asked('get pods');
    expect(response).not.toHaveProperty('commands');
  });
});

test('a number that is none is answered without the secret that it may be', async () => {
  const secret = ['gh', 'p_', 'a1B2c3D4e5F6'.repeat(3)].join('');
  const { response } = await asked(`status ${secret}`);
  expect(JSON.stringify(response)).not.toContain(secret.slice(0, 20));
});

describe('what cannot be done offers what can', () => {
  test('an object that is not there: the same on those that are', async () => {
    const { rig } = await asked('rollout restart deploy/webx -n shop');
    const row = rig.row(1);
    expect(row.state).toBe('no_action');
    expect(commandsInstead(row)).toEqual(['kubectl rollout restart deployment/web -n shop']);
  });

  test('one of several that is not there: the same with the one that is', async () => {
    const { rig } = await asked('rollout restart deploy/api deploy/webx -n shop', { others: { api: {} } });
    const row = rig.row(1);
    expect(row.state).toBe('no_action');
    expect(commandsInstead(row)).toEqual(['kubectl rollout restart deployment/api deployment/web -n shop']);
  });

  test('a container that is not there: the one of nearly the same name, or the only one', async () => {
    for (const name of ['wbe', 'nothing-like-it']) {
      const { rig } = await asked(`set image deploy/web ${name}=web:2 -n shop`);
      const row = rig.row(1);
      expect(row.state).toBe('blocked');
      expect(commandsInstead(row)).toEqual(['kubectl set image deployment/web web=web:2 -n shop']);
    }
  });

  test('nothing for what is blocked for another reason, or done', async () => {
    const { rig } = await asked('scale deploy/web --replicas=2 -n kube-system');
    expect(commandsInstead(rig.row(1))).toEqual([]);
  });
});
