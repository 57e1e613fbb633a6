import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { formOf, type SignedRequest, sendSigned, sign } from '../adapters/slack/double/delivery.ts';
import { buttonOn, clickPayload, newTrigger, slashPayload } from '../adapters/slack/double/payloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { readApprovals, readRemediations } from './ledger.ts';
import { decideUntilOver, openCard, until } from './people.ts';

/*
 * Slack sends what it has no answer to once more, up to three times, to whichever replica: each request here goes to three of
 * them at once, one to four times, and again when everything is over. Each has one effect, and each delivery is answered.
 */

type Payload = Readonly<Record<string, unknown>>;

interface Wish {
  readonly kind: 'slash_commands' | 'interactive';
  readonly payload: Payload;
  /** How often it comes at once. */
  readonly times: number;
}

interface Stage {
  readonly scenario: FaultScenario;
  readonly ports: readonly number[];
  readonly sent: Wish[];
}

const responseUrl = ({ slack }: FaultScenario): string => new URL('/response/none', slack.apiUrl).href;

function command({ scenario }: Stage, text: string, times: number, user = 'U0ALICE'): Wish {
  const { workspace } = scenario.slack;
  const payload = slashPayload(workspace, {
    ...{ user, text, channel: 'C0OPS', team: workspace.teamId },
    ...{ responseUrl: responseUrl(scenario), trigger: newTrigger(workspace, user) },
  });
  return { kind: 'slash_commands', payload, times };
}

function click(
  { scenario }: Stage,
  user: string,
  message: DoubleMessage,
  actionId: string,
  times: number,
): Wish {
  const { workspace } = scenario.slack;
  const value = buttonOn(message, actionId)?.value ?? '';
  const payload = clickPayload(workspace, {
    ...{ user, userTeam: workspace.teamId, message, actionId, value },
    ...{ responseUrl: responseUrl(scenario), trigger: newTrigger(workspace, user) },
  });
  return { kind: 'interactive', payload, times };
}

/** The n-th delivery, signed when it is sent, as Slack does. */
function signed({ scenario, ports }: Stage, { kind, payload }: Wish, nth: number): SignedRequest {
  const url = `http://127.0.0.1:${ports[nth % ports.length]}/slack/events`;
  const request = sign(scenario.slack.workspace.signingSecret, url, formOf(kind, payload));
  const retry = { 'x-slack-retry-num': String(nth), 'x-slack-retry-reason': 'http_timeout' };
  return { ...request, headers: { ...request.headers, ...(nth === 0 ? {} : retry) } };
}

/** Bolt answers 404 to what it has not acknowledged within three seconds, as on a busy machine; Slack then sends it again. */
async function untilAnswered(stage: Stage, wish: Wish, nth: number) {
  for (let again = nth; ; again += 1) {
    const answer = await sendSigned(signed(stage, wish, again), hangGuard);
    if (!(answer.kind === 'refused' && answer.status === 404) || again === nth + 10) return answer;
  }
}

/** @returns what was not answered with 200 */
async function deliver(stage: Stage, wishes: readonly Wish[]): Promise<readonly unknown[]> {
  const answers = await Promise.all(
    wishes.flatMap((wish) => Array.from({ length: wish.times }, (_, nth) => untilAnswered(stage, wish, nth))),
  );
  return answers.filter(({ kind }) => kind !== 'acked');
}

const firstTime = async (stage: Stage, ...wishes: readonly Wish[]): Promise<readonly unknown[]> => {
  stage.sent.push(...wishes);
  return deliver(stage, wishes);
};

async function cardFor(scenario: FaultScenario, name: string): Promise<DoubleMessage> {
  const find = async () => {
    const rows = await readRemediations(scenario.knex);
    const cards = rows.filter(({ state }) => state === 'waiting').map(({ id }) => openCard(scenario, id));
    return cards.find((card) => card?.text.includes(`/${name} `));
  };
  await until(async () => (await find()) !== undefined);
  const card = await find();
  if (card === undefined) throw new Error(`the card for ${name} is gone`);
  return card;
}

