import { describe, expect, test } from 'vitest';
import { after as later } from '../../src/domain/text/time.ts';
import { deliverAll } from '../../src/workflow/delivery/deliver.ts';
import type { Posted } from '../../src/workflow/shown.ts';
import { memoryChat, memoryOutbox } from '../fixtures/memory-outbox.ts';
import { putWake } from '../fixtures/memory-store.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

/** Twenty values of 500 characters: more than a card has room for. */
const values = Array.from({ length: 20 }, (_, at) => `'V${at}=${at} ${'x'.repeat(497)}'`).join(' ');
const long = `set env deploy/web ${values} -n production`;
const short = 'rollout restart deploy/web -n production';

async function deliver(rig: Rig, choice: Parameters<typeof memoryChat>[0] = {}) {
  const stop = new AbortController();
  const { chat, told } = memoryChat(choice);
  const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
  await deliverAll(rig.context, { outbox, chat }, stop.signal);
  return told;
}

async function asked(text: string): Promise<Rig> {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text });
  await rig.settle();
  return rig;
}

const showing = (rig: Rig) => {
  const row = rig.row(1);
  return 'showing' in row ? row.showing : undefined;
};
const approve = (rig: Rig) => playStep(rig, { do: 'approve', by: 'U0ANN' });

describe('what the card has room for', () => {
  test('can be approved at once', async () => {
    const rig = await asked(short);
    expect(showing(rig)).toMatchObject({ kind: 'card' });
    expect(await approve(rig)).toBe('recorded');
  });

  test('goes into the thread when only the short card is taken, and nobody approves before', async () => {
    const rig = await asked(short);
    await deliver(rig, {
      answers: ({ key, channel, content }) =>
        content.kind === 'card' ? { kind: 'sent', channel, ts: key, short: true } : undefined,
    });
    await rig.settle();
    expect(showing(rig)).toMatchObject({ kind: 'posting' });
    expect(await approve(rig)).toBe('refused');
    const told = await deliver(rig);
    await rig.settle();
    const parts = told.flatMap(({ post }) =>
      post.content.kind === 'part' ? post.content.notice.passages : [],
    );
    expect(parts.map(({ text }) => text)).toContain('kubectl rollout restart deployment/web -n production');
    expect(showing(rig)).toMatchObject({ kind: 'thread' });
    expect(await approve(rig)).toBe('recorded');
  });
});

describe('what it has no room for', () => {
  test('is in the thread before anybody can approve, in order and to the byte', async () => {
    const rig = await asked(long);
    expect(rig.row(1).state).toBe('waiting');
    expect(showing(rig)).toMatchObject({ kind: 'posting' });
    expect(await approve(rig)).toBe('refused');

    const told = await deliver(rig);
    const [card, ...parts] = told.map(({ post }) => post.content);
    expect(card).toMatchObject({ kind: 'card', shown: { approvable: false, parts: parts.length } });
    expect(parts.map((content) => (content.kind === 'part' ? content.notice.part : 0))).toEqual(
      parts.map((_, at) => at + 1),
    );
    const text = parts
      .flatMap((content) => (content.kind === 'part' ? content.notice.passages : []))
      .map((passage) => passage.text)
      .join('');
    for (let at = 0; at < 20; at += 1) expect(text).toContain(`: ${at} ${'x'.repeat(497)}`);

    await rig.settle();
    expect(showing(rig)).toMatchObject({ kind: 'thread', parts: parts.length });
    const [after] = await deliver(rig);
    expect(after?.post.content).toMatchObject({ kind: 'card', shown: { approvable: true } });
    expect(await approve(rig)).toBe('recorded');
    await rig.settle();
    expect(rig.row(1)).toHaveProperty('startedAt');
  });

  test('that Slack never takes is never approved, and the card says so', async () => {
    const rig = await asked(long);
    await deliver(rig, {
      answers: ({ content }) =>
        content.kind === 'part' && content.notice.part === 2
          ? { kind: 'refused', reason: 'Slack refused it: is_archived.' }
          : undefined,
    });
    await rig.settle();
    expect(showing(rig)).toEqual({
      kind: 'refused',
      digest: expect.any(String),
      reason: 'Slack refused it: is_archived.',
    });
    expect(await approve(rig)).toBe('refused');
    expect(await playStep(rig, { do: 'reject', by: 'U0ANN' })).toBe('recorded');
  });

  test('counts for its own digest only, and at the gate too', async () => {
    const rig = await asked(long);
    await deliver(rig);
    await rig.settle();
    expect(await approve(rig)).toBe('recorded');
    const row = rig.row(1);
    if (row.state !== 'approved' || row.showing === undefined) throw new Error('it was not approved');
    row.showing = { ...row.showing, digest: 'e'.repeat(64) };
    await rig.settle();
    expect(rig.row(1)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('not shown whole'),
    });
  });

  test('still expires', async () => {
    const rig = await asked(long);
    await deliver(rig);
    await rig.settle();
    await rig.pass(3601);
    expect(rig.row(1).state).toBe('expired');
  });

  test('survives being stopped after any step', async () => {
    const rig = await asked(long);
    rig.reload();
    for (let turn = 0; turn < 40 && showing(rig)?.kind === 'posting'; turn += 1) {
      // One message, then the process ends: what was promised is all there is.
      let left = 1;
      const stop = new AbortController();
      const { chat } = memoryChat();
      const { outbox } = memoryOutbox(() => rig.now().shelf, { onIdle: () => stop.abort() });
      const lease = async (limit: number) => {
        left -= 1;
        if (left >= 0) return outbox.lease(Math.min(1, limit));
        stop.abort();
        return [];
      };
      await deliverAll(rig.context, { outbox: { ...outbox, lease }, chat }, stop.signal);
      rig.reload();
      await rig.settle();
      rig.reload();
    }
    expect(showing(rig)?.kind).toBe('thread');
  });
});

