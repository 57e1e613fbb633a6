import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningSlack } from '../../src/adapters/slack/app.ts';
import { startSlack } from '../../src/adapters/slack/app.ts';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { People } from '../../src/workflow/ports.ts';
import type { DoubleFault } from '../adapters/slack/double/faults.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { settingsFor } from '../adapters/slack/harness.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

/* Rights between the click and the gate: by signed requests, on the real listeners and look-ups; the clock is the test's. */

const rules = policy.parse({
  version: 1,
  productionFactor: 5,
  approvalTtlSeconds: 600,
  approvers: { human: { users: ['U0BOB', 'U0CAROL'] }, dual: { users: ['U0BOB', 'U0CAROL'] } },
});

let slack: SlackDouble;
let rig: Rig;
let bots: RunningSlack[];

/** A replica that has asked Slack nothing yet; from now on it is the one that looks people up. */
async function startReplica(): Promise<void> {
  bots.push(await startSlack(settingsFor(slack, 'http', rig.commands)));
}

const current = (): People => {
  const bot = bots.at(-1);
  if (bot === undefined) throw new Error('no replica was started');
  return bot.people;
};

beforeEach(async () => {
  slack = await startSlackDouble();
  bots = [];
  rig = createRig({
    policy: () => rules,
    people: {
      mayAsk: (...asked) => current().mayAsk(...asked),
      mayApprove: (...asked) => current().mayApprove(...asked),
    },
  });
  await startReplica();
  slack.useHttp(`http://127.0.0.1:${bots[0]?.port}/slack/events`);
  await slack.slash('U0ALICE', 'rollout restart deploy/web -n production');
  await rig.settle();
  expect(rig.row(1).state).toBe('waiting');
});
afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.stop(1)));
  await slack.close();
});

/** Clicks Approve; resolves with what the clicker alone reads. */
async function approve(user: string): Promise<string> {
  const row = rig.row(1);
  const digest = 'digest' in row ? row.digest : '';
  const before = slack.ephemerals(user).length;
  await slack.click({
    user,
    message: {
      channel: 'C0OPS',
      ts: '1.1',
      user: 'U0BOT',
      reply_broadcast: false,
      text: '',
      blocks: [],
      updates: 0,
    },
    actionId: actionIds.approve,
    value: `${row.id}:${digest}`,
  });
  return slack.until(() => slack.ephemerals(user).at(before)?.text);
}

async function approvedByBob(): Promise<void> {
  expect(await approve('U0BOB')).toContain('Approved, 1 of 1');
  expect(rig.row(1).state).toBe('approved');
}

const later = () => playStep(rig, { do: 'sleep', seconds: 120 });
const writes = () => rig.now().world.writes;

test('a member who has become a guest between vote and gate counts no more, and nothing is written', async () => {
  await approvedByBob();
  slack.workspace.users.set('U0BOB', { id: 'U0BOB', name: 'bob', is_restricted: true });
  await later();
  await startReplica();
  await rig.settle();
  expect(rig.row(1)).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('U0BOB no longer counts'),
  });
  expect(writes()).toEqual([]);
});

test('nor does what somebody asked for who has become a guest', async () => {
  await approvedByBob();
  slack.workspace.users.set('U0ALICE', { id: 'U0ALICE', name: 'alice', is_restricted: true });
  await later();
  await startReplica();
  await rig.settle();
  expect(rig.row(1)).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('U0ALICE asked for this'),
  });
  expect(writes()).toEqual([]);
});

const faults: [string, DoubleFault][] = [
  ['429', { kind: 'rate_limited', retryAfter: 30 }],
  ['500', { kind: 'status', status: 500, accept: false }],
  ['a cut connection', { kind: 'reset', accept: false }],
];

describe.each(faults)('while users.info answers %s', (_name, fault) => {
  test('no click counts, and one afterwards does', async () => {
    slack.fail('users.info', fault, 100);
    expect(await approve('U0BOB')).toMatch(/could not|not be looked up|try again/i);
    expect(rig.now().shelf.approvals).toEqual([]);
    expect(rig.row(1).state).toBe('waiting');
    slack.forgive();
    await startReplica();
    expect(await approve('U0BOB')).toContain('Approved, 1 of 1');
  });

  test('the gate waits, and passes once Slack has answered', async () => {
    await approvedByBob();
    await later();
    await startReplica();
    slack.fail('users.info', fault, 100);
    for (let looks = 0; looks < 3; looks += 1) await rig.wake();
    expect(rig.row(1).state).toBe('approved');
    expect(writes()).toEqual([]);
    slack.forgive();
    await startReplica();
    await rig.settle();
    expect(rig.row(1).state).toBe('succeeded');
  });

  test('the gate never passes: the approval expires', async () => {
    await approvedByBob();
    await later();
    await startReplica();
    slack.fail('users.info', fault, 1000);
    await rig.settle();
    expect(rig.row(1).state).toBe('expired');
    expect(writes()).toEqual([]);
  });
});
