import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createGoingOn } from '../../../src/adapters/postgres/jobs/going-on.ts';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Remediation, RemediationIn } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { PassedVote } from '../../../src/workflow/approval/last-vote-port.ts';
import type { Store, Transition, Wake } from '../../../src/workflow/ports.ts';
import type { Proviso } from '../../../src/workflow/records-port.ts';
import { type Spoiling, spoil } from '../../chaos/statement-faults.ts';
import { headOf, interceptStatements, type Statement } from '../../chaos/statements.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { digest, firstApprover, secondApprover, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
let store: Store;
const begun: { wake: Wake; row: Remediation | undefined; attempt: number }[] = [];
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  db = await openDatabase();
  const knex = connect(db.url, 4);
  const liveness = createLiveness({ url: db.url, log: silentLog });
  await liveness.start();
  const goingOn = createGoingOn();
  const jobs = createJobs({
    ...{ knex, queue: db.queue, liveness, goingOn, newId: randomUUID },
    log: silentLog,
  });
  // Its steps are noted, and come to nothing.
  await jobs.start(async (wake, { attempt }, _signal, _fence, row) => {
    begun.push({ wake, row, attempt });
    return 'ended';
  });
  store = createStore({
    ...{ knex, queue: db.queue, goingOn, sha256, learn },
    ...{ channel: 'C0OPS', cluster: 'test', identity: () => undefined },
    clock: () => noon,
    newId: randomUUID,
  });
  ends.push(
    () => db.close(),
    () => knex.destroy(),
    () => liveness.stop(),
    () => jobs.stop(0),
  );
});
beforeEach(() => void begun.splice(0));
afterAll(async () => {
  watch.meet = (statement) => statement.pass();
  for (const end of ends.reverse()) await end();
});

/** The watch over the statements of this process. */
const watch: { meet: (statement: Statement) => unknown } = { meet: (statement) => statement.pass() };
interceptStatements((statement) => watch.meet(statement));

const { movedTo, jobsOf } = rowsOf(() => db);
const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
const wake = { kind: 'wake', afterSeconds: 0 } as const;

async function waiting(): Promise<RemediationIn<'waiting'>> {
  const row = await movedTo('waiting');
  if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
  return row;
}

function through(row: Remediation, proviso?: Proviso): PassedVote<Transition> {
  const approved = transitionTo(row, 'approved', [{ kind: 'card' }, wake]);
  const { next } = approved;
  if (next.state !== 'approved') throw new Error(`it is ${next.state}`);
  const executing = transitionTo(next, 'executing', [
    { kind: 'snapshot', snapshot: { uid: 'uid', takenAt: noon, object: { a: 1 } }, keptUntil: noon },
    { kind: 'log', entry: { kind: 'started', command: 'rollout restart' } },
    { kind: 'card' },
    wake,
  ]);
  return {
    approval,
    approved: { ...approved, next },
    executing: proviso === undefined ? executing : { ...executing, proviso },
  };
}

/** How often the step after the gate was begun, each time on the row as it was committed. */
const executions = ({ id }: Remediation) =>
  begun.filter((each) => each.wake.id === id && each.wake.version === 4 && each.attempt === 0);

/** Everything that is stored of a remediation besides its row. */
async function stored(id: string) {
  const count = async (table: string, where: object) => {
    const [found] = await db.knex(table).where(where).count();
    return Number(found?.['count']);
  };
  const events = await db.knex('remediation_events').where({ remediation_id: id }).orderBy('seq');
  return {
    state: (await store.load(id))?.state,
    votes: (await store.approvals(id)).length,
    held: await count('held_targets', { remediation_id: id }),
    snapshots: await count('snapshots', { remediation_id: id }),
    started: await count('automation_operation_log', { remediation_id: id }),
    begun: await count('object_history', { remediation_id: id }),
    events: events.map(({ kind, event, version }) => `${kind} ${event} ${version}`).slice(3),
    jobs: (await jobsOf(id)).filter(({ state }) => state !== 'completed').map(({ version }) => version),
  };
}

