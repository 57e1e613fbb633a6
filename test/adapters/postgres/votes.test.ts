import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Actor } from '../../../src/domain/actor.ts';
import type { Approval } from '../../../src/domain/approval.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { Store, VoteOutcome } from '../../../src/workflow/ports.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import {
  digest,
  firstApprover,
  requester,
  secondApprover,
  transitionTo,
} from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

/** A remediation that waits for people. */
async function waiting(): Promise<Remediation> {
  const proposal = {
    id: randomUUID(),
    action: restartOf(),
    requestedBy: { kind: 'person', actor: requester },
  } as const;
  let { remediation: row } = await db.store.open(proposal, randomUUID());
  for (const state of ['evaluated', 'waiting'] as const) {
    const transition = transitionTo(row, state);
    await db.store.transition(row, transition);
    row = transition.next;
  }
  return row;
}

/** Two distinct people must agree; whoever has decided already, or comes late, hears so. */
function judge(actor: Actor) {
  return (current: Remediation, approvals: readonly { actor: Actor }[]): VoteOutcome => {
    if (current.state !== 'waiting') return { answer: { kind: 'already', sentence: 'It is decided.' } };
    if (approvals.some((given) => given.actor.userId === actor.userId)) {
      return { answer: { kind: 'already', sentence: 'You have decided.' } };
    }
    const approval = { actor, decision: 'approve', digest, at: noon } as const;
    const enough = approvals.length + 1 >= 2;
    const transition = transitionTo(
      current,
      enough ? 'approved' : 'waiting',
      enough ? [{ kind: 'wake', afterSeconds: 0 }] : [{ kind: 'card' }],
    );
    return { answer: { kind: 'recorded', sentence: 'Thank you.' }, approval, transition };
  };
}

/** A second replica: a pool and a store of its own on the same database. */
function replica(): { store: Store; close: () => Promise<void> } {
  const knex = connect(db.url, 10);
  const rest = { channel: 'C0OPS', cluster: 'test', clock: () => noon, newId: randomUUID, sha256, learn };
  return {
    store: createStore({ ...rest, identity: () => undefined, knex, queue: db.queue }),
    close: () => knex.destroy(),
  };
}

test('100 clicks at once by two people over two replicas: one decision each, one approval of the remediation', async () => {
  const row = await waiting();
  const other = replica();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const store = i % 2 === 0 ? db.store : other.store;
      return store.vote(row.id, judge(i % 4 < 2 ? firstApprover : secondApprover));
    }),
  );
  await other.close();
  expect(answers.filter((answer) => answer.kind === 'recorded')).toHaveLength(2);
  expect(answers.filter((answer) => answer.kind === 'already')).toHaveLength(98);
  expect(await db.store.load(row.id)).toMatchObject({ state: 'approved', version: row.version + 2 });
  const approvals = await db.store.approvals(row.id);
  expect(approvals.map((given) => given.actor.userId).toSorted()).toEqual(['U0FIRST', 'U0SECOND']);
  const events = await db.knex('remediation_events').where({ remediation_id: row.id, to_state: 'approved' });
  expect(events).toHaveLength(1);
});

test('a decision comes back with its words, in the order of the decisions', async () => {
  const row = await waiting();
  const reject = {
    actor: firstApprover,
    decision: 'reject',
    digest,
    at: noon,
    reason: 'not \0 now',
  } as const;
  await db.store.vote(row.id, () => ({ answer: { kind: 'recorded', sentence: '' }, approval: reject }));
  const agree = { actor: secondApprover, decision: 'approve', digest, at: noon } as const;
  await db.store.vote(row.id, () => ({ answer: { kind: 'recorded', sentence: '' }, approval: agree }));
  expect(await db.store.approvals(row.id)).toEqual([{ ...reject, reason: 'not \ufffd now' }, agree]);
});

test('the database refuses a second decision by one person even if the judge lets it pass', async () => {
  const row = await waiting();
  const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
  const careless = (): VoteOutcome => ({ answer: { kind: 'recorded', sentence: '' }, approval });
  await db.store.vote(row.id, careless);
  await expect(db.store.vote(row.id, careless)).rejects.toThrow('has decided on remediation');
  expect(await db.store.approvals(row.id)).toHaveLength(1);
});

test('a no after a yes is recorded in its place; a yes after a no is not', async () => {
  const row = await waiting();
  const cast = (decision: 'approve' | 'reject') => () => ({
    answer: { kind: 'recorded', sentence: '' } as const,
    approval: { actor: firstApprover, decision, digest, at: noon },
  });
  await db.store.vote(row.id, cast('approve'));
  await db.store.vote(row.id, cast('reject'));
  expect(await db.store.approvals(row.id)).toMatchObject([{ decision: 'reject' }]);
  await expect(db.store.vote(row.id, cast('approve'))).rejects.toThrow('has decided on remediation');
  expect(await db.store.approvals(row.id)).toMatchObject([{ decision: 'reject' }]);
});

