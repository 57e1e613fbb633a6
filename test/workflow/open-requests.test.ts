import { expect, test } from 'vitest';
import { deliverAll } from '../../src/workflow/delivery/deliver.ts';
import { memoryChat, memoryOutbox } from '../fixtures/memory-outbox.ts';
import { playStep } from '../fixtures/script.ts';
import { asked, inTwo, left, merged, now, type Stage } from './emergency-stage.ts';

/** What the second card says of the requests that are open. */
async function secondCard({ rig }: Stage): Promise<string | undefined> {
  const stop = new AbortController();
  const { chat, told } = memoryChat();
  const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
  const key = `card:${rig.row(2).id}`;
  for (const message of rig.now().shelf.messages) if (message.key === key) message.wanted += 1;
  await deliverAll(rig.context, { outbox, chat }, stop.signal);
  const content = told.find(({ post }) => post.key === key)?.post.content;
  if (content?.kind !== 'card') throw new Error('no card was sent');
  return content.openRequests;
}

async function again(stage: Stage): Promise<void> {
  await playStep(stage.rig, { do: 'ask', text: 'scale deployment/web --replicas=6 -n shop' });
  await stage.rig.pass(5);
  expect(stage.rig.row(2).state).toBe('waiting');
}

const still =
  'Pull request #7 of remediation 1 is still open: https://git.example/shop/pull/7\nBoth change apps/web.yaml; merge that one first, or close it.';

test('the card after an emergency names the request that follows it, until that is merged', async () => {
  const stage = await asked();
  await now(stage);
  await inTwo(stage, 30);
  expect(stage.rig.row(1).state).toBe('succeeded');
  await again(stage);
  expect(await secondCard(stage)).toBe(still);
  const { rig } = stage;
  const row = rig.row(2);
  await rig.commands.actNow({
    ...{ remediationId: row.id, digest: 'digest' in row ? (row.digest ?? '') : '', pause: false },
    ...{ actor: { userId: 'U0ANN', teamId: 'T0' }, reason: 'It is not enough.' },
  });
  expect(rig.row(2)).toHaveProperty('emergency');
  expect(await secondCard(stage)).toBe(still);
  stage.repositories.standing = merged;
  await rig.pass(60);
  expect(left(stage)?.aftermath.request.step).not.toBe('open');
  expect(await secondCard(stage)).toBeUndefined();
});

test('so does the card after a change that goes through its request', async () => {
  const stage = await asked();
  for (const by of ['U0ANN', 'U0BEN']) await playStep(stage.rig, { do: 'approve', by });
  await stage.rig.pass(10);
  expect(stage.rig.row(1).state).toBe('pr_open');
  await again(stage);
  expect(await secondCard(stage)).toBe(still);
});
