import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DoubleFault } from '../adapters/slack/double/faults.ts';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';
import { violations } from '../faults/invariants.ts';
import { readRemediations } from '../faults/ledger.ts';
import { decideUntilOver } from '../faults/people.ts';
import { due } from './cells.ts';

/*
 * What Slack and the way to it do wrong, at each call that is made of it: what was to be changed is changed and proven, and
 * what was to be told is told, once. FIREBREAK_MATRIX=7/3 takes the third of every seven cells.
 */

const error = (word: string): DoubleFault => ({ kind: 'error', error: word });

const faults: Readonly<Record<string, DoubleFault>> = {
  '429': { kind: 'rate_limited', retryAfter: 1 },
  'a 500 that did nothing': { kind: 'status', status: 500, accept: false },
  'a 503 that did it': { kind: 'status', status: 503, accept: true },
  'a reset before': { kind: 'reset', accept: false },
  'a reset after': { kind: 'reset', accept: true },
  'no answer, and nothing done': { kind: 'hang', accept: false },
  'no answer, and done': { kind: 'hang', accept: true },
  ...Object.fromEntries(
    [
      ...['ratelimited', 'internal_error', 'channel_not_found', 'not_in_channel', 'is_archived'],
      ...['invalid_auth', 'token_revoked', 'msg_blocks_too_long', 'a_word_of_tomorrow'],
    ].map((word) => [word, error(word)]),
  ),
};

const methods = [
  ...['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'conversations.history'],
  ...['users.info', 'usergroups.users.list'],
];

const cells = due(
  methods.flatMap((method) => Object.entries(faults).map(([name, fault]) => ({ method, name, fault }))),
);

let scenario: FaultScenario;
beforeAll(async () => {
  scenario = await openFaultScenario({ isHurried: true });
  await scenario.peer();
});
afterAll(() => scenario.close());

let round = 0;

/** Somebody who is told that their right could not be looked up asks again. */
async function ask(): Promise<void> {
  round += 1;
  const command = `annotate deployment/web example.com/round=${round} --overwrite -n shop`;
  const known = (await readRemediations(scenario.knex)).length;
  for (;;) {
    await scenario.slack.slash('U0ALICE', command);
    if ((await readRemediations(scenario.knex)).length > known) return;
  }
}

test.each(cells)('$method: $name', async ({ method, fault }) => {
  // A search is made only for what may have been posted.
  if (method === 'conversations.history')
    scenario.slack.fail('chat.postMessage', { kind: 'status', status: 503, accept: true }, 1);
  scenario.slack.fail(method, fault, 2);
  await ask();
  await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
  scenario.slack.forgive();
  expect((await readRemediations(scenario.knex)).at(-1)).toMatchObject({
    state: 'succeeded',
    verdict: 'verified',
  });
  expect(await violations(scenario)).toEqual([]);
});