describe('a row from before it was noted what was shown', () => {
  const aged = async (text: string): Promise<Rig> => {
    const rig = await asked(text);
    const row = rig.row(1);
    if (row.state !== 'waiting') throw new Error('it does not wait');
    delete row.showing;
    rig.now().shelf.messages = [];
    return rig;
  };

  test('can be approved where its card had everything as it is', async () => {
    expect(await approve(await aged(short))).toBe('recorded');
  });

  test('cannot be approved where its card cut something, until that is shown', async () => {
    const rig = await aged(long);
    expect(await approve(rig)).toBe('refused');
    const { id, version } = rig.row(1);
    rig.now().shelf.jobs.push({
      jobId: '900',
      wake: { kind: 'step', id, version },
      attempt: 0,
      dueAt: rig.now().now,
    });
    await rig.settle();
    expect(showing(rig)).toMatchObject({ kind: 'posting' });
    await deliver(rig);
    await rig.settle();
    expect(await approve(rig)).toBe('recorded');
  });
});

describe('the time for deciding', () => {
  const hour = 3600;

  /** A rig whose database says of the card what it is told. */
  async function posted(says: (rig: Rig) => Partial<Posted>): Promise<Rig> {
    const rig = await asked(short);
    const { posted: stored } = rig.context.store;
    rig.context.store.posted = async (id, version) => ({ ...(await stored(id, version)), ...says(rig) });
    return rig;
  }
  const lookAgain = async (rig: Rig) => {
    const { id, version } = rig.row(1);
    putWake({ ...rig.context, shelf: () => rig.now().shelf }, { kind: 'step', id, version }, 0);
    await rig.settle();
  };
  const expiry = (rig: Rig) => {
    const row = rig.row(1);
    return row.state === 'waiting' ? row.expiresAt : row.state;
  };

  test('begins anew where the card was posted late, and is told on it', async () => {
    const rig = await posted((of) => ({ at: later(of.row(1).createdAt, 600) }));
    const before = expiry(rig);
    const { version } = rig.row(1);
    await lookAgain(rig);
    expect(expiry(rig)).toBe(later(rig.row(1).createdAt, 600 + hour));
    expect(expiry(rig)).not.toBe(before);
    expect(rig.row(1).version).toBe(version + 1);
    await lookAgain(rig);
    expect(rig.row(1).version).toBe(version + 1);
    await rig.pass(hour);
    expect(rig.row(1).state).toBe('waiting');
    await rig.pass(601);
    expect(rig.row(1).state).toBe('expired');
  });

  test('does not move for a few seconds', async () => {
    const rig = await posted((of) => ({ at: later(of.row(1).createdAt, 3) }));
    const before = expiry(rig);
    await lookAgain(rig);
    expect(expiry(rig)).toBe(before);
  });

  test('does not run out while the card is still to be posted', async () => {
    let pending = true;
    const rig = await posted(() => ({ pending }));
    await rig.pass(hour + 1);
    expect(rig.row(1).state).toBe('waiting');
    expect(await approve(rig)).toBe('recorded');
    pending = false;
  });

  test('runs out an hour after the card came', async () => {
    let pending = true;
    const rig = await posted(() => ({ pending }));
    await rig.pass(hour + 1);
    pending = false;
    await rig.pass(hour + 1);
    expect(rig.row(1).state).toBe('expired');
  });

  test('runs out by the database’s clock: ours may be behind it', async () => {
    const rig = await posted(() => ({}));
    const { id, version } = rig.row(1);
    rig.context.store.now = async () => later(rig.row(1).createdAt, hour + 1);
    putWake({ ...rig.context, shelf: () => rig.now().shelf }, { kind: 'expire', id, version }, 0);
    await rig.pass(1);
    expect(rig.row(1).state).toBe('expired');
  });
});
