import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { holds, onScene } from './kill.ts';
import { readApprovals, readRemediations } from './ledger.ts';
import { decideUntilOver, openCard, until } from './people.ts';
import { roads } from './roads.ts';
import type { Scene } from './scene.ts';

async function cardOf(scene: Scene) {
  const find = async () => {
    const [row] = await readRemediations(scene.knex);
    return row === undefined ? undefined : openCard(scene, row.id);
  };
  await until(async () => (await find()) !== undefined);
  const card = await find();
  if (card === undefined) throw new Error('the card is gone');
  return card;
}

/** Ten clicks at once, half by each; sockets take turns, so both replicas get five. */
async function clickTogether(scene: Scene, decide: (nth: number) => { user: string; actionId: string }) {
  const message = await cardOf(scene);
  const clicks = Array.from({ length: 10 }, (_, nth) => scene.slack.click({ message, ...decide(nth) }));
  return Promise.all(clicks);
}

const byTurns = (nth: number): string => (nth % 4 < 2 ? 'U0BOB' : 'U0CAROL');

test.concurrent.each([
  ['human', 1],
  ['dual', 2],
] as const)('ten clicks at once by two people on the %s tier: one decision each', async (name, decisions) => {
  await onScene(async (scene) => {
    const replica = await scene.replica();
    await scene.peer();
    await scene.slack.untilConnected(2);
    await roads[name].begin(scene, replica.port);
    const answers = await clickTogether(scene, (nth) => ({
      user: byTurns(nth),
      actionId: actionIds.approve,
    }));
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'acked'));
    await decideUntilOver(scene, []);
    await holds(scene, roads[name]);
    const users = (await readApprovals(scene.knex)).map(({ user_id }) => user_id);
    expect(new Set(users).size).toBe(users.length);
    expect(users).toHaveLength(decisions);
    const again = scene.knex.raw('insert into approvals select * from approvals');
    await expect(again, 'the database itself').rejects.toThrow(/duplicate key/);
    // Everybody who clicked was answered, each click on its own; the requester has a receipt of the command.
    expect(scene.slack.ephemerals().filter(({ user }) => user !== 'U0ALICE')).toHaveLength(10);
  });
});

test.concurrent('approvals and rejections at once end in one of the two', async () => {
  await onScene(async (scene) => {
    const replica = await scene.replica();
    await scene.peer();
    await scene.slack.untilConnected(2);
    await roads.dual.begin(scene, replica.port);
    await clickTogether(scene, (nth) => ({
      user: byTurns(nth),
      actionId: byTurns(nth) === 'U0BOB' ? actionIds.approve : actionIds.reject,
    }));
    await decideUntilOver(scene, []);
    await holds(scene, { ends: [['rejected', null]] });
    const [approvals, writes] = [
      await readApprovals(scene.knex),
      scene.requests.filter(({ changed }) => changed),
    ];
    expect(approvals.filter(({ decision }) => decision === 'reject')).toHaveLength(1);
    expect(writes).toEqual([]);
  });
});

test.concurrent('a requester who clicks ten times approves nothing', async () => {
  await onScene(async (scene) => {
    const replica = await scene.replica();
    await scene.peer();
    await roads.human.begin(scene, replica.port);
    await clickTogether(scene, () => ({ user: 'U0ALICE', actionId: actionIds.approve }));
    expect(await readApprovals(scene.knex)).toEqual([]);
    await decideUntilOver(scene, ['U0BOB']);
    await holds(scene, roads.human);
  });
});
