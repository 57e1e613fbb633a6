import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { createGoingOn } from '../../../src/adapters/postgres/jobs/going-on.ts';
import { createNotified } from '../../../src/adapters/postgres/outbox/direct.ts';
import { asStored } from '../../../src/adapters/postgres/remediations/remediations.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { SideEffect, Store, Transition } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { digest, firstApprover, requester, transitionTo, verified } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* What goes with a move of a remediation: one row of a table for each, and who goes on with the step after it. */

/** What was adopted, expected and begun by whoever serves; `isThere`: what the database says of a commit nobody heard of. */
const noted = { adopted: [], begun: [], expected: [], isThere: false } as {
  adopted: unknown[];
  begun: unknown[];
  expected: number[];
  isThere: boolean;
};

let db: TestDatabase;
let store: Store;
beforeAll(async () => {
  db = await openDatabase();
  const goingOn = createGoingOn();
  goingOn.serve(
    (wake) => {
      noted.adopted.push(wake);
      return {
        statement: { sql: 'select 1', bindings: [] },
        begin: async (row) => void noted.begun.push(row),
        beginIfCommitted: async (row) => {
          if (noted.isThere) noted.begun.push(row);
          return noted.isThere;
        },
      };
    },
    (seconds) => void noted.expected.push(seconds),
  );
  store = createStore({
    ...{ knex: db.knex, queue: db.queue, goingOn, sha256, learn },
    ...{ channel: 'C0OPS', cluster: 'test', identity: () => undefined },
    clock: () => noon,
    newId: randomUUID,
  });
});
beforeEach(() => {
  Object.assign(noted, { adopted: [], begun: [], expected: [], isThere: false });
});
afterAll(() => db.close());

const { opened, proposal, movedTo } = rowsOf(() => db);
const byPlaybook = { kind: 'playbook', playbook: 'restart-it', alert: 'a' } as const;
const wake = (afterSeconds: number): SideEffect => ({ kind: 'wake', afterSeconds });
const soon: SideEffect = { kind: 'expire', at: '2026-03-01T13:00:00.000Z' };

interface Job {
  readonly kind: string;
  readonly version: number;
  readonly priority: number;
}

/** What waits in the queue for a row, but for the wake with which it began. */
const jobsOf = async (id: string, from = 1): Promise<readonly Job[]> => {
  const sql = `select data->>'kind' as kind, (data->>'version')::int as version, priority
    from pgboss.job where data->>'id' = ? and (data->>'version')::int >= ? order by priority desc, kind`;
  return (await db.knex.raw(sql, [id, from])).rows;
};

describe('the step after a move', () => {
  test.each<
    [
      string,
      'person' | 'playbook',
      State,
      readonly SideEffect[],
      boolean,
      readonly number[],
      number | undefined,
    ]
  >([
    [
      'is taken by who commits it, where it is due at once',
      'person',
      'evaluated',
      [soon, wake(0)],
      true,
      [],
      undefined,
    ],
    ['is left to the queue where it is due later', 'person', 'evaluated', [wake(7)], false, [7], 20],
    ['is left to it where nobody waits', 'playbook', 'evaluated', [wake(0)], false, [], 15],
    ['is taken where people have its card', 'playbook', 'waiting', [wake(0)], true, [], undefined],
    ['is not there', 'person', 'evaluated', [soon], false, [], undefined],
  ])('%s', async (_name, who, state, sideEffects, isTaken, expected, priority) => {
    const by = who === 'person' ? {} : { requestedBy: byPlaybook };
    let row: Remediation = await opened({ ...proposal(), ...by });
    if (state === 'waiting') {
      const first = transitionTo(row, 'evaluated');
      await db.store.transition(row, first);
      row = first.next;
    }
    const move = transitionTo(row, state, sideEffects);
    const { id, version } = move.next;
    expect(await store.transition(row, move)).toBe('committed');
    expect(noted.adopted).toEqual(isTaken ? [{ kind: 'step', id, version }] : []);
    expect(noted.begun).toEqual(isTaken ? [asStored(move.next)] : []);
    expect(noted.expected).toEqual(expected);
    const steps = (await jobsOf(id)).filter(({ kind }) => kind === 'step');
    expect(steps.map((job) => job.priority)).toEqual(priority === undefined ? [] : [priority]);
  });

  test('of what is brought forth waits behind what people asked for, where an alert brought it', async () => {
    for (const [requestedBy, priority] of [
      [byPlaybook, 15],
      [{ kind: 'person', actor: requester }, 20],
    ] as const) {
      const row = await opened();
      const { id } = proposal();
      const action = row.action;
      const born: SideEffect = { kind: 'propose', proposal: { id, action, requestedBy } };
      expect(await store.transition(row, transitionTo(row, 'evaluated', [born]))).toBe('committed');
      expect(await jobsOf(id, 0)).toMatchObject([{ kind: 'step', version: 0, priority }]);
      const events = await db.knex('remediation_events').where({ remediation_id: id });
      expect(events).toMatchObject([{ event: 'requested', from_state: null, version: 0 }]);
    }
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  });

  test.each([
    ['that was made by this very move is gone on with', true, 'committed'],
    ['that another made is left to it', false, 'stale'],
  ] as const)('of a row that has moved %s', async (_name, isThere, outcome) => {
    const row = await opened();
    const move = transitionTo(row, 'evaluated', [wake(0), wake(3)]);
    await db.store.transition(row, move);
    noted.isThere = isThere;
    expect(await store.transition(row, move)).toBe(outcome);
    expect(noted.begun).toEqual(isThere ? [asStored(move.next)] : []);
    expect(noted.expected).toEqual([]);
  });

  test.each([true, false])(
    'of a step whose claim was lost is begun only if it was committed: %s',
    async (isThere) => {
      const row = await opened();
      noted.isThere = isThere;
      const claim = { queue: 'wake', jobId: randomUUID(), attempt: 0 };
      const move = transitionTo(row, 'evaluated', [wake(0), wake(3)]);
      expect(await store.transition(row, move, claim)).toBe(isThere ? 'committed' : 'stale');
      expect(noted.begun).toHaveLength(isThere ? 1 : 0);
      expect(noted.expected).toEqual([]);
      expect(await db.store.load(row.id)).toEqual(row);
    },
  );

  test('is begun after a click, and where the click was committed unheard', async () => {
    const row = await movedTo('waiting');
    const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
    const transition = transitionTo(row, 'approved', [wake(0)]);
    const answer = { kind: 'recorded', sentence: 'Yes.' } as const;
    expect(await store.vote(row.id, () => ({ answer, approval, transition }))).toEqual(answer);
    expect(noted.begun).toEqual([asStored(transition.next)]);
    expect(await db.store.load(row.id)).toEqual(transition.next);
    expect(await jobsOf(row.id, transition.next.version)).toEqual([]);
  });
});

