import { afterEach, describe, expect, test, vi } from 'vitest';
import { deliverAll } from '../../src/workflow/delivery/deliver.ts';
import type { Double, DoubleSettled, Outbox } from '../../src/workflow/outbox-port.ts';
import type { Chat, Delivered, Post } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { memoryChat, memoryOutbox } from '../fixtures/memory-outbox.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { play, playStep } from '../fixtures/script.ts';

const down = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop -- too many' } as const;

/** A rig whose one remediation waits for people: a card is due. */
const waiting = () => play({ name: 'waiting', steps: [down, { do: 'settle' }], ends: ['waiting'] });

/** Delivers until nothing is due. */
async function deliver(
  rig: Rig,
  choice: Parameters<typeof memoryChat>[0] & { uncertain?: Set<string> } = {},
) {
  const stop = new AbortController();
  const { chat, told, looked } = memoryChat(choice);
  const { outbox, ledger } = memoryOutbox(() => rig.now().shelf, { ...choice, onIdle: () => stop.abort() });
  await deliverAll(rig.context, { outbox, chat }, stop.signal);
  return { told, looked, ledger };
}

const cardOf = (rig: Rig, number = 1) => `card:${rig.row(number).id}`;
const kindsOf = (told: readonly { how: string; post: Post }[]) =>
  told.map(({ how, post }) => `${how} ${post.content.kind}`);

describe('a card', () => {
  test('is posted with what the row says now', async () => {
    const rig = await waiting();
    const { told, ledger } = await deliver(rig);
    expect(kindsOf(told)).toEqual(['post card']);
    expect(told[0]?.post).toMatchObject({
      key: cardOf(rig),
      channel: 'C0TEST',
      content: {
        kind: 'card',
        remediation: rig.row(1),
        approvals: [],
        approvers: { users: ['U0ANN', 'U0BEN'] },
      },
    });
    expect(ledger.sending).toEqual([cardOf(rig)]);
  });

  test('is updated where it is, and replies go to its thread', async () => {
    const rig = await waiting();
    await deliver(rig);
    await playStep(rig, { do: 'approve', by: 'U0ANN' });
    await rig.settle();
    const { told, ledger } = await deliver(rig);
    expect(kindsOf(told).sort()).toEqual(['post reply', 'post reply', 'post reply', 'update card']);
    const update = told.find(({ how }) => how === 'update');
    expect(update?.post).toMatchObject({ ts: '1.000', content: { remediation: { state: 'succeeded' } } });
    const replies = told.filter(({ how }) => how === 'post');
    expect(replies.map(({ post }) => post.threadTs)).toEqual(['1.000', '1.000', '1.000']);
    expect(ledger.sending).not.toContain(cardOf(rig));
  });

  test('of a second change to the same owner names the first, and the first names it', async () => {
    const rig = await waiting();
    await playStep(rig, { ...down, text: 'scale deploy/web --replicas=0 -n shop' });
    await rig.settle();
    expect(rig.row(2).state).toBe('waiting');
    // The real store knows by the owner that the two are one incident.
    const { incidents } = rig.now().shelf;
    const second = incidents.find(({ id }) => id === rig.row(2).incidentId);
    Object.assign(second ?? {}, { joined: rig.row(1).incidentId });
    const { told } = await deliver(rig);
    const contentOf = (number: number) =>
      told.find(({ post }) => post.key === cardOf(rig, number))?.post.content;
    expect(contentOf(1)).toMatchObject({ headed: { alsoOpen: [{ number: 2, state: 'waiting' }] } });
    expect(contentOf(2)).toMatchObject({ besides: [{ number: 1, state: 'waiting' }] });
  });

  test('many changes are one update to the newest', async () => {
    const rig = await waiting();
    await deliver(rig);
    await playStep(rig, { do: 'reject', by: 'U0ANN', reason: 'no' });
    const { ledger } = await deliver(rig);
    expect(ledger.settled.filter(({ key }) => key === cardOf(rig))).toHaveLength(1);
  });

  test('says what would put it into a lower tier, and nothing where nothing would', async () => {
    const restart = { do: 'ask', text: 'rollout restart deploy/web -n production' } as const;
    const steps = [restart, down, { do: 'settle' }] as const;
    const rig = await play({ name: 'two', steps: [...steps], ends: ['waiting', 'waiting'] });
    const { told } = await deliver(rig);
    const cards = told.map(({ post }) => post.content).filter((content) => content.kind === 'card');
    const said = new Map(
      cards.map(({ remediation, counterfactual }) => [remediation.number, counterfactual]),
    );
    expect(said.get(1)).toBe('Would be auto if: outside production.');
    expect(said.get(2)).toBeUndefined();
  });

  test('that was superseded names the one that took its place', async () => {
    const rig = await play({
      name: 'superseded',
      steps: [down, { do: 'settle' }, { do: 'approve', by: 'U0ANN' }, { do: 'world', is: { replicas: 5 } }],
      ends: ['superseded', 'waiting'],
    });
    const { told } = await deliver(rig);
    const contents = told.map(({ post }) => post.content).filter((content) => content.kind === 'card');
    const successors = contents.map(({ remediation, supersededBy }) => [remediation.number, supersededBy]);
    expect(successors.sort()).toEqual([
      [1, 2],
      [2, undefined],
    ]);
    expect(contents.flatMap(({ successorAt }) => successorAt ?? [])).toEqual([]);
  });

  test('of the dual tier names the approvers of the dual tier', async () => {
    const text = 'scale deploy/web --replicas=1 -n production';
    const rig = await play({ name: 'dual', steps: [{ do: 'ask', text }], ends: ['waiting'] });
    const { told } = await deliver(rig);
    expect(told[0]?.post.content).toMatchObject({ approvers: { users: ['U0ANN', 'U0BEN', 'U0CAT'] } });
  });
});

