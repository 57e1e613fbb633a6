import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { type Lane, laneOf, leftIn, policyOf, readLane, workloadsOf } from './lanes.ts';
import { decideUntilOver, openCard, until } from './people.ts';
import { fireAlerts } from './shop.ts';

/*
 * The same script on one replica and on three: who reads the channel, and who asked, cannot tell which it was. Alertmanager
 * tests its clusters so. FIREBREAK_EVENTS=500 plays that many.
 */

const length = Number(process.env['FIREBREAK_EVENTS'] ?? 24);

/** A lane has every kind of event once at least, where there are so many; more lanes than these are no quicker. */
const lanes = Array.from({ length: Math.min(8, Math.ceil(length / 12)) }, (_, nth) => laneOf(nth));

/** One thing that somebody does in a lane, until all that it brings about is over. */
async function play(scenario: FaultScenario, lane: Lane, port: number, nth: number): Promise<void> {
  const { slack, knex } = scenario;
  const { shop, payments } = lane;
  const over = () => until(async () => (await leftIn(knex, lane)) === 0);
  const begun = async (begin: () => Promise<unknown>) => {
    const known = (await readLane(knex, lane)).length;
    await begin();
    await until(async () => (await readLane(knex, lane)).length > known);
  };
  const ask = (text: string) => begun(() => slack.slash('U0ALICE', text));
  const decide = async (user: string, actionId: string) => {
    const message = await newestCard(scenario, lane);
    await slack.click({ user, message, actionId });
  };
  switch (nth % 12) {
    case 0:
      await ask(`set image deployment/web web=registry.example/web:1.${nth + 1}.0 -n ${shop}`);
      await decide('U0BOB', actionIds.approve);
      return over();
    case 3:
      await slack.slash('U0ALICE', `rollout restrat deployment/web -n ${shop}`);
      return;
    case 4:
      await ask(`rollout restart deployment/ledger -n ${payments}`);
      await decide('U0CAROL', actionIds.reject);
      return over();
    case 6:
      await slack.slash('U0GUEST', `rollout restart deployment/web -n ${shop}`);
      return;
    case 8:
      await ask(`set image deployment/cart cart=registry.example/cart:1.${nth}.0 -n ${shop}`);
      await decide('U0ALICE', actionIds.approve);
      await decide('U0BOB', actionIds.reject);
      return over();
    case 9:
      if (nth === 9) await begun(() => fireAlerts(scenario.site.cluster, port, ['checkout'], shop));
      return over();
    default:
      await ask(`rollout restart deployment/gone-${nth} -n ${shop}`);
      return over();
  }
}

async function newestCard(scenario: FaultScenario, lane: Lane): Promise<DoubleMessage> {
  const find = async () => {
    const row = (await readLane(scenario.knex, lane)).at(-1);
    return row?.state === 'waiting' ? openCard(scenario, row.id) : undefined;
  };
  await until(async () => (await find()) !== undefined);
  const card = await find();
  if (card === undefined) throw new Error('the card is gone');
  return card;
}

/**
 * What differs between any two runs: times, random names and ids; and what a look saw that has three seconds for all it asks:
 * on a slow machine it names what it did not see.
 */
const normalised = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/<!date\^\d+/g, '<!date^TIME')
    .replaceAll(/\d\d:\d\d(:\d\d)? UTC/g, 'TIME')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/\b(web|cart|ledger|checkout)-[a-z0-9]{5,10}(-[a-z0-9]{5})?\b/g, '$1-NAME')
    .replaceAll(/\d+ restarts in all/g, 'RESTARTS')
    .replace(/( > Seen at TIME: ).*$/s, '$1EVIDENCE')
    .replaceAll(/\b\d+(\.\d+)? (ms|s|seconds?|min|minutes?)\b/g, 'SPAN');

/** Which of its lane a remediation is: lanes are played side by side, and share the numbers. */
async function placesIn({ knex }: FaultScenario): Promise<ReadonlyMap<string, string>> {
  const all = await Promise.all(lanes.map((lane) => readLane(knex, lane)));
  const places = all.flatMap((own, lane) =>
    own.map(({ number }, nth) => [String(number), `${nth + 1} of lane ${lane}`] as const),
  );
  return new Map(places);
}

async function saidBy(scenario: FaultScenario): Promise<readonly string[]> {
  const { slack } = scenario;
  const places = await placesIn(scenario);
  const placed = (text: string): string =>
    text.replaceAll(/\b([Rr]emediation) (\d+)\b/g, (_, word, number) => `${word} ${places.get(number)}`);
  const roots = new Map(slack.messages().map((message) => [message.ts, message.text]));
  const messages = slack
    .messages()
    .map(({ thread_ts, text }) => `${roots.get(thread_ts ?? '') ?? 'channel'} > ${text}`);
  const private_ = slack
    .ephemerals()
    .filter(({ text }) => !text.startsWith('This takes longer than usual'))
    // Of which it is not known whether the response URL has taken it is posted once more.
    .filter(({ via }) => via !== 'postEphemeral')
    .map(({ user, text }) => `to ${user} > ${text}`);
  return [...messages, ...private_].map((text) => placed(normalised(text))).toSorted();
}

async function playOn(replicas: number): Promise<readonly string[]> {
  const scenario = await openFaultScenario({ isHurried: true, besides: lanes.flatMap(workloadsOf) });
  try {
    const policy = policyOf(lanes);
    const peers = await Promise.all(Array.from({ length: replicas }, () => scenario.peer({ policy })));
    await scenario.slack.untilConnected(replicas);
    const playLane = async (lane: Lane, at: number): Promise<void> => {
      for (let nth = 0; nth * lanes.length + at < length; nth += 1)
        await play(scenario, lane, peers[(nth + at) % replicas]?.running.port ?? 0, nth);
    };
    await Promise.all(lanes.map(playLane));
    await decideUntilOver(scenario, []);
    expect(await violations(scenario)).toEqual([]);
    return await saidBy(scenario);
  } finally {
    await scenario.close();
  }
}

/** Milliseconds, a guard against what hangs; some seconds for each event. */
const timeout = Math.max(600_000, length * 10_000);

test('one replica and three say the same', { timeout }, async () => {
  const [one, three] = await Promise.all([playOn(1), playOn(3)]);
  expect(three).toEqual(one);
  expect(one.length).toBeGreaterThan(length);
});
