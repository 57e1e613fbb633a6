import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { holds, onFaultScenario } from './kill.ts';
import { readApprovals, readRemediations } from './ledger.ts';
import { decideUntilOver, openCard, until } from './people.ts';
import { roads } from './roads.ts';

async function cardOf(scenario: FaultScenario) {
  const find = async () => {
    const [row] = await readRemediations(scenario.knex);
    return row === undefined ? undefined : openCard(scenario, row.id);
  };
  await until(async () => (await find()) !== undefined);
  const card = await find();
  if (card === undefined) throw new Error('the card is gone');
  return card;
}

/** So many clicks at once; sockets take turns, so each replica gets as many. */
async function clickTogether(
  scenario: FaultScenario,
  decide: (nth: number) => { user: string; actionId: string },
  length = 10,
) {
  const message = await cardOf(scenario);
  const clicks = Array.from({ length }, (_, nth) => scenario.slack.click({ message, ...decide(nth) }));
  return Promise.all(clicks);
}

/** What a replica logs when it does not know whether Slack took the answer to a click. */
const postedInstead = 'The response URL did not take an answer';

const byTurns = (nth: number): string => (nth % 4 < 2 ? 'U0BOB' : 'U0CAROL');

test.concurrent.each([
  ['human', 1],
  ['dual', 2],
] as const)('ten clicks at once by two people on the %s tier: one decision each', async (name, decisions) => {
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica();
    const peer = await scenario.peer();
    await scenario.slack.untilConnected(2);
    await roads[name].begin(scenario, replica.port);
    const answers = await clickTogether(scenario, (nth) => ({
      user: byTurns(nth),
      actionId: actionIds.approve,
    }));
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'acked'));
    await decideUntilOver(scenario, []);
    await holds(scenario, roads[name]);
    const users = (await readApprovals(scenario.knex)).map(({ user_id }) => user_id);
    expect(new Set(users).size).toBe(users.length);
    expect(users).toHaveLength(decisions);
    const again = scenario.knex.raw('insert into approvals select * from approvals');
    await expect(again, 'the database itself').rejects.toThrow(/duplicate key/);
    // Everybody who clicked was answered, each click on its own, besides what a slow machine is told meanwhile; the
    // requester has a receipt of the command. An answer of which it is not known whether Slack took it is posted once more.
    await scenario.slack.until(() => (answersTo(scenario).length >= 10 ? true : undefined));
    const answered = scenario.slack
      .ephemerals()
      .filter(({ user, text }) => user !== 'U0ALICE' && !text.startsWith('This takes longer than usual.'));
    const unknown = [...replica.output().split('\n'), ...peer.lines].filter((line) =>
      line.includes(postedInstead),
    );
    expect(answered.filter(({ via }) => via === 'response_url').length).toBeLessThanOrEqual(10);
    // One that says "longer than usual" may be posted for the same reason: the log counts those too.
    const posted = answered.filter(({ via }) => via === 'postEphemeral');
    expect(posted.length, 'nothing is posted but what the response URL did not take').toBeLessThanOrEqual(
      unknown.length,
    );
  });
});

test.concurrent('approvals and rejections at once end in one of the two', async () => {
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica();
    await scenario.peer();
    await scenario.slack.untilConnected(2);
    await roads.dual.begin(scenario, replica.port);
    await clickTogether(scenario, (nth) => ({
      user: byTurns(nth),
      actionId: byTurns(nth) === 'U0BOB' ? actionIds.approve : actionIds.reject,
    }));
    await decideUntilOver(scenario, []);
    await holds(scenario, { ends: [['rejected', null]] });
    const [approvals, writes] = [
      await readApprovals(scenario.knex),
      scenario.requests.filter(({ changed }) => changed),
    ];
    expect(approvals.filter(({ decision }) => decision === 'reject')).toHaveLength(1);
    expect(writes).toEqual([]);
  });
});

test.concurrent('a requester who clicks ten times approves nothing', async () => {
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica();
    await scenario.peer();
    await roads.human.begin(scenario, replica.port);
    await clickTogether(scenario, () => ({ user: 'U0ALICE', actionId: actionIds.approve }));
    expect(await readApprovals(scenario.knex)).toEqual([]);
    await decideUntilOver(scenario, ['U0BOB']);
    await holds(scenario, roads.human);
  });
});

/** Of each ten clicks: four by who asked for it, four by one approver, the rest by the other and by who may not decide. */
const crowd = (nth: number): string =>
  ['U0ALICE', 'U0BOB', 'U0ALICE', 'U0BOB', 'U0CAROL', 'U0ALICE', 'U0BOB', 'U0GUEST', 'U0ALICE', 'U0BOB'][
    nth % 10
  ] ?? 'U0GUEST';

test.concurrent('a hundred clicks at once at three replicas: all are answered, two count, one execution', async () => {
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica();
    await scenario.peer();
    await scenario.peer();
    await scenario.slack.untilConnected(3);
    await roads.dual.begin(scenario, replica.port);
    const approve = (nth: number) => ({ user: crowd(nth), actionId: actionIds.approve });
    const answers = await clickTogether(scenario, approve, 100);
    expect(answers.filter(({ kind }) => kind !== 'acked')).toEqual([]);
    await decideUntilOver(scenario, []);
    await holds(scenario, roads.dual);
    const users = (await readApprovals(scenario.knex)).map(({ user_id }) => user_id);
    expect(users.toSorted()).toEqual(['U0BOB', 'U0CAROL']);
    await scenario.slack.until(() => (answersTo(scenario).length >= 100 ? true : undefined));
    // Where it is not known whether an answer was shown it is shown once more.
    expect(
      answersTo(scenario).filter(({ text }) => /^Approved, \d of 2/.test(text)).length,
    ).toBeGreaterThanOrEqual(2);
  });
});

/** What people were told of their clicks; of the command there is a receipt besides. */
const answersTo = ({ slack }: FaultScenario) =>
  slack
    .ephemerals()
    .filter(
      ({ text }) => !text.startsWith('Understood') && !text.startsWith('This takes longer than usual.'),
    );