describe('an answer of the chat is handed to the outbox as it is', () => {
  test.each<Delivered>([
    { kind: 'later', afterSeconds: 30, reason: 'rate limited' },
    { kind: 'unknown', reason: 'timed out' },
    { kind: 'refused', reason: 'invalid_blocks' },
    { kind: 'withheld', where: 'channel', reason: 'not_in_channel' },
    { kind: 'gone', reason: 'message_not_found' },
    { kind: 'sent', channel: 'C0OTHER', ts: '9.000' },
  ])('$kind', async (outcome) => {
    const rig = await waiting();
    const { ledger } = await deliver(rig, { answers: () => outcome });
    expect(ledger.settled).toEqual([{ key: cardOf(rig), outcome, revision: 1 }]);
  });
});

describe('a message that may have been posted', () => {
  test('is looked for, and brought up to date where it is found', async () => {
    const rig = await waiting();
    const { told, looked, ledger } = await deliver(rig, {
      uncertain: new Set([cardOf(rig)]),
      found: () => '7.000',
    });
    expect(looked).toEqual([cardOf(rig)]);
    expect(kindsOf(told)).toEqual(['update card']);
    expect(told[0]?.post).toMatchObject({ ts: '7.000' });
    expect(ledger.sending).toEqual([]);
  });

  test('waits while the chat cannot be asked: it is neither posted again nor held', async () => {
    const rig = await waiting();
    const choice = {
      uncertain: new Set([cardOf(rig)]),
      found: () => {
        throw new Error('Slack is away.');
      },
    };
    const { told, looked, ledger } = await deliver(rig, choice);
    expect(looked).toEqual([cardOf(rig)]);
    expect(told).toEqual([]);
    expect(ledger.settled).toMatchObject([
      { key: cardOf(rig), outcome: { kind: 'unknown', reason: 'Slack is away.' } },
    ]);
  });

  test('goes where others of its channel go that cannot be read any more', async () => {
    const rig = await waiting();
    const closed = { kind: 'withheld', where: 'channel', reason: 'is_archived' } as const;
    const { told, ledger } = await deliver(rig, { uncertain: new Set([cardOf(rig)]), found: () => closed });
    expect(told).toEqual([]);
    expect(ledger.settled).toMatchObject([{ key: cardOf(rig), outcome: closed }]);
  });

  test('is posted when it is not there', async () => {
    const rig = await waiting();
    const { told, looked, ledger } = await deliver(rig, { uncertain: new Set([cardOf(rig)]) });
    expect(looked).toEqual([cardOf(rig)]);
    expect(kindsOf(told)).toEqual(['post card']);
    expect(ledger.sending).toEqual([cardOf(rig)]);
  });
});