describe('what is written with a move', () => {
  const row = async (effects: readonly SideEffect[], more: Partial<Transition['next']> = {}) => {
    const first = await opened();
    const move = transitionTo(first, 'evaluated', effects);
    const next = { ...move.next, ...more } as Transition['next'];
    expect(await store.transition(first, { ...move, next })).toBe('committed');
    return next;
  };
  const incident = async ({ incidentId }: Remediation) =>
    (await db.knex('incidents').where({ id: incidentId }))[0];
  const evidence = {
    ...{
      at: noon,
      target: 'Deployment/web',
      pods: ['web-1 crashes'],
      images: [],
      changes: [],
      missing: [],
      story: '',
    },
  };
  const owner: SideEffect = { kind: 'owner', key: 'test/shop/Deployment/of-moves' };

  test('when the card expires, and nothing else', async () => {
    const { id } = await row([{ kind: 'expire', at: '2999-01-01T00:00:00.000Z' }]);
    expect(await jobsOf(id)).toMatchObject([{ kind: 'expire', version: 1, priority: 10 }]);
  });

  test('who owns it, and what it looked like: what was measured is asked for unless it was asked for already', async () => {
    for (const [more, isDue] of [
      [{}, true],
      [{ isAsked: true as const }, false],
    ] as const) {
      const at = await row([
        { ...owner, key: `${owner.key}-${isDue}` },
        { kind: 'evidence', evidence, ...more },
      ]);
      const found = await incident(at);
      expect([found.owner_key, found.evidence_due !== null]).toEqual([`${owner.key}-${isDue}`, isDue]);
      const kept = await db.knex('incident_evidence').where({ incident_id: at.incidentId });
      expect(kept.map(({ kind, payload }) => [kind, payload])).toEqual([['arrival', evidence]]);
    }
  });

  test('that it is to be looked at later', async () => {
    const at = await row([{ ...owner, key: `${owner.key}-later` }, { kind: 'evidence later' }]);
    expect((await incident(at)).evidence_due).not.toBeNull();
    expect(await db.knex('incident_evidence').where({ incident_id: at.incidentId })).toEqual([]);
  });

  test('looks that are due, each in its table', async () => {
    const at = '2999-01-01T00:00:00.000Z';
    const aftermath = { request: { step: 'wanted' as const } };
    const { id } = await row([
      { kind: 'second look', at, environment: 'production' },
      { kind: 'watch', at, until: at },
      { kind: 'aftermath', aftermath, at },
    ]);
    expect(await store.secondLook(id)).toBe(0);
    expect(await store.driftWatch(id)).toMatchObject({ looks: 0, until: at });
    expect(await store.aftermath(id)).toEqual({ steps: 0, aftermath, dueAt: at });
    expect((await jobsOf(id, 0)).filter(({ kind }) => kind === 'aftermath')).toMatchObject([{ version: 0 }]);
  });

  test('the newest manifest of each object', async () => {
    const of = (uid: string, replicas: number): SideEffect => ({
      kind: 'snapshot',
      snapshot: { uid, takenAt: noon, object: { kind: 'Deployment', spec: { replicas } } },
      keptUntil: '2999-01-01T00:00:00.000Z',
    });
    const { id } = await row([of('one', 1), of('two', 2), of('one', 3)]);
    const found = (await store.snapshots(id)).map(({ uid, object }) => [uid, object]);
    expect(found.toSorted()).toEqual([
      ['one', { kind: 'Deployment', spec: { replicas: 3 } }],
      ['two', { kind: 'Deployment', spec: { replicas: 2 } }],
    ]);
  });

  test('a part of what the card has no room for, and a reply', async () => {
    const first = await opened();
    const { id, number } = first;
    const part = {
      kind: 'part' as const,
      remediationId: id,
      number,
      version: 1,
      part: 1,
      of: 1,
      passages: [],
    };
    const said = { kind: 'reply', headline: 'Said.', broadcast: false } as const;
    const effects: SideEffect[] = [
      { kind: 'card' },
      { kind: 'part', notice: part },
      { kind: 'reply', key: 'nul \0', notice: said },
    ];
    await store.transition(first, transitionTo(first, 'evaluated', effects));
    const sent = await db.knex('slack_outbox').where('root_key', `card:${id}`).orderBy('seq');
    expect(sent.map(({ key, kind }) => [kind, key])).toEqual([
      ['part', expect.any(String)],
      ['reply', `reply:${id}:nul \ufffd`],
    ]);
  });

  test('a line of the log, with who asked and when', async () => {
    const { id, incidentId } = await row([{ kind: 'log', entry: { kind: 'started', command: 'kubectl x' } }]);
    const found = await db.knex('automation_operation_log').where({ remediation_id: id });
    expect(found).toMatchObject([
      {
        incident_id: incidentId,
        command: 'kubectl x',
        requested_by: requester.userId,
        started_at: new Date(noon),
      },
    ]);
  });

  test('what a playbook has come to', async () => {
    const verdict = { ...verified, result: 'not_verified' } as const;
    await row([{ kind: 'verdict', verdict, playbook: 'of-moves' }]);
    expect(await store.trust('of-moves')).toMatchObject({ samples: 1, successes: 0 });
  });

  test('a direct message about the end, to who wants it', async () => {
    await createNotified(db).choose(requester.userId, true);
    const first = await opened();
    await store.transition(first, transitionTo(first, 'failed'));
    const found = await db.knex('slack_outbox').where('key', 'like', `direct:${first.id}:%`);
    expect(found).toMatchObject([{ kind: 'direct', channel: requester.userId }]);
    await createNotified(db).choose(requester.userId, false);
  });
});

