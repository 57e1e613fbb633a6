import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import type { Program } from './process.ts';
import { approver, channel, production, requester } from './programs/site.ts';
import { alternate, type Contestant, compare, type Effort, quantile } from './rounds.ts';
import { type Stage, workloadName } from './stage.ts';
import type { Row } from './table.ts';

/**
 * P10: from the approver's signed click to the PATCH that the cluster carries out, beside a listener that commits one
 * row and sends one PATCH. Ours decides the vote on the locked row, looks at the target again and passes the gate.
 */
export async function measureClick(
  stage: Stage,
  { ours, reference }: { readonly ours: Program; readonly reference: Program },
  effort: Effort,
): Promise<readonly Row[]> {
  const rounds = await alternate(
    { ours: approving(stage, ours.port), reference: clicking(stage, reference.port) },
    effort,
  );
  const base = { unit: 'ms', reference: 'Bolt, 1 commit, PATCH', good: 'small' } as const;
  return [
    { ...base, measure: 'P10 click to Kubernetes, p50', compared: compare(rounds, 'p50'), gate: 4, goal: 2 },
    { ...base, measure: 'P10 click to Kubernetes, p99', compared: compare(rounds, 'p99'), goal: 3 },
  ];
}

const url = (port: number): string => `http://127.0.0.1:${port}/slack/events`;

/** A card as far as a click needs one; what counts is the value that the click carries. */
function cardWith(ts: string): DoubleMessage {
  return { channel, ts, user: 'U0BOT', reply_broadcast: false, text: '', blocks: [], updates: 0 };
}

/** The least chain: the same click, which the reference answers after its PATCH. */
function clicking(stage: Stage, port: number): Contestant {
  return inTurn(async () => {
    stage.slack.useHttp(url(port));
    await sleep(50);
    return clickOn(stage, 'bare', 'none');
  });
}

/** A restart in production is asked for, judged and rehearsed; then it waits for the click that is measured. */
function approving(stage: Stage, port: number): Contestant {
  let turn = 0;
  return inTurn(async () => {
    turn += 1;
    const name = workloadName(turn);
    stage.slack.useHttp(url(port));
    await atRest(stage, name);
    await stage.slack.slash(requester, `rollout restart deployment/${name} -n ${production}`);
    const value = await untilWaiting(stage, name);
    await sleep(50);
    return clickOn(stage, name, value);
  });
}

function inTurn(once: () => Promise<number>): Contestant {
  return {
    burst: async (seconds) => {
      const times: number[] = [];
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) times.push(await once());
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    },
  };
}

/** From a click of the approver's to the change that it brings about. Milliseconds. */
export async function clickOn(stage: Stage, name: string, value: string): Promise<number> {
  const arrived = Promise.withResolvers<number>();
  const forget = stage.onPatch(({ path }) => {
    if (path.endsWith(`/deployments/${name}`)) arrived.resolve(performance.now());
  });
  const lost = setTimeout(() => arrived.reject(new Error(`No PATCH of ${name} came within 10 s.`)), 10_000);
  try {
    const message = cardWith(stage.slack.workspace.nextTs());
    const clicked = performance.now();
    const delivery = stage.slack.click({ user: approver, message, actionId: actionIds.approve, value });
    const [at] = await Promise.all([arrived.promise, delivery]);
    return at - clicked;
  } finally {
    clearTimeout(lost);
    forget();
  }
}

const open = z.object({
  rows: z.array(z.object({ state: z.string(), id: z.string(), digest: z.string().nullable() })),
});

async function newest(stage: Stage, name: string) {
  const answer: unknown = await stage.knex.raw(
    "select state, id, data->>'digest' as digest from remediations where target_key like ? order by number desc limit 1",
    [`%/${name}`],
  );
  return open.parse(answer).rows[0];
}

/** The value of the card's buttons, once the workload's newest remediation waits for people. */
export async function untilWaiting(stage: Stage, name: string): Promise<string> {
  return until(`${name} to wait for approval`, async () => {
    const row = await newest(stage, name);
    return row?.state === 'waiting' ? `${row.id}:${row.digest}` : undefined;
  });
}

/** What was begun on this workload before has ended. */
export async function atRest(stage: Stage, name: string): Promise<void> {
  const ended = ['succeeded', 'failed', 'inconclusive', 'superseded', 'blocked', 'expired'];
  await until(`${name} to be at rest`, async () => {
    const row = await newest(stage, name);
    return row === undefined || ended.includes(row.state) ? true : undefined;
  });
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error(`Waited 15 s in vain for ${what}.`);
}