describe('copies of a message', () => {
  const copy: Double = {
    id: '1',
    key: 'card:1',
    channel: 'C0TEST',
    copy: '8.000',
    kept: '7.000',
    createdAt: noon,
  };
  const { copy: _, ...suspected } = copy;

  const seenTo = async (double: Double, chat: Partial<Chat>) => {
    const rig = createRig();
    const stop = new AbortController();
    const settled: DoubleSettled[] = [];
    const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
    const doubles = async () => (settled.length === 0 ? [double] : []);
    const settleDouble: Outbox['settleDouble'] = async (_double, what) => void settled.push(what);
    await deliverAll(
      rig.context,
      { outbox: { ...outbox, doubles, settleDouble }, chat: { ...memoryChat().chat, ...chat } },
      stop.signal,
    );
    return settled;
  };

  test('are deleted, and never the message that is known', async () => {
    const removed: unknown[] = [];
    const remove: Chat['remove'] = async (message) => {
      removed.push(message);
      return { kind: 'removed' };
    };
    expect(await seenTo(copy, { remove })).toEqual([{ kind: 'removed' }]);
    expect(removed).toEqual([{ channel: 'C0TEST', ts: '8.000' }]);
  });

  test('are looked for', async () => {
    const find = async () => ['6.000', '7.000', '9.000'];
    expect(await seenTo(suspected, { find })).toEqual([{ kind: 'looked', copies: ['6.000', '9.000'] }]);
  });

  test('of a file whose place is not known are all but the oldest', async () => {
    const find = async () => ['6.000', '7.000'];
    const file = { ...suspected, kept: 'F0ABC' };
    expect(await seenTo(file, { find })).toEqual([{ kind: 'looked', copies: ['7.000'] }]);
  });

  test('are tried again where the channel cannot be read, or Slack asks to wait', async () => {
    const closed = { kind: 'withheld', where: 'channel', reason: 'is_archived' } as const;
    expect(await seenTo(suspected, { find: async () => closed })).toEqual([
      { kind: 'later', afterSeconds: 5 },
    ]);
    const wait = { kind: 'later', afterSeconds: 30, reason: 'Slack asks to wait 30 s.' } as const;
    expect(await seenTo(suspected, { find: async () => wait })).toEqual([
      { kind: 'later', afterSeconds: 30 },
    ]);
  });

  test('are tried again where the chat cannot be asked', async () => {
    const find = async () => {
      throw new Error('Slack is away.');
    };
    expect(await seenTo(suspected, { find })).toEqual([{ kind: 'later', afterSeconds: 5 }]);
  });

  test('of a message that was looked for: the oldest is kept, the others are named', async () => {
    const rig = await waiting();
    const stop = new AbortController();
    const { chat } = memoryChat();
    const { outbox, ledger } = memoryOutbox(() => rig.now().shelf, {
      uncertain: new Set([cardOf(rig)]),
      onIdle: () => stop.abort(),
    });
    const find = async () => ['6.000', '7.000'];
    await deliverAll(rig.context, { outbox, chat: { ...chat, find } }, stop.signal);
    expect(ledger.settled).toMatchObject([{ outcome: { kind: 'sent', ts: '6.000', copies: ['7.000'] } }]);
  });
});

test('what a message speaks of is gone: it is refused, and nothing is sent', async () => {
  const rig = await waiting();
  const key = cardOf(rig);
  rig.now().shelf.remediations = [];
  const { told, ledger } = await deliver(rig);
  expect(told).toEqual([]);
  expect(ledger.settled).toMatchObject([{ key, outcome: { kind: 'refused' } }]);
});

