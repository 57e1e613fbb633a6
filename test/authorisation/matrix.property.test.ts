import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { RunningSlack } from '../../src/adapters/slack/app.ts';
import { startSlack } from '../../src/adapters/slack/app.ts';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { moves, type Remediation, type State } from '../../src/domain/remediation.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import type { People } from '../../src/workflow/ports.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { settingsFor } from '../adapters/slack/harness.ts';
import { noon } from '../fixtures/facts.ts';
import { silentLog } from '../fixtures/log.ts';
import { digest } from '../fixtures/remediations.ts';
import { clusterOf, healthy } from '../fixtures/world.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { sha256 } from '../support/sha256.ts';
import { unfenced } from '../support/unfenced.ts';
import { allCells, type Cell, nameOf, namespaceOf, outcomeIn, place } from './cells.ts';
import { identities, type Outcome } from './table.ts';
import { matrixPolicy, populate, teamOf, userOf } from './workspace.ts';

/* Everybody does everything to every kind of remediation: by signed requests, on the real listeners, workflow and store. */

let db: TestDatabase;
let slack: SlackDouble;
let bot: RunningSlack;

beforeAll(async () => {
  db = await openDatabase();
  slack = await startSlackDouble();
  populate(slack.workspace);
  const connected = Promise.withResolvers<People>();
  const commands = createCommands({
    store: db.store,
    cluster: clusterOf(
      () => ({ web: healthy }),
      () => noon,
      () => undefined,
    ),
    clock: () => noon,
    newId: randomUUID,
    sha256,
    policy: () => matrixPolicy,
    playbooks: () => [],
    log: silentLog,
    fence: unfenced,
    people: () => connected.promise,
    probe: async () => undefined,
  });
  bot = await startSlack(settingsFor(slack, 'http', commands));
  connected.resolve(bot.people);
  slack.useHttp(`http://127.0.0.1:${bot.port}/slack/events`);
});

afterAll(async () => {
  await bot.stop(1);
  await slack.close();
  await db.close();
});

/** What the person alone reads after it, or that a dialog opened. */
async function answerTo(cell: Cell, row: Remediation): Promise<string> {
  const [user, team] = [userOf(cell.who), teamOf(cell.who)];
  const { workspace } = slack;
  const [before, opened] = [workspace.ephemeralsOf(user).length, workspace.views.length];
  /** Only what is new: what was told before grows with every cell. */
  const told = () =>
    workspace
      .ephemeralsOf(user)
      .slice(before)
      .find(({ text }) => !/^This takes longer/.test(text));
  const seen = () => workspace.views.slice(opened).some((each) => each.user === user);
  const type = (text: string) => slack.slash(user, text, { team });
  const click = (button: keyof typeof actionIds, value: string) =>
    slack.click({ user, userTeam: team, message, actionId: actionIds[button], value });
  switch (cell.operation) {
    case 'ask':
      await type(`rollout restart deployment/web -n ${namespaceOf(cell)}`);
      break;
    case 'status':
      await type(`status ${row.number}`);
      break;
    case 'history':
      await type('history');
      break;
    case 'details':
      await click('details', row.id);
      break;
    default:
      await click(cell.operation === 'reject' ? 'reject' : 'approve', `${row.id}:${digest}`);
  }
  return slack.until(() => (seen() ? 'a dialog' : told()?.text));
}

/** The card that carries the buttons; which remediation they are for is in their values. */
const message: DoubleMessage = {
  channel: 'C0OPS',
  ts: '1.1',
  user: 'U0BOT',
  reply_broadcast: false,
  text: '',
  blocks: [],
  updates: 0,
};

const words: readonly (readonly [RegExp, Outcome])[] = [
  [/^Remediation \d+\. Understood as/, 'accepted'],
  [/^Approved, (1 of 1|2 of 2)\. It runs now/, 'carried out'],
  [/^Approved, 1 of 2\. One more person/, 'one more needed'],
  [/^You have rejected it/, 'rejected'],
  [/^You have withdrawn your request/, 'withdrawn'],
  [/^a dialog$|^Remediation \d+: |^The latest remediations/, 'shown'],
  [/^You asked for this; somebody else/, 'own request'],
  [/^You have approved already/, 'approved already'],
  [/must come from two groups/, 'same group'],
  [/^Remediation \d+ (is|has|was|came|needs) /, 'settled'],
  [/cannot (ask|approve)|only to members|Only members|does not name you|does not know you/, 'refused'],
];

