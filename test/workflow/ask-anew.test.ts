import { describe, expect, test } from 'vitest';
import type { State } from '../../src/domain/remediation.ts';
import { commandsInstead } from '../../src/workflow/delivery/instead.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig, members, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

/* What nobody approved in time can be asked for anew with one click, by whoever may ask for it. */

const text = 'scale deploy/web --replicas=1 -n shop';

async function expired(options: RigOptions = {}): Promise<Rig> {
  const rig = createRig(options);
  for (const step of [{ do: 'ask', text }, { do: 'settle' }, { do: 'pass', seconds: 3600 }] as const)
    await playStep(rig, step);
  expect(rig.row(1).state).toBe('expired');
  return rig;
}

/** As a click on the card does. */
function press(rig: Rig, userId = 'U0BEN') {
  const [command = ''] = commandsInstead(rig.row(1));
  return rig.commands.remediate({
    text: command,
    actor: { userId, teamId: 'T0' },
    requestKey: `run:${userId}`,
  });
}

test('the same is asked for in the name of whoever clicks, and judged by what is there now', async () => {
  const rig = await expired();
  const first = rig.row(1);
  rig.now().world.replicas = 5;
  expect(await press(rig)).toMatchObject({ kind: 'accepted', number: 2 });
  await rig.settle();
  expect(rig.row(2)).toMatchObject({
    state: 'waiting',
    action: first.action,
    requestedBy: { kind: 'person', actor: { userId: 'U0BEN' } },
    facts: { subject: { desired: 5 } },
  });
  expect(rig.now().shelf.approvals).toEqual([]);
  expect(rig.row(1)).toEqual(first);
});

test('clicks at the same moment and later ones are one request', async () => {
  const rig = await expired();
  const answers = await Promise.all([press(rig), press(rig), press(rig)]);
  await rig.settle();
  answers.push(await press(rig));
  for (const answer of answers) expect(answer).toMatchObject({ kind: 'accepted', number: 2 });
  expect(rig.now().shelf.remediations).toHaveLength(2);
});

test('who may not ask is told so, and nothing is asked for', async () => {
  const mayAsk: (typeof members)['mayAsk'] = async (actor, requesters) =>
    actor.userId === 'U0GUEST'
      ? { kind: 'refused', reason: 'Guests of the workspace cannot ask.' }
      : members.mayAsk(actor, requesters);
  const rig = await expired({ people: { ...members, mayAsk } });
  expect(await press(rig, 'U0GUEST')).toEqual({
    kind: 'denied',
    sentence: 'Guests of the workspace cannot ask.',
  });
  expect(rig.now().shelf.remediations).toHaveLength(1);
});

test('an object that is gone by then is said to be', async () => {
  const rig = await expired();
  rig.now().world.absent = true;
  expect(await press(rig)).toMatchObject({ kind: 'accepted', number: 2 });
  await rig.settle();
  expect(rig.row(2)).toMatchObject({ state: 'no_action', failure: expect.stringContaining('web') });
});

describe('nothing is offered', () => {
  test.each<State>(['rejected', 'superseded', 'waiting', 'succeeded', 'failed'])('of what is %s', (state) => {
    expect(commandsInstead(remediationIn(state))).toEqual([]);
  });

  test('of what went into a repository, where it may still be merged', () => {
    const row = remediationIn('expired');
    if (row.state !== 'expired') throw new Error(row.state);
    expect(commandsInstead(row)).toHaveLength(1);
    const request = { step: 'open', branch: 'b', commit: 'c'.repeat(40), openedAt: noon } as const;
    expect(commandsInstead({ ...row, request })).toEqual([]);
  });
});