test('secrets in the labels of an alert stay in the database', async () => {
  const labels = { alertname: 'Leak', url: 'https://u:hunter2hunter2@example.org/' };
  const rig = await play({ name: 'leak', steps: [{ do: 'alert', labels }], ends: [] });
  const { told } = await deliver(rig);
  expect(kindsOf(told)).toEqual(['post incident']);
  expect(JSON.stringify(told)).not.toContain('hunter2');
  expect(JSON.stringify(told)).toContain('https://u:[redacted]@example.org/');
  expect(rig.now().shelf.incidents[0]?.alert?.labels).toEqual(labels);
});

/** Two cards are due. */
const two = () => play({ name: 'two', steps: [down, down], ends: ['waiting', 'waiting'] });

describe('faults', () => {
  test('one message that cannot be sent does not stop the others', async () => {
    const rig = await two();
    const broken = cardOf(rig, 1);
    const stop = new AbortController();
    const { chat } = memoryChat({
      answers: ({ key }) => {
        if (key === broken) throw new Error('a bug in the renderer, password=hunter2hunter2');
        return undefined;
      },
    });
    const { outbox, ledger } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
    const warned: object[] = [];
    const log = { ...rig.context.log, warn: (fields: object) => void warned.push(fields) };
    await deliverAll({ ...rig.context, log }, { outbox, chat }, stop.signal);
    expect(ledger.settled.map(({ key }) => key)).toEqual([cardOf(rig, 2)]);
    expect(warned).toEqual([
      { key: broken, attempts: 1, fault: 'a bug in the renderer, password=[redacted]' },
    ]);
  });

  test('one outcome that cannot be written down does not stop the others', async () => {
    const rig = await two();
    const stop = new AbortController();
    const { outbox, ledger } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
    const settle: Outbox['settle'] = async (delivery, outcome) => {
      if (delivery.key === cardOf(rig, 1)) throw new Error('connection lost');
      await outbox.settle(delivery, outcome);
    };
    await deliverAll(rig.context, { outbox: { ...outbox, settle }, chat: memoryChat().chat }, stop.signal);
    expect(ledger.settled.map(({ key }) => key)).toEqual([cardOf(rig, 2)]);
  });

  describe('with the database away', () => {
    afterEach(() => vi.useRealTimers());

    test('it asks again every two seconds, and stops at once', async () => {
      vi.useFakeTimers();
      const rig = createRig();
      let asked = 0;
      const away = async () => {
        asked += 1;
        throw new Error('connection refused');
      };
      const outbox: Outbox = {
        lease: away,
        markSending: away,
        settle: away,
        doubles: away,
        settleDouble: away,
        wait: away,
      };
      const stop = new AbortController();
      const done = deliverAll(rig.context, { outbox, chat: memoryChat().chat }, stop.signal);
      await vi.advanceTimersByTimeAsync(0);
      expect(asked).toBe(1);
      await vi.advanceTimersByTimeAsync(6000);
      expect(asked).toBe(4);
      stop.abort();
      await done;
      expect(asked).toBe(4);
    });
  });
});

test('an abort stops the loop before it takes anything', async () => {
  const rig = await waiting();
  const { chat, told } = memoryChat();
  const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => undefined });
  await deliverAll(rig.context, { outbox, chat }, AbortSignal.abort());
  expect(told).toEqual([]);
});

test('an abort while sending ends the loop with what was sent written down', async () => {
  const rig = await two();
  const stop = new AbortController();
  const { chat } = memoryChat({
    answers: () => {
      stop.abort();
      return undefined;
    },
  });
  const { outbox, ledger } = memoryOutbox(() => rig.now().shelf, { onIdle: () => undefined });
  await deliverAll(rig.context, { outbox, chat }, stop.signal);
  expect(ledger.settled.map(({ key }) => key)).toEqual([cardOf(rig, 1), cardOf(rig, 2)]);
});
