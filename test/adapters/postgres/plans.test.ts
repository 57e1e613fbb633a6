import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChain } from '../../../src/adapters/postgres/insight/chain.ts';
import { createPast } from '../../../src/adapters/postgres/insight/past.ts';
import { findAwaiting, findAwaitingSomewhere } from '../../../src/adapters/postgres/jobs/awaiting.ts';
import { tellAwaiting } from '../../../src/adapters/postgres/jobs/awaiting-told.ts';
import { livenessCheck } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { isAnythingDue } from '../../../src/adapters/postgres/outbox/due.ts';
import { createOutbox, freeLeases } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { promisedBeside } from '../../../src/adapters/postgres/remediations/open-requests.ts';
import { summaries } from '../../../src/adapters/postgres/remediations/remediations.ts';
import { send } from '../../../src/adapters/postgres/sql.ts';
import { findStanding } from '../../../src/adapters/postgres/standing.ts';
import { isGroup, targetKey } from '../../../src/domain/action.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { remediation } from '../../../src/domain/remediation.ts';
import type { Delivery, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { replicaLine } from '../../fixtures/memory-repositories.ts';
import { digest, firstApprover, happyRoad, transitionTo } from '../../fixtures/remediations.ts';
import { bigTables, open, openBigDatabase } from '../../support/big-tables.ts';
import { administer } from '../../support/cluster.ts';
import type { TestDatabase } from '../../support/database.ts';
import { type Executed, type Plans, watchPlans } from '../../support/plans.ts';
import { rowsOf } from './rows.ts';

/*
 * Every statement that people or the next step wait for, carried out on tables of 100,000 rows: none reads a table that
 * grows from end to end, none reads more of it than a few pages. The server itself says what it read (auto_explain).
 */

/** Rows of one table that a statement may read. */
const most = 500;

let db: TestDatabase;
let plans: Plans;
let outbox: Outbox;
beforeAll(async () => {
  db = await openBigDatabase();
  plans = await watchPlans(db);
  outbox = createOutbox({
    knex: db.knex,
    queue: db.queue,
    liveness: { instance: 1, on: () => () => {}, isLive: () => true },
  });
});
afterAll(() => db.close());

/** What was wrong with statements: `scans remediations`, `reads 4711 rows of slack_outbox`. */
function faults(executed: readonly Executed[], limit = most): string[] {
  return executed.flatMap(({ statement, read, scanned }) =>
    bigTables.flatMap((table) => {
      const rows = read[table] ?? 0;
      const wrong = [
        ...(scanned.includes(table) ? [`scans ${table}`] : []),
        ...(rows > limit ? [`reads ${rows} rows of ${table}`] : []),
      ];
      return wrong.map((fault) => `${fault}: ${statement.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
    }),
  );
}

async function carriedOut(work: () => Promise<unknown>): Promise<void> {
  const executed = await plans.during(work);
  expect(executed.length).toBeGreaterThan(0);
  expect(faults(executed)).toEqual([]);
}

/** What is done is taken back, and what it says is not swallowed with it. */
async function rolledBack(work: (trx: Knex.Transaction) => Promise<void>): Promise<void> {
  const trx = await db.knex.transaction();
  await work(trx).finally(() => trx.rollback());
}

const reply = (key: string): SideEffect => ({
  kind: 'reply',
  key,
  notice: { kind: 'reply', headline: key, broadcast: false },
});
const sent = (ts: string): Delivered => ({ kind: 'sent', channel: 'C0OPS', ts });
const free = () => db.knex.raw('delete from slack_lanes');

async function leased(limit = 10): Promise<readonly Delivery[]> {
  await free();
  const found = await outbox.lease(limit);
  expect(found.length).toBeGreaterThan(0);
  return found;
}

const now = () => new Date().toISOString();
const { proposal, opened, movedTo } = rowsOf(() => db);
const alerts = (status: Alert['status'], count: number): Alert[] =>
  Array.from({ length: count }, (_, n) => ({
    fingerprint: `plan-${n}`,
    status,
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
    annotations: {},
    startsAt: noon,
    ...(status === 'resolved' ? { endsAt: noon } : {}),
    source: 'alertmanager',
  }));

describe('the store', () => {
  test('a request', () => carriedOut(() => opened()));

  test('every move, with its messages, holds and proviso', async () => {
    let row = await opened();
    const { target } = proposal().action;
    if (!('name' in target)) throw new Error('one object is asked for');
    const key = targetKey('test', target);
    const asked = {
      place: { cluster: 'test', namespace: 'shop' },
      since: new Date(Date.now() - 3_600_000).toISOString(),
      objects: [{ key, owner: 'test/shop/Deployment/old-1' }],
      now: now(),
    };
    for (const state of happyRoad) {
      const transition = transitionTo(row, state, [
        { kind: 'owner', key },
        { kind: 'card' },
        { kind: 'wake', afterSeconds: 1 },
        reply(state),
      ]);
      const proviso = state === 'executing' ? { proviso: { ...asked, holds: () => true } } : {};
      await carriedOut(() => db.store.transition(row, { ...transition, ...proviso }));
      row = transition.next;
    }
  });

  test('the cards that name an open request', async () => {
    const row = await movedTo('waiting');
    const place = { repository: 'r', branch: 'main', path: '', recurse: false, keys: [], selfHeal: true };
    const git = { kind: 'request', place, base: 'a'.repeat(40), lines: [replicaLine] } as const;
    await carriedOut(() => send(db.knex, ...promisedBeside(remediation.parse({ ...row, git }))));
  });

  test('a vote', async () => {
    const row = await movedTo('waiting');
    const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
    const transition = transitionTo(row, 'approved', [{ kind: 'card' }]);
    await carriedOut(() =>
      db.store.vote(row.id, () => ({ answer: { kind: 'recorded', sentence: '' }, approval, transition })),
    );
  });

  test('looking things up', async () => {
    const row = await movedTo('waiting');
    await carriedOut(() => db.store.load(row.id));
    await carriedOut(() => db.store.byNumber(row.number));
    await carriedOut(() => db.store.approvals(row.id));
    await carriedOut(() => db.store.posted(row.id, row.version));
    await carriedOut(() => db.store.snapshots(row.id));
    await carriedOut(() => db.store.incident(row.incidentId));
    await carriedOut(() => db.store.overview(row.incidentId));
    await carriedOut(() => db.store.resolvedAt(row.incidentId));
    await carriedOut(() => db.store.trust('restart'));
    const { action, id, cluster } = row;
    const targets = isGroup(action) ? [] : [action.target];
    const place = { repository: 'https://git.example/shop', branch: 'main' };
    await carriedOut(() => db.store.openRequests({ id, cluster, targets, place }));
  });

  test('an incident as a whole, and its end', async () => {
    const { incidentId } = await movedTo('waiting');
    await carriedOut(() => db.store.story(incidentId));
    await carriedOut(() => db.store.story(2_000_000));
    const seen = await db.store.incidentStanding(incidentId);
    if (seen === undefined) throw new Error('the incident is not closed');
    await carriedOut(() => db.store.incidentStanding(incidentId));
    const again = { kind: 'again', at: noon } as const;
    await carriedOut(() => db.store.settleEnding(incidentId, { seen, ending: again }));
    const closed = { kind: 'closed', why: 'done' } as const;
    await carriedOut(() =>
      db.store.settleEnding(incidentId, { seen: { ...seen, looks: 1 }, ending: closed }),
    );
  });

  test.each([
    ['anything', {}],
    ['a rare word', { terms: ['unheard-of'] }],
    ['a playbook', { playbook: 'restart' }],
    ['a person who did most of it', { person: 'U0OLD' }],
    ['a person who did none of it', { person: 'U0NEW' }],
    ['a person and a word', { person: 'U0OLD', terms: ['unheard-of'] }],
    ['the last day', { since: new Date(Date.now() - 86_400_000).toISOString() }],
  ])('what was done, looked for by %s', async (_name, asked) => {
    await carriedOut(() => db.store.lookBack({ terms: [], offset: 20, limit: 11, ...asked }));
  });

  test('history', () => carriedOut(() => db.store.summaries({ open: false, limit: 15 })));
  test('status', () => carriedOut(() => db.store.summaries({ open: true, limit: 15 })));

  test('of what waits for a cluster: status, and where', () =>
    rolledBack(async (trx) => {
      await trx.raw(`insert into incidents (id, state, dedup_key, title, created_at, woken_at, awaits_cluster)
        select gen_random_uuid(), 'received', 'awaiting:' || n, 'Down', now(), 'infinity', 'us' from generate_series(1, 40) n`);
      await trx.raw(`insert into remediations (id, incident_id, state, version, cluster, target_key, verb, command,
          requested_by, data, created_at, updated_at, awaits_cluster)
        select gen_random_uuid(), id, 'requested', 0, 'us', 'us/shop/Deployment/' || dedup_key, 'rollout restart', 'c',
          'playbook p', '{}', now(), now(), 'us' from (select * from incidents where state = 'triaged' limit 40) old`);
      await carriedOut(() => findAwaiting(trx));
      await carriedOut(() => findAwaitingSomewhere(trx));
    }));

  test('what is told of clusters that are waited for, and the end of that', () =>
    rolledBack(async (trx) => {
      await trx.raw('set local statement_timeout = 0');
      // Here the beginning of a key is found by the order of keys; in most databases they are ordered by a language.
      await trx.raw('alter table slack_outbox alter column key type text collate "und-x-icu"');
      await trx.raw('analyze slack_outbox');
      const telling = { knex: trx, newId: randomUUID, channel: 'C0OPS', clusters: ['eu', 'us'] };
      await carriedOut(() => tellAwaiting(telling, now()));
    }));

  test('status, with only old rows open', () =>
    rolledBack(async (trx) => {
      const closed =
        "update remediations set state = 'succeeded', verdict = 'verified' where state = 'waiting' and number < 5000";
      await trx.raw(closed);
      const here = { knex: trx, cluster: 'test', identity: () => undefined };
      await carriedOut(async () => {
        await summaries(here, { open: true, limit: 15 });
        // What a statement has read is told when it is let go of: in a transaction, by the next one.
        await trx.raw('select 1');
      });
    }));

  test('how much of the budgets is used', () =>
    carriedOut(() =>
      db.store.usage({ cluster: 'test', namespace: 'shop' }, new Date(Date.now() - 3_600_000).toISOString()),
    ));

  test('what was done to an object', () =>
    carriedOut(() =>
      db.store.history([{ key: 'test/shop/Deployment/old-1', owner: 'test/shop/Deployment/old-2' }], now()),
    ));

  test('what wrote to an object in thirty days', () =>
    carriedOut(() =>
      db.store.past(
        'test',
        { kind: 'Deployment', namespace: 'shop', name: 'none' },
        new Date(Date.now() - 30 * 86_400_000).toISOString(),
      ),
    ));

  test('alerts, again, and their end, and what triage comes to', async () => {
    await carriedOut(() => db.store.ingest(alerts('firing', 50)));
    await carriedOut(() => db.store.ingest(alerts('firing', 50)));
    const { id } = await db.knex('incidents').where('dedup_key', 'like', 'alertmanager:plan-1:%').first('id');
    const incident = await db.store.incident(id);
    if (incident === undefined) throw new Error('it was just written');
    await carriedOut(() => db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' }));
    const waiting = await db.store.takeAsleep(40);
    await carriedOut(() => db.store.takeAsleep(40));
    const owner = { key: 'c/n/Deployment/w', coolDownSeconds: 60 };
    await carriedOut(() => db.store.engaged(owner));
    await carriedOut(() => db.store.resolvedAt(id));
    const triage = { kind: 'proposal', playbook: 'p', owner, proposal: proposal() } as const;
    await carriedOut(() =>
      db.store.settleAsleep(
        waiting.map((each) => ({ incident: each, triage })),
        [],
      ),
    );
    await carriedOut(() => db.store.ingest(alerts('resolved', 60)));
  });
});

describe('the queue', () => {
  test('take, end, fail and hand over', async () => {
    await opened();
    const [first, second] = await db.knex.transaction((trx) => db.queue.take(trx, 2, 1));
    if (first === undefined || second === undefined) throw new Error('two jobs are due');
    await carriedOut(() => db.knex.transaction((trx) => db.queue.take(trx, 2, 1)));
    await carriedOut(() => db.queue.complete(db.knex, first.claim));
    await carriedOut(() => db.queue.fail(db.knex, second.claim, new Error('no')));
  });

  test('the check of every half second', async () => {
    expect(faults(await plans.of(livenessCheck))).toEqual([]);
  });

  test('what the metrics and the status ask', async () => {
    const executed = await plans.during(() => findStanding(db.knex));
    // Everything that is open is counted, and nothing else is looked at.
    expect(faults(executed, 2 * open)).toEqual([]);
  });

  test('the sweep, which reads what is open and nothing else', async () => {
    const options = { knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog };
    const executed = await plans.during(() => sweep(options));
    // Three statements of one look at what is open: rows, their jobs, their messages.
    expect(faults(executed, 4 * open)).toEqual([]);
  });
});

describe('the outbox', () => {
  test('lease', () => carriedOut(() => leased()));

  test('lease while nothing may be sent', async () => {
    await db.knex.raw(`insert into slack_lanes values ('C0OPS', now() + interval '1 hour'), ('*updates', now() + interval '1 hour')
      on conflict (lane) do update set free_at = excluded.free_at`);
    await carriedOut(() => outbox.lease(10));
  });

  test('mark, settle as sent, with the replies that waited for it, and as put off', async () => {
    await db.knex('slack_outbox').whereNotNull('leased_until').update({ leased_until: null });
    const [post, update] = await leased();
    if (post === undefined || update === undefined) throw new Error('there is a post and an update');
    await carriedOut(async () => {
      await outbox.markSending(post);
      await outbox.settle(post, sent('7.7'));
      await outbox.settle(update, { kind: 'later', afterSeconds: 1, reason: 'rate limited' });
    });
  });

  test('until when nothing is due', () => carriedOut(() => outbox.wait(0.01, new AbortController().signal)));

  test('what the liveness check asks', () => carriedOut(() => db.knex.raw(`select ${isAnythingDue} as due`)));

  test('leases of a dead process', () => carriedOut(() => freeLeases(db.knex, [1])));
});

/*
 * Of what is done now and then, or asked by one person: reads the rows of its time, and the past no further. A row came
 * every five minutes.
 */
describe('insight', () => {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  /** Rows of a week and of a month, each looked up once more where something hangs on it. */
  const [ofWeek, ofMonth] = [2 * 7 * 288 + most, 2 * 30 * 288 + most];
  const within = async (limit: number, work: () => Promise<unknown>) => {
    const executed = await plans.during(work);
    expect(executed.length).toBeGreaterThan(0);
    expect(faults(executed, limit)).toEqual([]);
  };

  test('the statistics of a week', async () => {
    await within(ofWeek, () => db.store.counted({ since: ago(7), now: now() }));
    await within(ofWeek, () => db.store.counted({ since: ago(7), now: now(), namespace: 'shop' }));
    await within(ofWeek, () => db.store.namespacesSince(ago(7)));
  });

  test('the look over the chain', async () => {
    const chain = createChain(db.knex);
    // Ends that say no start: each is looked up among the incidents, here in vain.
    await db.knex.raw(`insert into early_resolutions (dedup_key, resolved_at, received_at)
      select 'old:' || n || ':*', now(), now() - interval '2 hours' from generate_series(1, 150) n`);
    await within(ofMonth, () => chain.gaps({ now: now(), since: ago(30), patience: 7200 }));
    await within(5_500, () => chain.alerts({ since: ago(7), limit: 5_000 }));
    await within(most, () => chain.exported(now()));
    await within(most, () => chain.keep([], now()));
  });

  test('what the weekly export asks of its week', async () => {
    const past = createPast(db.knex);
    await within(ofWeek, () => past.examplesByDay({ since: ago(7), now: now() }));
    await within(ofWeek, () => past.executions({ since: ago(7), until: now() }));
  });
});

/** The last of all, for it deletes. */
describe('after the upkeep of the queue', () => {
  test('the check of every half second', async () => {
    await administer(db.url, [
      `delete from pgboss.job where state = 'completed' and id not in (
        select id from pgboss.job where state = 'completed' limit ${4 * open})`,
      'analyze pgboss.job_common',
    ]);
    expect(faults(await plans.of(livenessCheck))).toEqual([]);
  });
});