const nothing = {
  ...{ state: 'waiting', votes: 0, held: 0, snapshots: 0, started: 0, begun: 0, events: [] },
  jobs: expect.not.arrayContaining([3, 4]),
};
const all = {
  ...{ state: 'executing', votes: 1, held: 1, snapshots: 1, started: 1 },
  begun: expect.any(Number),
  events: ['vote approve 2', 'move approved 3', 'move executing 4'],
  jobs: expect.arrayContaining([4]),
};

test('the vote, both moves and all that goes with them; this process goes on with the step after', async () => {
  const row = await waiting();
  const passed = through(row);
  expect(await store.approveAndExecute({ row, approvals: [] }, passed)).toBe(true);
  expect(await stored(row.id)).toEqual(all);
  expect(executions(row).map((each) => each.row)).toEqual([await store.load(row.id)]);
  expect(await jobsOf(row.id)).not.toContainEqual(expect.objectContaining({ version: row.version + 1 }));
  // Both moves show on it, and the second is what it shows: one promise.
  expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toMatchObject([
    { desired_revision: 1 },
  ]);
});

describe('nothing at all', () => {
  test('where the row has moved', async () => {
    const row = await waiting();
    const rejected = transitionTo(row, 'rejected');
    expect(await store.transition(row, rejected)).toBe('committed');
    expect(await store.approveAndExecute({ row, approvals: [] }, through(row))).toBe(false);
    expect(await stored(row.id)).toMatchObject({ state: 'rejected', votes: 0, held: 0, snapshots: 0 });
    expect(executions(row)).toEqual([]);
  });

  test('where a vote that was seen is not there any more', async () => {
    const row = await waiting();
    const seen = { row, approvals: [{ ...approval, actor: secondApprover }] };
    expect(await store.approveAndExecute(seen, through(row))).toBe(false);
    expect(await stored(row.id)).toEqual(nothing);
  });

  test('where there is a vote that was not seen', async () => {
    const row = await waiting();
    const outcome = { answer: { kind: 'recorded' as const, sentence: '' } };
    await store.vote(row.id, () => ({ ...outcome, approval: { ...approval, actor: secondApprover } }));
    expect(await store.approveAndExecute({ row, approvals: [] }, through(row))).toBe(false);
    expect(await stored(row.id)).toMatchObject({ state: 'waiting', votes: 1, held: 0, snapshots: 0 });
  });

  test('where the target is held; the vote alone is still to be had', async () => {
    const row = await waiting();
    const other = await waiting();
    await db.knex('held_targets').insert({ target_key: other.targetKey, remediation_id: row.id });
    expect(await store.approveAndExecute({ row: other, approvals: [] }, through(other))).toBe(false);
    expect(await stored(other.id)).toEqual(nothing);
    const judge = () => ({
      answer: { kind: 'recorded' as const, sentence: '' },
      approval,
      transition: transitionTo(other, 'approved', [wake]),
    });
    await store.vote(other.id, judge, { row: other, approvals: [] });
    expect(await stored(other.id)).toMatchObject({ state: 'approved', votes: 1, held: 0 });
  });

  test('where Firebreak is stopped, and it goes once it is started again', async () => {
    const row = await waiting();
    const order = { by: secondApprover, reason: 'no', requestKey: randomUUID() };
    await store.stop(order);
    expect(await store.approveAndExecute({ row, approvals: [] }, through(row))).toBe(false);
    expect(await stored(row.id)).toEqual(nothing);
    await store.start({ ...order, requestKey: randomUUID() });
    expect(await store.approveAndExecute({ row, approvals: [] }, through(row))).toBe(true);
  });

  test('where what it was decided on is not so any more', async () => {
    const row = await waiting();
    const seen: number[] = [];
    const proviso: Proviso = {
      ...{ place: { cluster: 'test' }, since: noon, objects: [], now: noon },
      holds: ({ usage }) => {
        seen.push(usage.cluster.running);
        return false;
      },
    };
    expect(await store.approveAndExecute({ row, approvals: [] }, through(row, proviso))).toBe(false);
    expect(await stored(row.id)).toEqual(nothing);
    expect(seen).toHaveLength(1);
  });

  test('where it is no move that there is', async () => {
    const row = await waiting();
    const { approved, ...rest } = through(row);
    const passed = { ...rest, approved, executing: transitionTo(approved.next, 'succeeded') };
    await expect(store.approveAndExecute({ row, approvals: [] }, passed)).rejects.toThrow('cannot move');
    expect(await stored(row.id)).toEqual(nothing);
    const skipped = { ...through(row), approved: { ...approved, next: { ...approved.next, version: 9 } } };
    await expect(store.approveAndExecute({ row, approvals: [] }, skipped)).rejects.toThrow('cannot become');
    expect(await stored(row.id)).toEqual(nothing);
  });
});

