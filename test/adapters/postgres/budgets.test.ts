import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policy } from '../../../src/domain/policy/policy.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Proviso } from '../../../src/workflow/records-port.ts';
import { noon } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';
import { openRush, type Rush } from './rush.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await openDatabase();
});
afterEach(() => db.close());

const { proposal, opened, movedTo, jobsOf } = rowsOf(() => db);

const ofShop = { place: { cluster: 'test', namespace: 'shop' }, since: noon, objects: [], now: noon };
const always: Proviso = { ...ofShop, holds: () => true };
const never: Proviso = { ...ofShop, holds: () => false };
const atMost = (running: number): Proviso => ({
  ...ofShop,
  holds: ({ usage }) => usage.cluster.running < running,
});

const executing = (row: Remediation, proviso: Proviso) => ({ ...transitionTo(row, 'executing'), proviso });
const approved = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => movedTo('approved', await opened())));

/** Of this database alone: other files test on the same server meanwhile. */
const advisory = () =>
  db
    .knex('pg_locks')
    .where({ locktype: 'advisory' })
    .whereRaw('database = (select oid from pg_database where datname = current_database())');
const locks = async () => (await advisory().where({ objsubid: 2 })).length;

describe('a step with a proviso', () => {
  test('moves when it holds, and what it is asked does not count the row itself', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    const seen: unknown[] = [];
    const holds: Proviso['holds'] = (usage) => seen.push(usage) > 0;
    expect(await db.store.transition(row, executing(row, { ...ofShop, holds }))).toBe('committed');
    const none = { score: 0, automatic: 0, running: 0 };
    const usage = { cluster: none, namespace: none };
    expect(seen).toEqual([{ usage, history: { at: noon, objects: {} } }]);
  });

  test('is put off when it does not: nothing is written but one wake', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    await db.knex.raw('delete from pgboss.job');
    const before = await db.knex('remediation_events').where({ remediation_id: row.id });
    expect(await db.store.transition(row, executing(row, never))).toBe('busy');
    expect(await db.store.load(row.id)).toEqual(row);
    expect(await db.knex('remediation_events').where({ remediation_id: row.id })).toEqual(before);
    expect(await jobsOf(row.id)).toEqual([{ kind: 'step', version: row.version, state: 'created' }]);
  });

  test('is stale when it was committed before and only the answer was lost', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    const transition = executing(row, atMost(1));
    expect(await db.store.transition(row, transition)).toBe('committed');
    expect(await db.store.transition(row, transition)).toBe('stale');
  });

  test('is stale where it has moved before it is put off, and nobody is woken for what it was', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    await db.knex.raw('delete from pgboss.job');
    await db.queue.send(db.knex, { kind: 'step', id: row.id, version: row.version });
    const [taken] = await db.queue.take(db.knex, 1, 1);
    if (taken === undefined) throw new Error('it was not taken');
    const complete: typeof db.queue.complete = async (of, claim) => {
      expect(await db.store.transition(row, executing(row, always))).toBe('committed');
      return db.queue.complete(of, claim);
    };
    const store = db.storeWith({ ...db.queue, complete });
    expect(await store.transition(row, executing(row, never), taken.claim)).toBe('stale');
    const jobs = await jobsOf(row.id);
    expect(jobs.filter(({ version }) => version === row.version)).toMatchObject([{ state: 'completed' }]);
  });

  test.each([1, 3])('of twenty at once for %i places, that many commit', async (places) => {
    const rows = await approved(20);
    const answers = await Promise.all(
      rows.map((row) => db.store.transition(row, executing(row, atMost(places)))),
    );
    expect(answers.filter((answer) => answer === 'committed')).toHaveLength(places);
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(20 - places);
    expect((await db.store.usage({ cluster: 'test' }, noon)).cluster.running).toBe(places);
  });

  test('is asked with what was committed last, also where the database would show an older state', async () => {
    const [name] = await db.knex('pg_database').whereRaw('datname = current_database()').pluck('datname');
    await db.knex.raw(`alter database ${name} set default_transaction_isolation = 'repeatable read'`);
    const rows = await approved(20);
    const answers = await Promise.all(rows.map((row) => db.store.transition(row, executing(row, atMost(1)))));
    expect(answers.filter((answer) => answer === 'committed')).toHaveLength(1);
  });

  test('lets the next one go on when it is rolled back', async () => {
    const [broken, next] = await approved(2);
    if (broken === undefined || next === undefined) throw new Error('they were not approved');
    const again = { kind: 'propose', proposal: { ...proposal(), id: broken.id } } as const;
    const transition = { ...executing(broken, always), sideEffects: [again] };
    await expect(db.store.transition(broken, transition)).rejects.toThrow('remediations_pkey');
    expect(await db.store.load(broken.id)).toEqual(broken);
    expect(await locks()).toBe(0);
    expect(await db.store.transition(next, executing(next, atMost(1)))).toBe('committed');
    expect(await locks()).toBe(0);
  });

  test('waits for nobody in another cluster', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    const place = { cluster: 'another' };
    await db.knex.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?, hashtext(?))', [0x46426275, 'test']);
      const transition = executing(row, { ...always, place });
      expect(await db.store.transition(row, transition)).toBe('committed');
    });
  });

  test('waits for who holds its own', async () => {
    const [row] = await approved(1);
    if (row === undefined) throw new Error('it was not approved');
    let moving: Promise<string> | undefined;
    await db.knex.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?, hashtext(?))', [0x46426275, 'test']);
      moving = db.store.transition(row, executing(row, always));
      await waiting();
      expect(await db.store.load(row.id)).toEqual(row);
    });
    expect(await moving).toBe('committed');
  });
});

