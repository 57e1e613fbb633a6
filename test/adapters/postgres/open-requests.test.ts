import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GitChange, PullRequest } from '../../../src/domain/manifest/git-change.ts';
import { membersOf, type Remediation, remediation } from '../../../src/domain/remediation.ts';
import type { Transition } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { commits, replicaLine } from '../../fixtures/memory-repositories.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { opened, proposal } = rowsOf(() => db);
const place = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: 'apps', recurse: false },
  ...{ keys: [], selfHeal: true },
};
const git: GitChange = { kind: 'request', place, base: commits.base, lines: [replicaLine] };
const open: PullRequest = {
  ...{ step: 'open', branch: 'firebreak/1', commit: commits.pushed, openedAt: noon },
  ...{ number: 7, url: 'https://git.example/shop/pull/7' },
};
const end = '2999-01-01T00:00:00.000Z';

async function move(from: Remediation, transition: Transition, more: object = {}): Promise<Remediation> {
  const next = remediation.parse({ ...transition.next, ...more });
  expect(await db.store.transition(from, { ...transition, next })).toBe('committed');
  return next;
}

type Asked = Awaited<ReturnType<typeof proposal>>;

/** A row of this proposal that waits, with its change of the repository and its card. */
async function waiting(of: Asked, change = git): Promise<Remediation> {
  const row = await opened({ ...of, id: randomUUID() });
  const judged = await move(row, transitionTo(row, 'evaluated'), { git: change });
  return move(judged, transitionTo(judged, 'waiting', [{ kind: 'card' }]));
}

async function inRequest(of: Asked): Promise<Remediation> {
  const row = await waiting(of);
  const approved = await move(row, transitionTo(row, 'approved'));
  const opening = await move(approved, transitionTo(approved, 'pr_open'));
  return move(opening, transitionTo(opening, 'pr_open'), { request: open });
}

const seenBy = (row: Remediation, of: Partial<typeof place> = {}) => {
  if (!('facts' in row) || row.facts === undefined) throw new Error('it was not judged');
  const targets = membersOf({ action: row.action, facts: row.facts }).map(({ action }) => action.target);
  return db.store.openRequests({ id: row.id, cluster: row.cluster, targets, place: { ...place, ...of } });
};

const wantedOf = async (row: Remediation): Promise<number> =>
  (await db.knex('slack_outbox').where('key', `card:${row.id}`).first('desired_revision')).desired_revision;

const told = ({ number }: Remediation) => ({
  ...{ remediation: number, branch: 'firebreak/1', number: 7, url: 'https://git.example/shop/pull/7' },
  files: ['apps/web.yaml'],
});

test('a request that carries a change out, and to no other branch, object or remediation', async () => {
  const of = proposal();
  const first = await inRequest(of);
  const second = await waiting(of);
  expect(await seenBy(second)).toEqual([told(first)]);
  expect(await seenBy(second, { branch: 'release' })).toEqual([]);
  expect(await seenBy(second, { repository: 'https://git.example/api' })).toEqual([]);
  expect(await seenBy(first)).toEqual([]);
  expect(await seenBy(await waiting(proposal()))).toEqual([]);
});

test('one that follows an emergency, until it is over; cards that wait are drawn again each time', async () => {
  const of = proposal();
  const row = await waiting(of);
  const approved = await move(row, transitionTo(row, 'approved'));
  const aftermath = { request: { step: 'wanted' } } as const;
  const first = await move(
    approved,
    transitionTo(approved, 'executing', [{ kind: 'aftermath', aftermath, at: end }]),
  );
  const second = await waiting(of);
  const elsewhere = await waiting(proposal(), { ...git, place: { ...place, branch: 'release' } });
  expect(await seenBy(second)).toEqual([]);
  const before = [await wantedOf(second), await wantedOf(elsewhere)];
  const notice = (headline: string) => ({ kind: 'reply', headline, broadcast: false }) as const;
  await db.store.settleAftermath(first, {
    ...{ steps: 0, aftermath: { request: open }, dueAt: end, told: notice('Opened') },
  });
  expect(await seenBy(second)).toEqual([told(first)]);
  expect([await wantedOf(second), await wantedOf(elsewhere)]).toEqual([(before[0] ?? 0) + 1, before[1]]);
  await db.store.settleAftermath(first, {
    ...{ steps: 1, dueAt: undefined, told: notice('It lasts') },
    aftermath: { request: { step: 'ended', sentence: 'Merged.' } },
  });
  expect(await seenBy(second)).toEqual([]);
  expect(await wantedOf(second)).toBe((before[0] ?? 0) + 2);
});

test('whoever opens a request locks the threads of the cards beside it before any message', async () => {
  const of = proposal();
  const second = await waiting(of);
  const row = await waiting(of);
  const approved = await move(row, transitionTo(row, 'approved'));
  const opening = await move(approved, transitionTo(approved, 'pr_open'));
  const done = await db.knex.transaction(async (trx) => {
    await trx.raw('select from incidents where id = ? for no key update', [second.incidentId]);
    const opens = move(opening, transitionTo(opening, 'pr_open', [{ kind: 'card' }]), { request: open });
    await eventually(async () => {
      const waits = await db.knex.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(waits.rows).toHaveLength(1);
    });
    const keys = [second, row].map(({ id }) => `card:${id}`).toSorted();
    const free = await trx.raw(
      'select key from slack_outbox where key = any (?) order by key for update skip locked',
      [keys],
    );
    expect(free.rows.map(({ key }: { key: string }) => key).toSorted()).toEqual(keys);
    return { opens };
  });
  await done.opens;
});

test('a card that waits is drawn again when a request is opened and when it is merged', async () => {
  const of = proposal();
  const second = await waiting(of);
  const before = await wantedOf(second);
  const first = await inRequest(of);
  expect(await wantedOf(second)).toBe(before + 1);
  const looked = await move(first, transitionTo(first, 'pr_open'), { request: open });
  expect(await wantedOf(second)).toBe(before + 1);
  await move(looked, transitionTo(looked, 'pr_open'), {
    request: { step: 'merged', branch: 'firebreak/1', commit: commits.merged, mergedAt: noon },
  });
  expect(await wantedOf(second)).toBe(before + 2);
  expect(await seenBy(second)).toEqual([]);
});