/**
 * Until nothing more comes of what was sent: on a busy machine Slack has its answer before all that it asked for is recorded.
 * Two looks, two seconds apart, that see the same.
 */
async function settled(scenario: FaultScenario): Promise<Awaited<ReturnType<typeof effects>>> {
  for (let last = await effects(scenario); ; ) {
    await sleep(2_000);
    const now = await effects(scenario);
    if (isDeepStrictEqual(now, last)) return now;
    last = now;
  }
}

/** What is there of everything that a request can bring about. */
async function effects({ knex, requests }: FaultScenario) {
  const counted = async (sql: string): Promise<unknown[]> => (await knex.raw(sql)).rows;
  return {
    remediations: (await readRemediations(knex)).map(({ number, state, verdict }) => ({
      number,
      state,
      verdict,
    })),
    votes: (await readApprovals(knex)).map(({ user_id, decision }) => `${user_id} ${decision}`).toSorted(),
    log: await counted(
      'select outcome, count(*)::int from automation_operation_log group by outcome order by outcome',
    ),
    stops: await counted('select number, reason, ended_reason from stops order by number'),
    lines: await counted('select count(*)::int from remediation_events'),
    changes: requests.filter(({ changed }) => changed).length,
  };
}

test('each request has one effect, however often it comes, to whichever replica', async () => {
  const scenario = await openFaultScenario({ isHurried: true });
  try {
    const { signingSecret } = scenario.slack.workspace;
    const peers = await Promise.all([1, 2, 3].map(() => scenario.peer({ signingSecret })));
    const stage: Stage = { scenario, ports: peers.map(({ running }) => running.port), sent: [] };
    const asked = [
      command(stage, 'set image deployment/web web=registry.example/web:1.1.0 -n shop', 4),
      command(stage, 'rollout restart deployment/ledger -n payments', 3),
      command(stage, 'set image deployment/cart cart=registry.example/cart:1.1.0 -n shop', 2),
      command(stage, 'rollout restart deployment/nobody -n shop', 4),
      command(stage, 'rollout restrat deployment/web -n shop', 4),
      command(stage, 'rollout restart deployment/web -n shop', 3, 'U0GUEST'),
      command(stage, 'status', 2),
      command(stage, 'stop to see whether it comes twice', 4, 'U0BOB'),
    ];
    expect(await firstTime(stage, ...asked)).toEqual([]);
    await until(async () => {
      const { remediations, stops } = await effects(scenario);
      return remediations.length >= 4 && stops.length > 0;
    });
    await settled(scenario);
    expect((await readRemediations(scenario.knex)).length).toBe(4);
    const web = await cardFor(scenario, 'web');
    const ledger = await cardFor(scenario, 'ledger');
    const cart = await cardFor(scenario, 'cart');
    const decided = [
      click(stage, 'U0BOB', web, actionIds.approve, 4),
      click(stage, 'U0BOB', ledger, actionIds.approve, 3),
      click(stage, 'U0CAROL', ledger, actionIds.approve, 4),
      click(stage, 'U0CAROL', cart, actionIds.reject, 4),
      click(stage, 'U0ALICE', web, actionIds.details, 2),
    ];
    expect(await firstTime(stage, ...decided)).toEqual([]);
    await until(async () => (await effects(scenario)).votes.length >= 4);
    await settled(scenario);
    expect(await firstTime(stage, command(stage, 'start it did not', 4, 'U0BOB'))).toEqual([]);
    await decideUntilOver(scenario, []);
    const before = await settled(scenario);
    expect(before.remediations.map(({ state }) => state).toSorted()).toEqual([
      'no_action',
      'rejected',
      'succeeded',
      'succeeded',
    ]);
    expect(before.votes).toEqual(['U0BOB approve', 'U0BOB approve', 'U0CAROL approve', 'U0CAROL reject']);
    expect(before.stops).toHaveLength(1);
    expect(before.changes).toBe(2);
    // Long after, when everything is over.
    expect(await deliver(stage, stage.sent)).toEqual([]);
    await decideUntilOver(scenario, []);
    expect(await settled(scenario)).toEqual(before);
    expect(await violations(scenario)).toEqual([]);
  } finally {
    await scenario.close();
  }
});
