import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { startProgram } from './process.ts';
import { approver, channel, production, requester } from './programs/site.ts';
import { beside } from './rounds.ts';
import { openStage, type Stage } from './stage.ts';
import type { Row } from './table.ts';
import { type Watch, watching } from './watch.ts';

/**
 * Remediations from the command to the end in a second on one replica: asked for, judged, rehearsed, shown, approved by a
 * click, gated, written, proven, learned from; eight side by side, of 24 workloads. And the transactions of one: those that write,
 * for which the disk is waited for, and those that only read, too. The cluster is simulated in the process that asks, on the
 * same processors.
 */
export async function measureLives(effort: { readonly turns: number }): Promise<readonly Row[]> {
  const stage = await openStage(lived);
  const ours = await startProgram('firebreak.ts', stage.site);
  stage.slack.useHttp(`http://127.0.0.1:${ours.port}/slack/events`);
  try {
    return await measure(stage, effort);
  } finally {
    await ours.stop();
    await stage.close();
  }
}

const lived: readonly string[] = Array.from({ length: 24 }, (_, n) => `life-${n}`);

async function measure(stage: Stage, { turns }: { readonly turns: number }): Promise<readonly Row[]> {
  // Of Firebreak alone, and not of the looks of who measures.
  const idle = await transactionsIn(stage, () => sleep(3_000));
  const watch = watchRows(stage);
  let [took, written, all] = [0, 0, 0];
  try {
    for (let turn = 0; turn < turns; turn += 1) {
      const looked = watch.looks();
      const counted = await transactionsIn(stage, async () => {
        const began = performance.now();
        await allLive(stage, watch);
        took += (performance.now() - began) / 1000;
      });
      written += counted.written;
      all += counted.all - (watch.looks() - looked);
    }
  } finally {
    watch.stop();
  }
  const lives = turns * lived.length;
  const seconds = took + settling * 2 * turns;
  const own = (count: number, perTurn: number) => Math.max(0, count - (perTurn / 3) * seconds) / lives;
  const base = { reference: 'bound', gate: 1 } as const;
  return [
    {
      ...{ ...base, measure: 'full lifecycles, one replica', unit: '/s' },
      ...{ compared: beside(lives / took, 30), good: 'large', goal: 3.3 },
    },
    {
      ...{ ...base, measure: 'commits of one lifecycle', unit: '' },
      ...{ compared: beside(own(written, idle.written), 14), good: 'small' },
    },
    {
      ...{ ...base, measure: 'and with transactions that only read', unit: '' },
      ...{ compared: beside(own(all, idle.all), 38), good: 'small' },
    },
  ];
}

/** Seconds until every session has told what it has done: a second after it is idle at the latest. */
const settling = 1.1;

/** `written`: each transaction that writes takes a number, and no other does. */
const counts = z.object({ written: z.coerce.number(), all: z.coerce.number() });

async function transactionsIn(
  { knex }: Stage,
  work: () => Promise<unknown>,
): Promise<z.infer<typeof counts>> {
  const count = async () => {
    await sleep(settling * 1000);
    const sql = `select pg_snapshot_xmax(pg_current_snapshot())::text as written,
      (select xact_commit from pg_stat_database where datname = current_database()) as all`;
    const answer: unknown = await knex.raw(sql);
    return z.object({ rows: z.tuple([counts]) }).parse(answer).rows[0];
  };
  const before = await count();
  await work();
  const after = await count();
  return { written: after.written - before.written, all: after.all - before.all };
}

const found = z.object({
  target_key: z.string(),
  state: z.string(),
  id: z.string(),
  digest: z.string().nullable(),
});

const watchRows = ({ knex }: Stage): Watch =>
  watching(async () => {
    const sql = `select distinct on (target_key) target_key, state, id, data->>'digest' as digest from remediations
      where target_key like '%/life-%' order by target_key, number desc`;
    const answer: unknown = await knex.raw(sql);
    const { rows } = z.object({ rows: z.array(found) }).parse(answer);
    return new Map(rows.map((row) => [row.target_key.slice(row.target_key.lastIndexOf('/') + 1), row]));
  });

const ends = ['succeeded', 'failed', 'inconclusive', 'superseded', 'blocked', 'expired', 'no_action'];
const going = ['approved', 'executing', 'verifying', 'learning', ...ends];

/** So many at a time: more than the simulated cluster answers in time would be judged on facts that are not known. */
const atOnce = 8;

async function allLive(stage: Stage, watch: Watch): Promise<void> {
  const names = lived.values();
  const work = async () => {
    for (const name of names) await live(stage, watch, name);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Clicks of a person by whom nothing came of the one before; a loaded machine takes its time until a card may be clicked on. */
const mostClicks = 40;

async function live(stage: Stage, watch: Watch, name: string): Promise<void> {
  await stage.slack.slash(requester, `rollout restart deployment/${name} -n ${production}`);
  await watch.until(name, ['waiting']);
  for (let clicks = 0; clicks < mostClicks; clicks += 1) {
    // Another card may have taken the place of the one that was clicked on.
    const { state, id, digest } = await watch.until(name, ['waiting', ...going]);
    if (state !== 'waiting') break;
    const value = `${id}:${digest}`;
    const ts = stage.slack.workspace.nextTs();
    const message = { channel, ts, user: 'U0BOT', reply_broadcast: false, text: '', blocks: [], updates: 0 };
    await stage.slack.click({ user: approver, message, actionId: actionIds.approve, value });
    if ((await watch.within(name, going, 3_000)) !== undefined) break;
  }
  const { state } = await watch.until(name, ends);
  if (state !== 'succeeded') throw new Error(`The remediation of ${name} is ${state}.`);
}
