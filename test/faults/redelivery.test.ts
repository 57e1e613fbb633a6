import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { notYet } from '../../src/adapters/slack/listeners/acknowledge.ts';
import { trouble } from '../../src/adapters/slack/listeners/identity.ts';
import {
  type Delivery,
  formOf,
  type SignedRequest,
  sendSigned,
  sign,
} from '../adapters/slack/double/delivery.ts';
import { buttonOn, clickPayload, newTrigger, slashPayload } from '../adapters/slack/double/payloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { readApprovals, readRemediations } from './ledger.ts';
import { decideUntilOver, openCard } from './people.ts';

/*
 * A proxy may send a request more than once, to whichever replica: each request here goes to three of
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
  /** What may have come to nothing: a person who was told so, or sees nothing of it, asks or clicks again. */
  readonly unsure: Set<Wish>;
  /** Ends before the test's own time, so that it can say what it waited for. */
  readonly patience: AbortSignal;
}

/** Milliseconds for all that is waited for. */
const patience = 420_000;

/** Looks, a twentieth of a second apart, before what is unsure is asked for once more. */
const looksBeforeAgain = 300;

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

const said = z.object({ text: z.string() });
const unrecorded = [trouble, notYet('ask')];

/** Whether one of the answers says what came of it. That of a click comes later, to the clicker alone. */
const isSure = ({ kind }: Wish, answers: readonly Delivery[]): boolean =>
  kind === 'slash_commands' &&
  answers.some(
    (each) => each.kind === 'acked' && !unrecorded.includes(said.safeParse(each.body).data?.text ?? ''),
  );

/** @returns what was not answered with 200 */
async function deliver(stage: Stage, wishes: readonly Wish[]): Promise<readonly unknown[]> {
  const answers = await Promise.all(
    wishes.map(async (wish) => {
      const all = await Promise.all(
        Array.from({ length: wish.times }, (_, nth) => untilAnswered(stage, wish, nth)),
      );
      if (isSure(wish, all)) stage.unsure.delete(wish);
      else stage.unsure.add(wish);
      return all;
    }),
  );
  return answers.flat().filter(({ kind }) => kind !== 'acked');
}

/** Until it is so, and each command has its answer. The same request is sent again, which has no second effect. */
async function awaited(stage: Stage, what: string, look: () => Promise<boolean>): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const isSo = await look();
    if (isSo && [...stage.unsure].every(({ kind }) => kind === 'interactive')) return stage.unsure.clear();
    if (stage.patience.aborted) throw new Error(await waitedInVain(stage, what));
    if (looks % looksBeforeAgain === 0) await deliver(stage, [...stage.unsure]);
    await sleep(50);
  }
}

const waitedInVain = async ({ scenario, unsure }: Stage, what: string): Promise<string> =>
  `waited in vain for ${what}; unsure: ${JSON.stringify([...unsure])}; there is: ${JSON.stringify(await effects(scenario))}`;

const firstTime = async (stage: Stage, ...wishes: readonly Wish[]): Promise<readonly unknown[]> => {
  stage.sent.push(...wishes);
  return deliver(stage, wishes);
};

async function cardFor(stage: Stage, name: string): Promise<DoubleMessage> {
  const { scenario } = stage;
  const find = async () => {
    const rows = await readRemediations(scenario.knex);
    const cards = rows.filter(({ state }) => state === 'waiting').map(({ id }) => openCard(scenario, id));
    return cards.find((card) => card?.text.includes(`/${name} `));
  };
  await awaited(stage, `the card for ${name}`, async () => (await find()) !== undefined);
  const card = await find();
  if (card === undefined) throw new Error(`the card for ${name} is gone`);
  return card;
}

/**
 * Until nothing more comes of what was sent: on a busy machine Slack has its answer before all that it asked for is recorded.
 * Two looks, two seconds apart, that see the same.
 */
async function settled(stage: Stage): Promise<Awaited<ReturnType<typeof effects>>> {
  const { scenario } = stage;
  for (let last = await effects(scenario); ; ) {
    await sleep(2_000);
    const now = await effects(scenario);
    if (isDeepStrictEqual(now, last)) return now;
    if (stage.patience.aborted) throw new Error(await waitedInVain(stage, 'nothing more to come'));
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

const ended = async ({ knex }: FaultScenario): Promise<number> =>
  (await knex.raw('select from stops where ended_at is not null')).rows.length;

test('each request has one effect, however often it comes, to whichever replica', async () => {
  const scenario = await openFaultScenario({ isHurried: true });
  try {
    const { signingSecret } = scenario.slack.workspace;
    const peers = await Promise.all([1, 2, 3].map(() => scenario.peer({ signingSecret })));
    const stage: Stage = {
      ...{ scenario, sent: [], unsure: new Set(), patience: AbortSignal.timeout(patience) },
      ports: peers.map(({ running }) => running.port),
    };
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
    await awaited(stage, 'the remediations and the stop', async () => {
      const { remediations, stops } = await effects(scenario);
      return remediations.length >= 4 && stops.length > 0;
    });
    await settled(stage);
    expect((await readRemediations(scenario.knex)).length).toBe(4);
    const web = await cardFor(stage, 'web');
    const ledger = await cardFor(stage, 'ledger');
    const cart = await cardFor(stage, 'cart');
    const decided = [
      click(stage, 'U0BOB', web, actionIds.approve, 4),
      click(stage, 'U0BOB', ledger, actionIds.approve, 3),
      click(stage, 'U0CAROL', ledger, actionIds.approve, 4),
      click(stage, 'U0CAROL', cart, actionIds.reject, 4),
      click(stage, 'U0ALICE', web, actionIds.details, 2),
    ];
    expect(await firstTime(stage, ...decided)).toEqual([]);
    await awaited(stage, 'the votes', async () => (await effects(scenario)).votes.length >= 4);
    await settled(stage);
    expect(await firstTime(stage, command(stage, 'start it did not', 4, 'U0BOB'))).toEqual([]);
    await awaited(stage, 'the end of the stop', async () => (await ended(scenario)) > 0);
    await decideUntilOver(scenario, []);
    const before = await settled(stage);
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
    expect(await settled(stage)).toEqual(before);
    expect(await violations(scenario)).toEqual([]);
  } finally {
    await scenario.close();
  }
});
