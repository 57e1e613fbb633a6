import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { readRemediations } from './ledger.ts';
import { decideUntilOver, openCard, until } from './people.ts';
import { fireAlerts } from './shop.ts';

/*
 * The same script on one replica and on three: who reads the channel, and who asked, cannot tell which it was. Alertmanager
 * tests its clusters so. FIREBREAK_EVENTS=500 plays that many.
 */

const length = Number(process.env['FIREBREAK_EVENTS'] ?? 10);

/** One thing that somebody does, until all that it brings about is over. */
async function play(scenario: FaultScenario, port: number, nth: number): Promise<void> {
  const { slack } = scenario;
  const ask = async (text: string, user = 'U0ALICE') => void (await slack.slash(user, text));
  const decide = async (user: string, actionId: string) => {
    const message = await newestCard(scenario);
    await slack.click({ user, message, actionId });
  };
  switch (nth % 12) {
    case 0:
      await ask(`set image deployment/web web=registry.example/web:1.${nth + 1}.0 -n shop`);
      await decide('U0BOB', actionIds.approve);
      return decideUntilOver(scenario, []);
    case 3:
      await ask(`rollout restrat deployment/web -n shop`);
      return;
    case 4:
      await ask('rollout restart deployment/ledger -n payments');
      await decide('U0CAROL', actionIds.reject);
      return decideUntilOver(scenario, []);
    case 6:
      return ask('rollout restart deployment/web -n shop', 'U0GUEST');
    case 8:
      await ask(`set image deployment/cart cart=registry.example/cart:1.${nth}.0 -n shop`);
      await decide('U0ALICE', actionIds.approve);
      await decide('U0BOB', actionIds.reject);
      return decideUntilOver(scenario, []);
    case 9:
      if (nth === 9) await fireAlerts(scenario.site.cluster, port, ['checkout']);
      return decideUntilOver(scenario, []);
    default:
      await ask(`rollout restart deployment/gone-${nth} -n shop`);
      return decideUntilOver(scenario, []);
  }
}

async function newestCard(scenario: FaultScenario): Promise<DoubleMessage> {
  const find = async () => {
    const row = (await readRemediations(scenario.knex)).at(-1);
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

function saidBy({ slack }: FaultScenario): readonly string[] {
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
  return [...messages, ...private_].map(normalised).toSorted();
}

async function playOn(replicas: number): Promise<readonly string[]> {
  const scenario = await openFaultScenario({ isHurried: true });
  try {
    const peers = await Promise.all(Array.from({ length: replicas }, () => scenario.peer()));
    await scenario.slack.untilConnected(replicas);
    for (let nth = 0; nth < length; nth += 1)
      await play(scenario, peers[nth % replicas]?.running.port ?? 0, nth);
    await decideUntilOver(scenario, []);
    expect(await violations(scenario)).toEqual([]);
    return saidBy(scenario);
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
