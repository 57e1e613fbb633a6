import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvents } from '../../../src/adapters/postgres/audit/audit.ts';
import { proposalEntry, proposalFault } from '../../../src/adapters/postgres/audit/proposals.ts';
import { stopEntry, stopFault } from '../../../src/adapters/postgres/audit/stops.ts';
import type { Db } from '../../../src/adapters/postgres/sql.ts';
import type { PolicyVote } from '../../../src/domain/policy/proposal.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* What is said of a stop, and of a vote on a change of the policy, that is not as its line says: word by word, with the line. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
  await fillStops();
  await fillProposals();
});
afterAll(() => db.close());

const at = (time: string) => `2026-03-01T${time}.000Z`;
const stop = {
  ...{ number: 1, at: at('12:00:00'), by_user: 'U0ANN', by_team: 'T0TEAM', reason: 'a move' },
  ...{ ended_at: null, ended_by_user: null, ended_by_team: null, ended_reason: null },
};
const end = {
  ...{ ended_at: at('13:00:00'), ended_by_user: 'U0BEN', ended_by_team: 'T0TEAM', ended_reason: 'moved' },
};

/** Stop 1 has lines 1 and 2, stop 2 has line 3. */
async function fillStops(): Promise<void> {
  const [first, second] = [
    { ...stop, ...end },
    { ...stop, number: 2, by_user: null, by_team: null },
  ];
  const rows = [first, second].map((each) => ({ ...each, request_key: null }));
  for (const row of rows) await db.knex.raw(...inserted('stops', row));
  const lines = [
    stopEntry('stopped', first, sha256),
    stopEntry('started', first, sha256),
    stopEntry('stopped', second, sha256),
  ];
  await db.knex.transaction((trx) => appendEvents(trx, lines));
}

function inserted(table: string, row: object): [string, string[]] {
  const names = Object.keys(row).join(', ');
  return [
    `insert into ${table} (${names}) overriding system value select ${names} from json_populate_record(null::${table}, ?)`,
    [JSON.stringify(row)],
  ];
}

const voteOf = (userId: string, time: string, more: Partial<PolicyVote> = {}): PolicyVote => ({
  ...{ userId, decision: 'approve', digest: 'd', at: `2026-03-01T${time}Z`, ...more },
});
const [ann, ben] = [voteOf('U0ANN', '12:00:00'), voteOf('U0BEN', '12:00:00', { roles: ['security'] })];
const no = voteOf('U0ANN', '14:00:00', { decision: 'reject' });
const cy = voteOf('U0CY', '14:00:00');
const place = { playbook: 'restart', environment: 'production' };
const proposalOf = (number: number, state: string, ballots: readonly PolicyVote[]) => ({
  ...{ number, ...place, environment: `${place.environment} ${number}`, state, digest: 'd' },
  ...{ evidence: {}, opened_at: at('11:00:00'), votes: [], ballots },
});
const proposals = [
  proposalOf(1, 'approved', [ann, ben]),
  proposalOf(2, 'rejected', [no]),
  proposalOf(3, 'open', []),
  proposalOf(4, 'withdrawn', [cy]),
];

/** Proposal 1 has lines 4 and 5, proposal 2 has line 6, proposal 4 has line 7. */
async function fillProposals(): Promise<void> {
  for (const row of proposals) await db.knex.raw(...inserted('policy_proposals', row));
  const [first, second, , fourth] = proposals;
  if (first === undefined || second === undefined || fourth === undefined) throw new Error('there are four');
  const lines = [
    proposalEntry(first, ann, 'open', sha256),
    proposalEntry(first, ben, 'approved', sha256),
    proposalEntry(second, no, 'rejected', sha256),
    proposalEntry(fourth, cy, 'open', sha256),
  ];
  await db.knex.transaction((trx) => appendEvents(trx, lines));
}

type Look = typeof stopFault | typeof proposalFault;

/** Runs SQL as an intruder would, looks, and undoes it. */
async function afterTampering(sql: string, look: Look, start: number) {
  const trx = await db.knex.transaction();
  try {
    if (sql !== '') await trx.raw(sql);
    const looked: Db = trx;
    return await look(looked, sha256, start);
  } finally {
    await trx.rollback();
  }
}