test('two last approvals at once over one row: one of them is all there is', async () => {
  const row = await waiting();
  const seen = { row, approvals: [] };
  const by = (actor: typeof firstApprover) => {
    const passed = through(row);
    return store.approveAndExecute(seen, { ...passed, approval: { ...passed.approval, actor } });
  };
  const came = await Promise.all([by(firstApprover), by(secondApprover), by(secondApprover)]);
  expect(came.filter(Boolean)).toHaveLength(1);
  expect(await stored(row.id)).toEqual(all);
  expect(executions(row)).toHaveLength(1);
});

/** What comes through the wire while it works. */
async function during<T>(meet: (statement: Statement) => unknown, work: () => Promise<T>): Promise<T> {
  watch.meet = (statement) =>
    statement.name.startsWith('firebreak') && !/liveness|queue/.test(statement.name)
      ? meet(statement)
      : statement.pass();
  try {
    return await work();
  } finally {
    watch.meet = (statement) => statement.pass();
  }
}

test('whatever befalls one of its statements: it is done once, whole, and gone on with', async () => {
  const heads = new Set<string>();
  const hear = (statement: Statement) => {
    heads.add(headOf(statement.text));
    return statement.pass();
  };
  const first = await waiting();
  const proviso: Proviso = {
    ...{ place: { cluster: 'test' }, since: noon, objects: [], now: noon },
    holds: () => true,
  };
  await during(hear, () => store.approveAndExecute({ row: first, approvals: [] }, through(first, proviso)));
  expect(heads.size).toBeGreaterThan(12);
  const wrong: string[] = [];
  for (const head of heads) {
    // The others are tried by test/matrix.
    const isEdge = /^(begin|commit)/i.test(head);
    const ways: Spoiling[] = isEdge ? ['57P01', 'cut', 'lost'] : ['40001'];
    for (const how of ways) {
      const row = await waiting();
      let met = false;
      const spoiled = (statement: Statement) => {
        if (met || headOf(statement.text) !== head) return statement.pass();
        met = true;
        return spoil(statement, how);
      };
      const came = await during(spoiled, () =>
        store.approveAndExecute({ row, approvals: [] }, through(row, proviso)),
      ).catch((fault: unknown) => fault);
      const found = await stored(row.id);
      // What was committed without an answer is found by who asks again.
      const isHeard = came === true || (came === false && isEdge);
      const isWhole = found.state === 'executing' && found.events.length === 3;
      const isOnce = found.votes === 1 && found.held === 1 && found.started === 1;
      const goesOn = executions(row).length === 1;
      if (!isHeard || !isWhole || !isOnce || !goesOn)
        wrong.push(`${how} at "${head}": ${came} ${JSON.stringify(found)}`);
    }
  }
  expect(wrong).toEqual([]);
});