const outcomeOf = (text: string): Outcome | string =>
  words.find(([pattern]) => pattern.test(text))?.[1] ?? text;

/** What has become of the remediation: where it is now, and how many have decided. */
async function tracesOf({ id }: Remediation): Promise<string> {
  const row = await db.store.load(id);
  const votes = await db.store.approvals(id);
  return `${row?.state}, ${row?.version}, ${votes.length} decided`;
}

const movesOf: Partial<Record<Outcome, (state: State, version: number, votes: number) => string>> = {
  'carried out': (_state, version, votes) => `approved, ${version + 1}, ${votes + 1} decided`,
  'one more needed': (_state, version, votes) => `waiting, ${version + 1}, ${votes + 1} decided`,
  withdrawn: (_state, version, votes) => `rejected, ${version + 1}, ${votes + 1} decided`,
  rejected: (_state, version, votes) => `rejected, ${version + 1}, ${votes + 1} decided`,
};

async function run(cell: Cell): Promise<string | undefined> {
  const row = await place(db, cell);
  const stored = await db.store.load(row.id);
  const votes = (await db.store.approvals(row.id)).length;
  const before = await tracesOf(row);
  const found = outcomeOf(await answerTo(cell, row));
  const wanted = outcomeIn(cell);
  const after = await tracesOf(row);
  const should = movesOf[wanted]?.(cell.state, stored?.version ?? 0, votesAfter(cell, votes)) ?? before;
  return found === wanted && after === should
    ? undefined
    : `${nameOf(cell)}: expected ${wanted} (${should}), was ${found} (${after})`;
}

/** Whoever rejects after having approved decides anew, in the place of the first time. */
function votesAfter({ who, operation }: Cell, votes: number): number {
  return who === 'same person twice' && operation === 'reject' ? Math.max(0, votes - 1) : votes;
}

const states = Object.keys(moves).filter((name): name is State => name in moves);
const { cells, impossible } = allCells(states);

/** What decides, of every tier that waits; asking and looking, which are the same in each, of one of them. */
const canDecide = ({ tier, state, operation }: Cell) =>
  state === 'waiting' && (tier === 'human' || ['approve', 'reject', 'rollback'].includes(operation));

/** Where something can be decided, everything; elsewhere every nth, or everything where there is time. */
const chosen = cells.filter((cell, index) => inject('everyCase') || canDecide(cell) || index % 37 === 0);

test('every cell is as the table says', async () => {
  expect(cells.length + impossible).toBe(5 * 16 * 7 * identities.length);
  const wrong = await Promise.all(
    identities.map(async ([who]) => {
      const found: string[] = [];
      for (const cell of chosen.filter((each) => each.who === who)) {
        const fault = await run(cell);
        if (fault !== undefined) found.push(fault);
      }
      return found;
    }),
  );
  expect(wrong.flat()).toEqual([]);
});

test('whoever was refused is written down, with what they wanted and why', async () => {
  const counted = await db
    .knex('automation_operation_log')
    .where('detail', 'like', 'refused: %')
    .distinct('requested_by')
    .pluck('requested_by');
  const refused = chosen.filter((cell) => outcomeIn(cell) === 'refused' && cell.who !== 'foreign');
  expect(counted.toSorted()).toEqual([...new Set(refused.map(({ who }) => userOf(who)))].toSorted());
});

test('while Slack does not answer nobody gets anything, but that a request may be withdrawn', async () => {
  const few: readonly string[] = ['requester', 'approver', 'outsider', 'guest', 'foreign'];
  const waiting = cells.filter(
    ({ tier, state, who }) => tier === 'human' && state === 'waiting' && few.includes(who),
  );
  const wrong: string[] = [];
  for (const cell of waiting) {
    const row = await place(db, cell);
    slack.fail('users.info', { kind: 'status', status: 500, accept: false }, 9);
    const before = await tracesOf(row);
    const text = await answerTo(cell, row);
    slack.forgive();
    const withdraws = outcomeIn(cell) === 'withdrawn';
    const known = /could not be checked|only to members|Only members/.test(text);
    if (withdraws ? !/withdrawn/.test(text) : !known || (await tracesOf(row)) !== before)
      wrong.push(`${nameOf(cell)}: ${text}`);
  }
  expect(wrong).toEqual([]);
});
