import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAnyJobDue, parseWake, queueName } from '../../../src/adapters/postgres/jobs/queue.ts';
import type { Binding, Statement } from '../../../src/adapters/postgres/sql.ts';
import type { Wake } from '../../../src/workflow/ports.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* What the queue is asked and made up of. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => db.knex.raw('delete from pgboss.job; delete from running'));
afterAll(() => db.close());

const id = '11111111-2222-4333-8444-555555555555';
const wakeOf = (kind: Wake['kind'] = 'step'): Wake => ({ kind, id, version: 7 });
const kinds = ['step', 'expire', 'triage', 'look', 'drift', 'aftermath', 'end'] as const;

/** The job that a statement makes. */
const jobOf = ({ bindings }: Statement) => JSON.parse(String(bindings[0]))[0];

describe('a wake', () => {
  test.each<[string, unknown]>([
    ...kinds.map((kind): [string, unknown] => [`of the kind ${kind}`, wakeOf(kind)]),
    ['of the first version', { ...wakeOf(), version: 0 }],
    ['that was never the death of a process', { ...wakeOf(), deaths: 0 }],
    ['at which processes died', { ...wakeOf(), deaths: 3 }],
  ])('%s is read', (_name, wake) => {
    expect(parseWake(wake)).toEqual(wake);
  });

  test.each<[string, unknown]>([
    ['of another kind', { ...wakeOf(), kind: 'dance' }],
    ['of something that has no id', { ...wakeOf(), id: 'web' }],
    ['of no version', { kind: 'step', id }],
    ['of a version before the first', { ...wakeOf(), version: -1 }],
    ['of half a version', { ...wakeOf(), version: 0.5 }],
    ['with fewer deaths than none', { ...wakeOf(), deaths: -1 }],
    ['with half a death', { ...wakeOf(), deaths: 0.5 }],
    ['with more than is known here', { ...wakeOf(), mood: 'calm' }],
    ['that is nothing', null],
  ])('%s is refused', (_name, wake) => {
    expect(() => parseWake(wake)).toThrow();
  });
});