describe('a vote', () => {
  const answer = { kind: 'recorded', sentence: 'Noted.' } as const;
  const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;

  test('on what is not there is refused', async () => {
    for (const id of ['no-uuid', randomUUID()]) {
      const sentence = 'This remediation is not known here.';
      expect(await store.vote(id, () => ({ answer }))).toEqual({ kind: 'refused', sentence });
      expect(await store.approvals(id)).toEqual([]);
    }
  });

  test('that moves nothing has its line in the chain', async () => {
    const waits = await movedTo('waiting');
    const before = await db.knex('remediation_events').where({ remediation_id: waits.id });
    expect(await store.vote(waits.id, () => ({ answer, approval }))).toEqual(answer);
    expect(await store.approvals(waits.id)).toEqual([approval]);
    expect(await db.knex('remediation_events').where({ remediation_id: waits.id })).toHaveLength(
      before.length + 1,
    );
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  });

  test('is judged when nobody else holds the row', async () => {
    const waits = await movedTo('waiting');
    const judged: string[] = [];
    const holding = await db.knex.transaction();
    await holding.raw('select from remediations where id = ? for update', [waits.id]);
    const vote = store.vote(waits.id, ({ state }) => {
      judged.push(state);
      return { answer };
    });
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const isWaiting = eventually(async () => expect((await db.knex.raw(waiting)).rows).not.toEqual([]));
    await Promise.race([isWaiting, vote]);
    expect(judged).toEqual([]);
    await holding.rollback();
    expect([await vote, judged]).toEqual([answer, ['waiting']]);
  });

  test('after a no is none: who has decided has decided', async () => {
    const waits = await movedTo('waiting');
    const cast = (decision: 'approve' | 'reject', seen: string) =>
      store.vote(waits.id, () => ({ answer, approval: { ...approval, decision, digest: seen } }));
    await cast('reject', digest);
    for (const decision of ['approve', 'reject'] as const)
      await expect(cast(decision, 'e'.repeat(64))).rejects.toThrow('has decided on remediation');
    expect(await store.approvals(waits.id)).toMatchObject([{ decision: 'reject', digest }]);
  });

  test('comes back in the order in which it was recorded', async () => {
    const waits = await movedTo('waiting');
    const users = ['U0C', 'U0A', 'U0B'];
    for (const userId of users) {
      const actor = { ...firstApprover, userId };
      await store.vote(waits.id, () => ({ answer, approval: { ...approval, actor } }));
    }
    const back = `update approvals set recorded_at = recorded_at - interval '1 hour' where remediation_id = ? and user_id = ?`;
    await db.knex.raw(back, [waits.id, 'U0B']);
    const order = (await store.approvals(waits.id)).map(({ actor }) => actor.userId);
    expect(order).toEqual(['U0B', 'U0C', 'U0A']);
  });
});
