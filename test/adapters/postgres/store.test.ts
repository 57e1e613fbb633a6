import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { moves, remediation } from '../../../src/domain/remediation.ts';
import type { Effect, Proposal } from '../../../src/workflow/ports.ts';
import { noon, scaleTo } from '../../fixtures/facts.ts';
import { asState, happyRoad, requester, stepTo, verified } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

// A busy machine takes its time to start a database; a test that hangs still ends.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

let count = 0;
/** A proposal for a target of its own, so that tests do not hold each other's. */
function proposal(): Proposal {
  count += 1;
  const action = {
    verb: 'rollout restart',
    target: { kind: 'Deployment', namespace: 'shop', name: `web-${count}` },
  } as const;
  return { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } };
}

async function opened(of = proposal()): Promise<Remediation> {
  return (await db.store.open(of, randomUUID())).remediation;
}

/** Moves a row along the road and answers it as it stands then. */
async function movedTo(state: (typeof happyRoad)[number], from?: Remediation): Promise<Remediation> {
  let row = from ?? (await opened());
  for (const next of happyRoad.slice(0, happyRoad.indexOf(state) + 1)) {
    const step = stepTo(row, next);
    expect(await db.store.transition(row, step)).toBe('committed');
    row = step.next;
  }
  return row;
}

