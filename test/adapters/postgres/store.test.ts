import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targetKey } from '../../../src/domain/action.ts';
import { moves, type Remediation, remediation } from '../../../src/domain/remediation.ts';
import { happyRoad, remediationIn, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened, movedTo, jobsOf } = rowsOf(() => db);

describe('open', () => {
  test('writes the remediation, its incident, its event and its wake', async () => {
    const asked = proposal();
    const { remediation: row, created } = await db.store.open({ ...asked, reason: 'stuck' }, 'first');
    expect(created).toBe(true);
    expect(row).toMatchObject({
      state: 'requested',
      version: 0,
      id: asked.id,
      reason: 'stuck',
      cluster: 'test',
    });
    expect(row.targetKey).toBe(targetKey('test', asked.action.target));
    expect(row.targetKey).toMatch(/^test\/shop\/Deployment\/./);
    expect(await db.store.load(row.id)).toEqual(row);
    expect(await db.store.byNumber(row.number)).toEqual(row);
    expect(await jobsOf(row.id)).toEqual([{ kind: 'step', version: 0, state: 'created' }]);
    expect(await db.knex('remediation_events').where({ remediation_id: row.id })).toMatchObject([
      { event: 'requested', from_state: null, to_state: 'requested', version: 0 },
    ]);
  });

  test('ten deliveries of one request at once open one remediation', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => db.store.open(proposal(), key)));
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.remediation.id)).size).toBe(1);
  });

  test('text that PostgreSQL cannot hold is kept as near as it can', async () => {
    const row = await opened({ ...proposal(), reason: 'nul \0 and half \ud800 a pair' });
    expect(await db.store.load(row.id)).toMatchObject({ reason: 'nul \ufffd and half \ufffd a pair' });
  });
});

test.each(['no-uuid', randomUUID()])('an id that is not there is answered with nothing: %s', async (id) => {
  expect(await db.store.load(id)).toBeUndefined();
  expect(await db.store.incident(id)).toBeUndefined();
});

describe('transition', () => {
  test('every state of the road comes back as it was written', async () => {
    let row = await opened();
    for (const state of happyRoad) {
      const transition = transitionTo(row, state);
      expect(await db.store.transition(row, transition)).toBe('committed');
      expect(await db.store.load(row.id)).toEqual(transition.next);
      row = transition.next;
    }
    const events = await db.knex('remediation_events').where({ remediation_id: row.id }).orderBy('seq');
    expect(events.map((event) => event.to_state)).toEqual(['requested', ...happyRoad]);
    expect(events.map((event) => event.version)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  const early = [
    ['no_action', 'requested'],
    ['blocked', 'requested'],
    ['failed', 'requested'],
    ['rejected', 'waiting'],
    ['expired', 'waiting'],
    ['superseded', 'approved'],
    ['inconclusive', 'learning'],
  ] as const;
  test.each(early)('the end %s comes back as it was written', async (end, before) => {
    const row = before === 'requested' ? await opened() : await movedTo(before);
    const transition = transitionTo(row, end);
    expect(await db.store.transition(row, transition)).toBe('committed');
    expect(await db.store.load(row.id)).toEqual(transition.next);
  });

  const states = remediation.options.map((option) => option.shape.state.value);
  const forbidden = states.flatMap((from) =>
    states.filter((to) => !moves[from].includes(to)).map((to) => [from, to] as const),
  );
  test('a move that is not listed is a fault and writes nothing', async () => {
    const row = await opened();
    for (const [from, to] of forbidden) {
      const stands = remediationIn(from, { id: row.id });
      await expect(db.store.transition(stands, transitionTo(stands, to)), `${from} to ${to}`).rejects.toThrow(
        'cannot move',
      );
    }
    expect(await db.store.load(row.id)).toEqual(row);
  });

  test('a version that skips one is a fault, and so is another remediation', async () => {
    const row = await opened();
    const transition = transitionTo(row, 'evaluated');
    const skipping = { ...transition, next: { ...transition.next, version: 2 } };
    await expect(db.store.transition(row, skipping)).rejects.toThrow('cannot become');
    const other = { ...transition, next: { ...transition.next, id: randomUUID() } };
    await expect(db.store.transition(row, other)).rejects.toThrow('cannot become');
  });

  test.each([
    ['a version that is not there yet', (row: Remediation): Remediation => ({ ...row, version: 1 })],
    [
      'another state of the same version',
      (row: Remediation) => remediationIn('waiting', { id: row.id, version: 0 }),
    ],
  ])('a move from %s is stale and writes nothing', async (_name, standsAt) => {
    const row = await opened();
    const stands = standsAt(row);
    const to = stands.state === 'waiting' ? 'rejected' : 'evaluated';
    expect(await db.store.transition(stands, transitionTo(stands, to))).toBe('stale');
    expect(await db.store.load(row.id)).toEqual(row);
    expect(await db.knex('remediation_events').where({ remediation_id: row.id })).toHaveLength(1);
  });

  test('twenty writers of one version: one commits, the others are stale and leave no trace', async () => {
    const row = await opened();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.store.transition(
          row,
          transitionTo(row, 'evaluated', [
            { kind: 'reply', key: `by-${i}`, notice: { kind: 'reply', headline: `${i}`, broadcast: false } },
          ]),
        ),
      ),
    );
    expect(answers.toSorted()).toEqual(['committed', ...Array.from({ length: 19 }, () => 'stale')]);
    expect(await db.knex('slack_outbox').where('root_key', `card:${row.id}`)).toHaveLength(1);
    expect(await db.knex('remediation_events').where({ remediation_id: row.id })).toHaveLength(2);
  });

  test('a repeat after a commit whose answer was lost changes nothing', async () => {
    const row = await opened();
    const transition = transitionTo(row, 'evaluated', [{ kind: 'card' }, { kind: 'wake', afterSeconds: 0 }]);
    expect(await db.store.transition(row, transition)).toBe('committed');
    expect(await db.store.transition(row, transition)).toBe('stale');
    expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toMatchObject([
      { desired_revision: 1 },
    ]);
    expect((await jobsOf(row.id)).filter((job) => job.version === 1)).toHaveLength(1);
  });

  test('an effect that cannot be written takes the whole step with it', async () => {
    const row = await opened();
    const transition = transitionTo(row, 'evaluated', [
      { kind: 'card' },
      { kind: 'propose', proposal: { ...proposal(), id: row.id } },
    ]);
    await expect(db.store.transition(row, transition)).rejects.toThrow('remediations_pkey');
    expect(await db.store.load(row.id)).toEqual(row);
    expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toHaveLength(0);
  });

  test('two remediations of one target: the second is put off and runs when the first has ended', async () => {
    const action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'shop', name: 'contended' },
    } as const;
    const [a, b] = await Promise.all(
      [1, 2].map(async () => movedTo('approved', await opened({ ...proposal(), action }))),
    );
    if (a === undefined || b === undefined) throw new Error('two rows were opened');
    const executing = transitionTo(a, 'executing');
    expect(await db.store.transition(a, executing)).toBe('committed');
    expect(await db.store.transition(b, transitionTo(b, 'executing'))).toBe('busy');
    expect(await db.store.load(b.id)).toEqual(b);
    expect((await jobsOf(b.id)).filter((job) => job.version === b.version)).toHaveLength(1);
    expect(await db.store.transition(executing.next, transitionTo(executing.next, 'failed'))).toBe(
      'committed',
    );
    expect(await db.store.transition(b, transitionTo(b, 'executing'))).toBe('committed');
  });
});