describe('a job', () => {
  test('has the same id for the same wake, and another with salt', () => {
    const idOf = (text: string) => {
      const hash = sha256(text);
      return [
        ...[hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`],
        hash.slice(20, 32),
      ].join('-');
    };
    expect(jobOf(db.queue.sending(wakeOf())).id).toBe(idOf(`step:${id}:7:`));
    expect(jobOf(db.queue.sending(wakeOf(), { salt: 'more' })).id).toBe(idOf(`step:${id}:7:more`));
    expect(db.queue.sendingTaken(wakeOf(), 1).taken.claim.jobId).toBe(idOf(`step:${id}:7:`));
  });

  test.each<[Wake['kind'], number, number]>([
    ['step', 20, 15],
    ['expire', 10, 10],
    ['triage', 0, 0],
    ['look', 0, 0],
    ['drift', 0, 0],
    ['aftermath', 10, 10],
    ['end', 0, 0],
  ])('of the kind %s has its turn: %d, and %d where nobody waits for it', (kind, waited, unhurried) => {
    const priorityOf = (nobodyWaits?: boolean) =>
      jobOf(db.queue.sending(wakeOf(kind), nobodyWaits === undefined ? {} : { nobodyWaits })).priority;
    expect([priorityOf(), priorityOf(false), priorityOf(true)]).toEqual([waited, waited, unhurried]);
    expect(jobOf(db.queue.sending(wakeOf(kind), { nobodyWaits: true, isLast: true })).priority).toBe(-1);
  });

  test('is due at once unless told', () => {
    expect(jobOf(db.queue.sending(wakeOf()))).toMatchObject({ data: wakeOf(), seconds: 0 });
    expect(jobOf(db.queue.sending(wakeOf(), { after: 5 }))).toMatchObject({ seconds: 5 });
    const at = '2026-03-01T12:00:00.000Z';
    expect(jobOf(db.queue.sending(wakeOf(), { after: at }))).toMatchObject({ at });
  });

  test('that this process has made for itself is its own at once', () => {
    const { taken, statement } = db.queue.sendingTaken(wakeOf(), 41);
    expect(taken).toEqual({
      claim: { queue: 'wake', jobId: jobOf(statement).id, attempt: 0 },
      data: wakeOf(),
      expireInSeconds: 120,
    });
    expect(statement.bindings[1]).toBe(41);
  });

  test('is taken with its claim, ended once, and is nobody’s after that', async () => {
    await db.queue.send(db.knex, wakeOf());
    const [taken, ...more] = await db.queue.take(db.knex, 5, 41);
    if (taken === undefined) throw new Error('there was nothing');
    expect(more).toEqual([]);
    expect(taken).toEqual(db.queue.sendingTaken(wakeOf(), 41).taken);
    const { claim } = taken;
    expect([...(await db.queue.touch([claim, { ...claim, jobId: randomUUID() }]))]).toEqual([claim.jobId]);
    expect(await db.queue.complete(db.knex, { ...claim, attempt: 1 })).toBe(false);
    expect(await db.queue.complete(db.knex, claim)).toBe(true);
    expect(await db.queue.complete(db.knex, claim)).toBe(false);
    expect([...(await db.queue.touch([claim]))]).toEqual([]);
  });

  test.each(['pool', 'transaction'] as const)('is given back with the reason, in a %s', async (where) => {
    await db.queue.send(db.knex, wakeOf());
    const [taken] = await db.queue.take(db.knex, 1, 41);
    if (taken === undefined) throw new Error('there was nothing');
    const reason = new Error('the cluster is away');
    if (where === 'pool') await db.queue.fail(db.knex, taken.claim, reason);
    else await db.knex.transaction((trx) => db.queue.fail(trx, taken.claim, reason));
    const [job] = await db.knex('pgboss.job').where('id', taken.claim.jobId);
    expect(job).toMatchObject({ state: 'retry', output: { message: 'the cluster is away' } });
  });
});

test('many wakes are one statement, and none are none', async () => {
  const asked: (readonly Binding[] | undefined)[] = [];
  const spied = { raw: async (_sql: string, bindings?: readonly Binding[]) => void asked.push(bindings) };
  await db.queue.sendAll(spied, []);
  expect(asked).toEqual([]);
  await db.queue.sendAll(spied, [wakeOf(), wakeOf('look')]);
  expect(asked.map((bindings) => JSON.parse(String(bindings?.[0])).length)).toEqual([2]);
});

test('the queue is made with what is wanted of it', async () => {
  expect(await db.knex('pgboss.queue').where('name', queueName)).toMatchObject([
    {
      ...{ heartbeat_seconds: 10, expire_seconds: 120, retry_limit: 20, retry_delay: 1, retry_backoff: true },
      ...{ retry_delay_max: 30, dead_letter: 'wake-dead', deletion_seconds: 14_400 },
    },
  ]);
  expect(await db.knex('pgboss.queue').where('name', 'wake-dead')).toHaveLength(1);
});

describe('whether a job could be taken now', () => {
  const isDue = async () => (await db.knex.raw(`select ${isAnyJobDue} as due`)).rows[0].due;
  test.each<[string, boolean, number | undefined, string | undefined]>([
    ['there is none', false, undefined, undefined],
    ['one is due', true, 0, undefined],
    ['one comes later', false, 60, undefined],
    ['one is to be tried again now', true, 0, `state = 'retry'`],
    ['one is to be tried again later', false, 60, `state = 'retry'`],
    ['one is taken', false, 0, `state = 'active'`],
    ['one waits for another', false, 0, 'blocked = true'],
    ['one is of another queue', false, 0, `name = 'wake-dead'`],
  ])('where %s: %s', async (_name, due, after, change) => {
    if (after !== undefined) await db.queue.send(db.knex, wakeOf(), { after });
    if (change !== undefined) await db.knex.raw(`update pgboss.job set ${change}`);
    expect(await isDue()).toBe(due);
  });
});
