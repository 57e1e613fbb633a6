import { expect, test } from 'vitest';
import { deliverAll } from '../../src/workflow/delivery/deliver.ts';
import { memoryChat, memoryOutbox } from '../fixtures/memory-outbox.ts';
import type { Rig } from '../fixtures/rig.ts';
import { alertOf, play, playStep } from '../fixtures/script.ts';

/* What a card says of what came after it. */

const down = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop -- too many' } as const;
const waiting = () => play({ name: 'waiting', steps: [down, { do: 'settle' }], ends: ['waiting'] });

/** Delivers until nothing is due. */
async function deliver(rig: Rig) {
  const stop = new AbortController();
  const { chat, told } = memoryChat({});
  const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
  await deliverAll(rig.context, { outbox, chat }, stop.signal);
  return { told };
}

const cardOf = (rig: Rig, number = 1) => `card:${rig.row(number).id}`;

test('the card that nobody has answered says so while its alert fires and nothing else is under way', async () => {
  const rig = await waiting();
  const [own] = rig.now().shelf.incidents;
  Object.assign(own ?? {}, { alert: alertOf({ alertname: 'Down' }) });
  const headedOf = async (number: number) => {
    const content = (await deliver(rig)).told.find(({ post }) => post.key === cardOf(rig, number))?.post
      .content;
    return content?.kind === 'card' ? content.headed : undefined;
  };
  expect(await headedOf(1)).not.toHaveProperty('unanswered');
  await rig.pass(3600);
  expect(rig.row(1).state).toBe('expired');
  expect(await headedOf(1)).toMatchObject({ unanswered: 1 });
  // Somebody asks again, which is under way.
  await playStep(rig, down);
  await rig.settle();
  Object.assign(rig.now().shelf.incidents[1] ?? {}, { joined: own?.id });
  rig.now().shelf.messages.map((message) => Object.assign(message, { wanted: message.wanted + 1 }));
  expect(await headedOf(1)).not.toHaveProperty('unanswered');
  // It is over, and so is the alert.
  await rig.pass(3600);
  expect(rig.row(2).state).toBe('expired');
  Object.assign(own ?? {}, { resolvedAt: rig.now().now });
  rig.now().shelf.messages.map((message) => Object.assign(message, { wanted: message.wanted + 1 }));
  expect(await headedOf(1)).not.toHaveProperty('unanswered');
});

test('the card that was superseded says where the card is that took its place, once that is there', async () => {
  const rig = await play({
    name: 'superseded',
    steps: [down, { do: 'settle' }, { do: 'approve', by: 'U0ANN' }, { do: 'world', is: { replicas: 5 } }],
    ends: ['superseded', 'waiting'],
  });
  const places = new Map([[rig.row(2).id, { channel: 'C0OPS', ts: '1.2' }]]);
  const cardOfRow = async (id: string) => places.get(id);
  Object.assign(rig.context, { notified: { choose: async () => undefined, cardOf: cardOfRow } });
  const { told } = await deliver(rig);
  const contents = told.map(({ post }) => post.content).filter((content) => content.kind === 'card');
  expect(
    contents.flatMap(({ remediation, successorAt }) =>
      successorAt ? [[remediation.number, successorAt]] : [],
    ),
  ).toEqual([[1, { channel: 'C0OPS', ts: '1.2' }]]);
});