/** Resolves once somebody waits for an advisory lock. */
async function waiting(): Promise<void> {
  for (;;) {
    if ((await advisory().where({ granted: false })).length > 0) return;
  }
}

const quick = { initialDelaySeconds: 0, intervalSeconds: 1, goodSamples: 1 };

/** Everybody has passed the gate before anybody commits: the worst moment for a budget. */
describe('eight that need nobody, released at once', () => {
  const count = 8;
  const asked = (rush: Rush) =>
    Promise.all(
      Array.from({ length: count }, (_, i) => rush.ask(`scale deploy/web-${i} --replicas=4 -n shop`)),
    );
  const limited = (budgets: object) =>
    policy.parse({ version: 1, approvers: { human: { users: ['U0ANN'] } }, verification: quick, budgets });
  const both = (limit: number) => ({ cluster: limit, namespace: limit });
  const asManyAs = (running: number, alone = running) => ({
    concurrent: both(running),
    automaticPerHour: both(alone),
  });
  const states = async (rush: Rush) => {
    const rows = await rush.rows();
    return Object.fromEntries(
      [...new Set(rows.map(({ state }) => state))]
        .sort()
        .map((state) => [state, rows.filter((row) => row.state === state).length]),
    );
  };

  test.each([
    ['one at a time in the cluster', { concurrent: { cluster: 1 } }, 1],
    ['five by themselves in an hour, as usual', asManyAs(count, 5), 5],
    ['three at a time in the namespace', { concurrent: { namespace: 3 } }, 3],
    ['as many as they are', asManyAs(count), count],
  ])('%s: no more run, and people are asked for the others', async (_name, budgets, places) => {
    const rush = openRush(db, limited(budgets));
    await asked(rush);
    await rush.releaseTogether(count);
    const left = count - places;
    expect(await states(rush)).toEqual({
      executing: places,
      ...(left === 0 ? {} : { superseded: left, waiting: left }),
    });
    rush.finish();
    await rush.settle();
    expect(await rush.mostAtOnce()).toBe(places);
    expect((await states(rush))['succeeded']).toBe(places);
  });

  test('points of an hour: no more are spent than there are', async () => {
    const rush = openRush(db, limited({ scorePerHour: { cluster: 10 } }));
    await asked(rush);
    await rush.releaseTogether(count);
    const spent = (await db.store.usage({ cluster: 'test' }, noon)).cluster.score;
    const [any] = await rush.rows();
    const each = any !== undefined && 'spec' in any ? (any.spec?.score ?? 0) : 0;
    expect(each).toBeGreaterThan(0);
    expect(spent).toBe(Math.floor(10 / each) * each);
    expect(spent).toBeLessThan(count * each);
  });

  test('the card says why, and one person is enough', async () => {
    const rush = openRush(db, limited({ concurrent: { cluster: 1 } }));
    await asked(rush);
    await rush.releaseTogether(count);
    const rows = await rush.rows();
    const why = '1 remediation is running in the cluster, of 1 at a time.';
    expect(rows.find(({ state }) => state === 'superseded')).toMatchObject({
      change: `It was judged auto and would now be human: ${why}`,
    });
    const replies = await db.knex('slack_outbox').whereLike('key', '%superseded');
    expect(replies[0]?.notice).toMatchObject({
      headline: 'This is judged more strictly now than when the card was shown, so it is judged again.',
    });
    const waits = rows.find(({ state }) => state === 'waiting');
    if (waits?.state !== 'waiting') throw new Error('nobody is asked');
    expect(waits.spec).toMatchObject({ tier: 'human' });
    expect(waits.spec.lineItems).toContainEqual(expect.objectContaining({ sentence: why }));
    await rush.approve(waits, 'U0ANN');
    await rush.settle();
    expect(await db.store.load(waits.id)).toMatchObject({ state: 'executing' });
  });

  test('who finds the budget free again when the gate asks once more runs by itself', async () => {
    const rush = openRush(db, limited({ concurrent: { cluster: 1 } }));
    rush.finish();
    await rush.ask('scale deploy/web-1 --replicas=4 -n shop');
    await rush.ask('scale deploy/web-2 --replicas=4 -n shop');
    await rush.releaseTogether(2);
    expect(await states(rush)).toEqual({ succeeded: 2 });
    expect(await rush.mostAtOnce()).toBe(1);
  });
});