test('a yes to what the card has become takes the place of the first, with all that was said of it, and comes last', async () => {
  const row = await waiting();
  const cast = async (approval: Approval) => {
    await db.store.vote(row.id, () => ({ answer: { kind: 'recorded', sentence: '' }, approval }));
  };
  const yes = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
  const other = { ...yes, actor: secondApprover };
  const later = '2026-03-01T12:05:00.000Z';
  const again = { ...yes, digest: 'e'.repeat(64), at: later, roles: ['owners'], checkedAt: later };
  await cast({ ...yes, reason: 'it is down', roles: ['sre'] });
  await cast(other);
  await cast(again);
  expect(await db.store.approvals(row.id)).toEqual([other, again]);
});

test('a refusal writes nothing', async () => {
  const row = await waiting();
  const answer = await db.store.vote(row.id, () => ({
    answer: { kind: 'refused', sentence: 'You asked for it yourself.' },
  }));
  expect(answer).toEqual({ kind: 'refused', sentence: 'You asked for it yourself.' });
  expect(await db.store.load(row.id)).toEqual(row);
  expect(await db.store.approvals(row.id)).toEqual([]);
});

test('a vote on nothing is refused', async () => {
  const answer = await db.store.vote(randomUUID(), judge(firstApprover));
  expect(answer.kind).toBe('refused');
});

test('a vote whose step is not allowed leaves no approval behind', async () => {
  const row = await waiting();
  const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
  const jump = (current: Remediation): VoteOutcome => ({
    answer: { kind: 'recorded', sentence: '' },
    approval,
    transition: transitionTo(current, 'succeeded'),
  });
  await expect(db.store.vote(row.id, jump)).rejects.toThrow('cannot move from waiting to succeeded');
  expect(await db.store.approvals(row.id)).toEqual([]);
});

test('the groups of an approval come back as they were given', async () => {
  const row = await waiting();
  await db.store.vote(row.id, (current) => ({
    answer: { kind: 'recorded', sentence: 'Thank you.' },
    approval: { actor: firstApprover, decision: 'approve', digest, at: noon, roles: ['sre', 'owners'] },
    transition: transitionTo(current, 'waiting'),
  }));
  expect(await db.store.approvals(row.id)).toMatchObject([{ roles: ['sre', 'owners'] }]);
});

describe('a vote on what was seen a moment ago', () => {
  const seenOf = async (id: string) => {
    const row = await db.store.load(id);
    if (row === undefined) throw new Error('the row is not there');
    return { row, approvals: await db.store.approvals(id) };
  };

  test('is written as it is judged', async () => {
    const { id } = await waiting();
    expect(await db.store.vote(id, judge(firstApprover), await seenOf(id))).toMatchObject({
      kind: 'recorded',
    });
    expect(await db.store.vote(id, judge(secondApprover), await seenOf(id))).toMatchObject({
      kind: 'recorded',
    });
    expect((await seenOf(id)).row.state).toBe('approved');
    expect((await seenOf(id)).approvals).toHaveLength(2);
  });

  test('is judged once more when another came between', async () => {
    const { id } = await waiting();
    const seen = await seenOf(id);
    await db.store.vote(id, judge(firstApprover));
    const versions: number[] = [];
    const noted: ReturnType<typeof judge> = (current, approvals) => {
      versions.push(current.version);
      return judge(secondApprover)(current, approvals);
    };
    expect(await db.store.vote(id, noted, seen)).toMatchObject({ kind: 'recorded' });
    expect(versions).toEqual([seen.row.version, seen.row.version + 1]);
    expect((await seenOf(id)).row.state).toBe('approved');
  });

  test('counts no vote that is not there any more', async () => {
    const { id } = await waiting();
    await db.store.vote(id, judge(firstApprover));
    const seen = await seenOf(id);
    await db.knex('approvals').where({ remediation_id: id }).delete();
    await db.store.vote(id, judge(secondApprover), seen);
    expect((await seenOf(id)).row.state).toBe('waiting');
  });

  test('is decided with the row locked where nothing is to be written', async () => {
    const { id } = await waiting();
    const seen = await seenOf(id);
    await db.store.vote(id, judge(firstApprover));
    const refused = { answer: { kind: 'refused', sentence: 'No.' } } as const;
    const versions: number[] = [];
    const no = (current: Remediation): VoteOutcome => {
      versions.push(current.version);
      return refused;
    };
    expect(await db.store.vote(id, no, seen)).toEqual(refused.answer);
    expect(versions).toEqual([seen.row.version, seen.row.version + 1]);
  });
});