describe('the line of a stop', () => {
  const common = { kind: 'stop', remediation: null, version: 1, from: null } as const;
  const begun = [1, stop.at, 'U0ANN', 'T0TEAM', 'a move'];
  const digest = (values: unknown[]) => sha256(JSON.stringify(values));
  test.each([
    [
      'of a person',
      stopEntry('stopped', { ...stop, ...end }, sha256),
      { event: 'stopped', to: 'stopped', actor: 'U0ANN', dataDigest: digest(begun), at: stop.at },
    ],
    [
      'of its end',
      stopEntry('started', { ...stop, ...end }, sha256),
      {
        ...{ event: 'started', to: 'started', actor: 'U0BEN', at: end.ended_at },
        dataDigest: digest([...begun, end.ended_at, 'U0BEN', 'T0TEAM', 'moved']),
      },
    ],
    [
      'of an end without a time',
      stopEntry('started', stop, sha256),
      {
        ...{ event: 'started', to: 'started', actor: null, at: stop.at },
        dataDigest: digest([...begun, null, null, null, null]),
      },
    ],
  ])('%s', (_name, entry, said) => {
    expect(entry).toEqual({ ...common, ...said });
  });
});

test('the line of a vote on the policy binds it to what was voted on', () => {
  expect(proposalEntry({ number: 7, ...place }, ben, 'approved', sha256)).toEqual({
    ...{ kind: 'proposal', remediation: null, version: 7, event: 'approve', from: 'open', to: 'approved' },
    ...{ actor: 'U0BEN', at: at('12:00:00') },
    dataDigest: sha256(
      JSON.stringify([7, 'restart', 'production', 'U0BEN', 'approve', 'd', at('12:00:00'), ['security']]),
    ),
  });
  expect(proposalEntry({ number: 7, ...place }, ann, 'open', sha256).dataDigest).toBe(
    sha256(JSON.stringify([7, 'restart', 'production', 'U0ANN', 'approve', 'd', at('12:00:00'), null])),
  );
});

const past = 'it was changed past the program';
const changedStop = (number: number, seq: number) => `stop ${number} is not as line ${seq} says: ${past}`;
const unsaidStop = (number: number) => `no line says of stop ${number} what its row does: ${past}`;
const first = (value: string) => `update stops set ${value} where number = 1`;
const added = `insert into stops (number, at, reason, ended_at, ended_reason) overriding system value
  values (9, now(), 'x', now(), 'y')`;
const ends = `update stops set ended_at = now(), ended_reason = 'x' where number = 2`;
const lineGone = (seq: number) => `delete from remediation_events where seq = ${seq}`;

test.each<[string, number, number | undefined, string]>([
  ['', 0, undefined, ''],
  ['', 1, undefined, ''],
  ['', 3, undefined, ''],
  [first(`reason = 'x'`), 0, 1, changedStop(1, 1)],
  [first(`by_user = 'U0EVE'`), 0, 1, changedStop(1, 1)],
  [first(`by_team = 'T0EVE'`), 0, 1, changedStop(1, 1)],
  [first(`at = at - interval '1 hour'`), 0, 1, changedStop(1, 1)],
  [first(`ended_reason = 'x'`), 0, 2, changedStop(1, 2)],
  [first(`ended_by_user = 'U0EVE'`), 0, 2, changedStop(1, 2)],
  [first(`ended_by_team = 'T0EVE'`), 0, 2, changedStop(1, 2)],
  [first(`ended_at = ended_at + interval '1 hour'`), 0, 2, changedStop(1, 2)],
  [first(`reason = 'x'`), 1, 2, changedStop(1, 2)],
  [first(`reason = 'x'`), 2, undefined, ''],
  ['delete from stops where number = 1', 0, 1, changedStop(1, 1)],
  ['delete from stops where number = 2', 0, 3, changedStop(2, 3)],
  [ends, 0, 0, unsaidStop(2)],
  [ends, 1, undefined, ''],
  [lineGone(1), 0, 0, unsaidStop(1)],
  [lineGone(2), 0, 0, unsaidStop(1)],
  [lineGone(3), 0, 0, unsaidStop(2)],
  [added, 0, 0, unsaidStop(9)],
  [added, 1, undefined, ''],
])('stops after %j, lines from %i on', async (sql, start, seq, sentence) => {
  expect(await afterTampering(sql, stopFault, start)).toEqual(
    seq === undefined ? undefined : { kind: 'broken', seq, sentence },
  );
});