const jobsOf = async (id: string): Promise<{ kind: string; version: number; state: string }[]> =>
  (
    await db.knex.raw(
      `select data->>'kind' as kind, (data->>'version')::int as version, state::text from pgboss.job where data->>'id' = ? order by created_on`,
      [id],
    )
  ).rows;

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
    expect(row.targetKey).toBe(`test/shop/Deployment/${asked.action.target.name}`);
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
      const step = stepTo(row, state);
      expect(await db.store.transition(row, step)).toBe('committed');
      expect(await db.store.load(row.id)).toEqual(step.next);
      row = step.next;
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
    const step = stepTo(row, end);
    expect(await db.store.transition(row, step)).toBe('committed');
    expect(await db.store.load(row.id)).toEqual(step.next);
  });

  const states = remediation.options.map((option) => option.shape.state.value);
  const forbidden = states.flatMap((from) =>
    states.filter((to) => !moves[from].includes(to)).map((to) => [from, to] as const),
  );
  test('a move that is not listed is a fault and writes nothing', async () => {
    const row = await opened();
    for (const [from, to] of forbidden) {
      const stands = { ...asState(row, from), version: row.version };
      await expect(db.store.transition(stands, stepTo(stands, to)), `${from} to ${to}`).rejects.toThrow(
        'cannot move',
      );
    }
    expect(await db.store.load(row.id)).toEqual(row);
  });

  test('a version that skips one is a fault', async () => {
    const row = await opened();
    const step = stepTo(row, 'evaluated');
    const skipping = { ...step, next: { ...step.next, version: 2 } };
    await expect(db.store.transition(row, skipping)).rejects.toThrow('cannot become');
  });

  test('twenty writers of one version: one commits, the others are stale and leave no trace', async () => {
    const row = await opened();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.store.transition(
          row,
          stepTo(row, 'evaluated', [
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
    const step = stepTo(row, 'evaluated', [{ kind: 'card' }, { kind: 'wake', afterSeconds: 0 }]);
    expect(await db.store.transition(row, step)).toBe('committed');
    expect(await db.store.transition(row, step)).toBe('stale');
    expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toMatchObject([
      { desired_revision: 1 },
    ]);
    expect((await jobsOf(row.id)).filter((job) => job.version === 1)).toHaveLength(1);
  });

  test('an effect that cannot be written takes the whole step with it', async () => {
    const row = await opened();
    const step = stepTo(row, 'evaluated', [
      { kind: 'card' },
      { kind: 'propose', proposal: { ...proposal(), id: row.id } },
    ]);
    await expect(db.store.transition(row, step)).rejects.toThrow('remediations_pkey');
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
    const executing = stepTo(a, 'executing');
    expect(await db.store.transition(a, executing)).toBe('committed');
    expect(await db.store.transition(b, stepTo(b, 'executing'))).toBe('busy');
    expect(await db.store.load(b.id)).toEqual(b);
    expect((await jobsOf(b.id)).filter((job) => job.version === b.version)).toHaveLength(1);
    expect(await db.store.transition(executing.next, stepTo(executing.next, 'failed'))).toBe('committed');
    expect(await db.store.transition(b, stepTo(b, 'executing'))).toBe('committed');
  });
});

describe('claims', () => {
  /** Opens a remediation and takes its wake as a worker would. */
  async function claimed() {
    await db.knex.raw('delete from pgboss.job');
    const row = await opened();
    const [taken] = await db.queue.take(db.knex, 1);
    if (taken === undefined) throw new Error('the wake was not there');
    return { row, claim: taken.claim };
  }

  test('the step and the end of its job commit together', async () => {
    const { row, claim } = await claimed();
    expect(await db.store.transition(row, stepTo(row, 'evaluated'), claim)).toBe('committed');
    expect(await jobsOf(row.id)).toMatchObject([{ state: 'completed' }]);
  });

  test('a step whose claim was lost is stale and writes nothing', async () => {
    const { row, claim } = await claimed();
    await db.queue.fail(db.knex, claim, new Error('taken away'));
    expect(await db.store.transition(row, stepTo(row, 'evaluated'), claim)).toBe('stale');
    expect(await db.store.load(row.id)).toEqual(row);
  });

  test('a step that finds its target held ends its job and is woken once more', async () => {
    const holder = await movedTo('executing');
    await db.knex.raw('delete from pgboss.job');
    const row = await movedTo('approved', await opened({ ...proposal(), action: holder.action }));
    await db.knex.raw('delete from pgboss.job');
    await db.queue.send(db.knex, { kind: 'step', id: row.id, version: row.version });
    const [taken] = await db.queue.take(db.knex, 1);
    if (taken === undefined) throw new Error('the wake was not there');
    expect(await db.store.transition(row, stepTo(row, 'executing'), taken.claim)).toBe('busy');
    expect((await jobsOf(row.id)).map((job) => job.state).toSorted()).toEqual(['completed', 'created']);
    expect(await db.store.transition(row, stepTo(row, 'executing'), taken.claim)).toBe('stale');
    expect(await jobsOf(row.id)).toHaveLength(2);
  });

  test('a wake that means nothing is ended', async () => {
    const { row, claim } = await claimed();
    await db.store.dismiss(claim);
    expect(await jobsOf(row.id)).toMatchObject([{ state: 'completed' }]);
  });
});

describe('effects', () => {
  const reply = (headline: string) => ({ kind: 'reply', headline, broadcast: false }) as const;
  const later = (seconds: number): string => new Date(Date.parse(noon) + seconds * 1000).toISOString();

  async function applied(effects: readonly Effect[]): Promise<Remediation> {
    const row = await opened();
    const step = stepTo(row, 'evaluated', effects);
    expect(await db.store.transition(row, step)).toBe('committed');
    return step.next;
  }

  test('card: one message whose wanted revision goes up', async () => {
    const row = await applied([{ kind: 'card' }]);
    await db.store.transition(row, stepTo(row, 'waiting', [{ kind: 'card' }]));
    expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toMatchObject([
      { kind: 'card', channel: 'C0OPS', desired_revision: 2, sent_revision: 0, status: 'open' },
    ]);
  });

  test('reply: once for each key', async () => {
    const row = await applied([{ kind: 'reply', key: 'a', notice: reply('first') }]);
    await db.store.transition(
      row,
      stepTo(row, 'waiting', [
        { kind: 'reply', key: 'a', notice: reply('again') },
        { kind: 'reply', key: 'b', notice: reply('second') },
      ]),
    );
    const replies = await db.knex('slack_outbox').where('root_key', `card:${row.id}`).orderBy('seq');
    expect(replies.map((message) => message.notice.headline)).toEqual(['first', 'second']);
  });

  test('snapshot: comes back as it was, in the order of its keys', async () => {
    const object = { kind: 'Deployment', apiVersion: 'apps/v1', spec: { z: 1, a: [null, true, 'x\0'] } };
    const row = await applied([{ kind: 'snapshot', snapshot: { uid: 'u', takenAt: noon, object } }]);
    const snapshot = await db.store.snapshot(row.id);
    expect(snapshot).toEqual({ uid: 'u', takenAt: noon, object });
    expect(JSON.stringify(snapshot?.object)).toBe(JSON.stringify(object));
    expect(await db.store.snapshot(randomUUID())).toBeUndefined();
  });

  test('log: started, then ended with the time between and stderr', async () => {
    const row = await applied([{ kind: 'log', entry: { kind: 'started', command: 'kubectl x' } }]);
    const end = stepTo(row, 'failed', [
      {
        kind: 'log',
        entry: { kind: 'ended', command: 'kubectl x', outcome: 'failed', detail: 'no', stderr: 'boom' },
      },
    ]);
    await db.store.transition(row, { ...end, next: { ...end.next, updatedAt: later(90) } });
    expect(await db.knex('automation_operation_log').where({ remediation_id: row.id })).toMatchObject([
      {
        command: 'kubectl x',
        outcome: 'failed',
        stderr: 'boom',
        duration_ms: '90000',
        requested_by: requester.userId,
      },
    ]);
  });

  test('log: an end without a start is a line of its own, of no duration', async () => {
    const row = await applied([
      { kind: 'log', entry: { kind: 'ended', command: 'kubectl x', outcome: 'no_action', detail: 'absent' } },
    ]);
    expect(await db.knex('automation_operation_log').where({ remediation_id: row.id })).toMatchObject([
      { outcome: 'no_action', duration_ms: '0', detail: 'absent' },
    ]);
  });

  test('verdict: filed with the evidence, and the playbook learns from each once', async () => {
    for (const result of ['verified', 'not_verified', 'inconclusive', 'verified'] as const) {
      await applied([{ kind: 'verdict', verdict: { ...verified, result }, playbook: 'restart-it' }]);
    }
    const trust = await db.store.trust('restart-it');
    // 0.5 +20 % of the way to 1, 0, 1: 0.6, 0.48, 0.584; the inconclusive one is no sample.
    expect(trust).toMatchObject({ samples: 3, successes: 2 });
    expect(trust?.score).toBeCloseTo(0.584, 12);
    expect(await db.store.trust('unheard-of')).toBeUndefined();
  });

  test('verdict: the first ever may be inconclusive', async () => {
    await applied([
      { kind: 'verdict', verdict: { ...verified, result: 'inconclusive' }, playbook: 'unsure' },
    ]);
    expect(await db.store.trust('unsure')).toMatchObject({ samples: 0, score: 0.5 });
  });

  test('verdict: twenty at once on one playbook all count', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        applied([{ kind: 'verdict', verdict: verified, playbook: 'busy-one' }]),
      ),
    );
    expect(await db.store.trust('busy-one')).toMatchObject({ samples: 20, successes: 20 });
    const results = await db
      .knex('incident_evidence')
      .where('kind', 'verification')
      .whereNull('verification_result');
    expect(results).toHaveLength(0);
  });

  test('propose: a linked remediation in the same incident, with its wake', async () => {
    const { id } = proposal();
    const row = await applied([]);
    const waiting = stepTo(row, 'waiting', [
      {
        kind: 'propose',
        proposal: {
          id,
          action: scaleTo(3),
          requestedBy: { kind: 'rollback', of: row.id, ofNumber: row.number },
        },
      },
    ]);
    expect(await db.store.transition(row, waiting)).toBe('committed');
    expect(await db.store.load(id)).toMatchObject({
      state: 'requested',
      incidentId: row.incidentId,
      action: scaleTo(3),
    });
    expect(await jobsOf(id)).toEqual([{ kind: 'step', version: 0, state: 'created' }]);
  });

  test('expire: a wake for the instant and the version', async () => {
    const row = await applied([{ kind: 'expire', at: later(3600) }]);
    const { rows: found } = await db.knex.raw(
      `select start_after from pgboss.job where data->>'id' = ? and data->>'kind' = 'expire'`,
      [row.id],
    );
    expect(found[0].start_after.toISOString()).toBe(later(3600));
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