describe('claims', () => {
  /** Opens a remediation and takes its wake as a worker would. */
  async function claimed() {
    await db.knex.raw('delete from pgboss.job');
    const row = await opened();
    const [taken] = await db.queue.take(db.knex, 1, 1);
    if (taken === undefined) throw new Error('the wake was not there');
    return { row, claim: taken.claim };
  }

  test('the step and the end of its job commit together', async () => {
    const { row, claim } = await claimed();
    expect(await db.store.transition(row, transitionTo(row, 'evaluated'), claim)).toBe('committed');
    expect(await jobsOf(row.id)).toMatchObject([{ state: 'completed' }]);
  });

  test('a step whose claim was lost is stale and writes nothing', async () => {
    const { row, claim } = await claimed();
    await db.queue.fail(db.knex, claim, new Error('taken away'));
    expect(await db.store.transition(row, transitionTo(row, 'evaluated'), claim)).toBe('stale');
    expect(await db.store.load(row.id)).toEqual(row);
  });

  test('a step that finds its target held ends its job and is woken once more', async () => {
    const holder = await movedTo('executing');
    await db.knex.raw('delete from pgboss.job');
    const row = await movedTo('approved', await opened({ ...proposal(), action: holder.action }));
    await db.knex.raw('delete from pgboss.job');
    await db.queue.send(db.knex, { kind: 'step', id: row.id, version: row.version });
    const [taken] = await db.queue.take(db.knex, 1, 1);
    if (taken === undefined) throw new Error('the wake was not there');
    expect(await db.store.transition(row, transitionTo(row, 'executing'), taken.claim)).toBe('busy');
    expect((await jobsOf(row.id)).map((job) => job.state).toSorted()).toEqual(['completed', 'created']);
    expect(await db.store.transition(row, transitionTo(row, 'executing'), taken.claim)).toBe('stale');
    expect(await jobsOf(row.id)).toHaveLength(2);

    // Put off once more, it is woken once more.
    await db.knex.raw('update pgboss.job set start_after = now()');
    const [again] = await db.queue.take(db.knex, 1, 1);
    expect(await db.store.transition(row, transitionTo(row, 'executing'), again?.claim)).toBe('busy');
    const states = (await jobsOf(row.id)).map((job) => job.state);
    expect(states.toSorted()).toEqual(['completed', 'completed', 'created']);
  });

  test('a wake that means nothing is ended', async () => {
    const { row, claim } = await claimed();
    await db.store.dismiss(claim);
    expect(await jobsOf(row.id)).toMatchObject([{ state: 'completed' }]);
  });
});

test('an unparsable command leaves one line, however often it is delivered', async () => {
  const entry = { command: 'kubectl nonsense', reason: 'no such verb', by: requester, requestKey: 'r-1' };
  await Promise.all([1, 2, 3].map(() => db.store.recordUnparsable(entry)));
  expect(await db.knex('automation_operation_log').where({ outcome: 'unparsable' })).toMatchObject([
    { command: 'kubectl nonsense', detail: 'no such verb', requested_by: requester.userId },
  ]);
});

test('summaries: newest first, the open ones or all', async () => {
  const done = await movedTo('succeeded');
  const open = await movedTo('waiting');
  const all = await db.store.summaries({ open: false, limit: 2 });
  expect(all).toMatchObject([
    { number: open.number, state: 'waiting', tier: 'human', score: 20 },
    {
      number: done.number,
      state: 'succeeded',
      verdict: 'verified',
      command: expect.stringContaining('kubectl rollout restart'),
    },
  ]);
  const stillOpen = await db.store.summaries({ open: true, limit: 100 });
  expect(stillOpen.map((line) => line.number)).not.toContain(done.number);
  expect(stillOpen.map((line) => line.number)).toContain(open.number);
});