const changedVote = (actor: string, number: number, seq: number) =>
  `the vote of ${actor} on policy proposal ${number} is not as line ${seq} says: ${past}`;
const unsaidVote = (number: number) => `no line says how policy proposal ${number} was voted on: ${past}`;
const set = (number: number, value: string) =>
  `update policy_proposals set ${value} where number = ${number}`;
const line4 = (value: string) => `update remediation_events set ${value} where seq = 4`;
const late = (time: string) =>
  set(3, `ballots = '${JSON.stringify([voteOf('U0DEE', time, {})])}', state = 'approved'`);

test.each<[string, number, number | undefined, string]>([
  ['', 0, undefined, ''],
  ['', 4, undefined, ''],
  ['', 5, undefined, ''],
  [set(1, `ballots = jsonb_set(ballots, '{0,userId}', '"U0EVE"')`), 0, 4, changedVote('U0ANN', 1, 4)],
  [set(1, `ballots = jsonb_set(ballots, '{1,decision}', '"reject"')`), 0, 5, changedVote('U0BEN', 1, 5)],
  [set(1, `ballots = jsonb_set(ballots, '{0,digest}', '"x"')`), 0, 4, changedVote('U0ANN', 1, 4)],
  [set(1, `ballots = ballots - 0`), 0, 4, changedVote('U0ANN', 1, 4)],
  [set(1, `ballots = ballots - 0`), 4, undefined, ''],
  [set(1, `playbook = 'x'`), 4, 5, changedVote('U0BEN', 1, 5)],
  [set(1, `state = 'open'`), 0, 5, changedVote('U0BEN', 1, 5)],
  [set(1, `state = 'rejected'`), 0, 5, changedVote('U0BEN', 1, 5)],
  [set(2, `state = 'approved'`), 5, 6, changedVote('U0ANN', 2, 6)],
  ['delete from policy_proposals where number = 2', 0, 6, changedVote('U0ANN', 2, 6)],
  [set(4, `state = 'open'`), 0, undefined, ''],
  [set(4, `state = 'approved'`), 0, 0, unsaidVote(4)],
  [set(4, `state = 'rejected'`), 0, 0, unsaidVote(4)],
  [set(3, `state = 'withdrawn'`), 0, undefined, ''],
  [set(3, `state = 'approved'`), 0, 0, unsaidVote(3)],
  [set(3, `state = 'rejected'`), 5, 0, unsaidVote(3)],
  [set(1, 'ballots = ballots || (ballots -> 0)'), 0, 0, unsaidVote(1)],
  ['delete from policy_proposals where number = 4', 0, 7, changedVote('U0CY', 4, 7)],
  [line4(`actor = 'U0EVE'`), 0, 4, changedVote('U0EVE', 1, 4)],
  [line4(`event = 'reject'`), 0, 4, changedVote('U0ANN', 1, 4)],
  [lineGone(4), 0, 0, unsaidVote(1)],
  [lineGone(7), 0, 0, unsaidVote(4)],
  // What was voted an hour after the oldest line that is left may have had its line before that.
  [late('15:00:00'), 5, undefined, ''],
  [late('15:00:00.001'), 5, 0, unsaidVote(3)],
  [late('12:00:00'), 0, 0, unsaidVote(3)],
  // A line of a vote from before votes had lines says nothing of when the lines before it were written.
  [
    `insert into remediation_events overriding system value select (jsonb_populate_record(null::remediation_events,
        to_jsonb(e) || '{"seq": 8, "kind": "policy", "hash": "8"}')).* from remediation_events e where seq = 6;
      update remediation_events set at = '2026-01-01' where seq = 6`,
    ...([5, undefined, ''] as const),
  ],
  // Where no line is left nothing is older than it.
  ['', 7, 0, unsaidVote(1)],
])('votes on the policy after %j, lines from %i on', async (sql, start, seq, sentence) => {
  expect(await afterTampering(sql, proposalFault, start)).toEqual(
    seq === undefined ? undefined : { kind: 'broken', seq, sentence },
  );
});
