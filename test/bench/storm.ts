import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertsRequest, type SentAlert, slashRequest } from './http/requests.ts';
import { openWire } from './http/wire.ts';
import type { Program } from './process.ts';
import { production, requester } from './programs/site.ts';
import { beside, quantile } from './rounds.ts';
import { asked, type Stage, stormed } from './stage.ts';
import type { Row } from './table.ts';

const posts = 1_000;
const alertsEach = 10;
const connections = 20;

/** Milliseconds of the storm and its wake in which Slack's calls and the memory are counted. */
const minute = 60_000;

/**
 * P7, P8, P9, P22: 10,000 alerts about 40 workloads through the HTTP door; what people ask meanwhile; what Slack gets in
 * the minute from the first alert on; what memory it takes. The last command is answered by a card.
 */
export async function measureStorm(stage: Stage, ours: Program): Promise<readonly Row[]> {
  stage.slack.useHttp(`http://127.0.0.1:${ours.port}/slack/events`);
  await untilAllIsSaid(stage);
  const upsert = await bareUpsert(stage);
  const quiet = await answering(stage, ours.port, 3_000);
  const before = await ours.memory();
  const callsBefore = stage.slack.workspace.calls.length;
  const began = performance.now();
  const passed = () => performance.now() - began;
  let most = before;
  const watch = setInterval(() => {
    void ours.memory().then((now) => {
      most = Math.max(most, now);
    });
  }, 250);
  const asking = answering(stage, ours.port, 15_000);
  const card = sleep(1_000).then(() => timeToCard(stage));
  await storm(ours.port);
  const durable = passed();
  const [during, shown] = await Promise.all([asking, card]);
  await sleep(Math.max(0, minute - passed()));
  clearInterval(watch);
  const calls = stage.slack.workspace.calls.slice(callsBefore);
  const count = (method: string) => calls.filter((call) => call.method === method).length;
  const small = { good: 'small' } as const;
  return [
    {
      ...small,
      measure: 'P7 10,000 alerts durable',
      unit: 'ms',
      reference: 'bare upsert',
      compared: beside(durable, upsert),
      gate: 10,
      goal: 4,
    },
    {
      ...small,
      measure: 'P7 10,000 alerts durable',
      unit: 'ms',
      reference: 'bound',
      compared: beside(durable, 5_000),
      gate: 1,
    },
    {
      ...small,
      measure: 'P9 command answered in a storm, p99',
      unit: 'ms',
      reference: 'quiet',
      compared: beside(during, quiet),
      gate: 5,
      goal: 3,
    },
    {
      ...small,
      measure: 'P9 command answered in a storm, p99',
      unit: 'ms',
      reference: 'bound',
      compared: beside(during, 250),
      gate: 1,
    },
    {
      ...small,
      measure: 'P9 card asked for in a storm',
      unit: 'ms',
      reference: 'bound',
      compared: beside(shown, 2_000),
      gate: 1,
    },
    {
      ...small,
      measure: 'P8 posts in the first minute',
      unit: '',
      reference: 'bound',
      compared: beside(count('chat.postMessage'), 20),
      gate: 1,
    },
    {
      ...small,
      measure: 'P8 edits in the first minute',
      unit: '',
      reference: 'bound',
      compared: beside(count('chat.update'), 50),
      gate: 1,
    },
    {
      ...small,
      measure: 'P22 memory in a storm, added',
      unit: 'MiB',
      reference: 'bound',
      compared: beside(most - before, 80),
      gate: 1,
    },
    {
      ...small,
      measure: 'alerts that still wait after a minute',
      unit: '',
      reference: 'bound',
      compared: beside(await untriaged(stage), 100),
      gate: 1,
    },
  ];
}

/** Milliseconds at most until what was measured before has said all that it had to say: its posts are not the storm's. */
const patience = 120_000;

async function untilAllIsSaid({ knex }: Stage): Promise<void> {
  const unsaid = "status = 'open' and (ts is null or sent_revision < desired_revision)";
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const [row] = await knex('slack_outbox').whereRaw(unsaid).count();
    if (Number(row?.['count']) === 0) return;
    await sleep(250);
  }
}

/** Half of the alerts have a playbook, which proposes a restart; each is new. */
const alertFor = (n: number): SentAlert => ({
  alertname: n % 2 === 0 ? 'BenchRestart' : 'BenchUnknown',
  namespace: production,
  deployment: stormed[n % stormed.length] ?? '',
  fingerprint: randomUUID(),
});

/**
 * Sends all of it; resolves when the last is answered, which is then durable.
 *
 * @param bodies of ten alerts each
 */
export async function storm(port: number, bodies = posts): Promise<void> {
  let next = 0;
  const send = async () => {
    let wire = await openWire(port);
    while (next < bodies) {
      const first = next * alertsEach;
      next += 1;
      const alerts = Array.from({ length: alertsEach }, (_, n) =>
        alertFor(Math.floor((first + n) / 2) * 2 + (n % 2)),
      );
      const body = alertsRequest(port, alerts);
      // A connection that was idle for some seconds, on a busy machine, is closed; the same alerts again change nothing.
      await wire.ask(body).catch(async () => {
        wire.close();
        wire = await openWire(port);
        await wire.ask(body);
      });
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: connections }, send));
}

/** The least that could keep them: one statement for each thousand, committed. */
async function bareUpsert({ knex }: Stage): Promise<number> {
  await knex.raw(
    'create table if not exists bench_alerts (key text primary key, alert jsonb, count integer default 1)',
  );
  const began = performance.now();
  for (let batch = 0; batch < 10; batch += 1) {
    const rows = Array.from({ length: 1_000 }, (_, n) => ({ key: randomUUID(), alert: alertFor(n) }));
    await knex.raw(
      `insert into bench_alerts (key, alert) select key, alert from jsonb_to_recordset(?::jsonb) as x (key text, alert jsonb)
        on conflict (key) do update set count = bench_alerts.count + 1`,
      [JSON.stringify(rows)],
    );
  }
  return performance.now() - began;
}

/** The 99th percentile of answers to a command that begins nothing. */
async function answering(stage: Stage, port: number, milliseconds: number): Promise<number> {
  const wire = await openWire(port);
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    times.push(await wire.ask(slashRequest(stage.slack.workspace, port, 'rollout restrat deployment/web')));
    await sleep(50);
  }
  wire.close();
  return quantile(times, 0.99);
}

/** From a command to its card in the channel; priority 0 is that of cards that people ask for. */
async function timeToCard({ slack, knex }: Stage): Promise<number> {
  const cards = async () => {
    const [row] = await knex('slack_outbox').where('priority', 0).whereNotNull('ts').count();
    return Number(row?.['count']);
  };
  const before = await cards();
  const sent = performance.now();
  await slack.slash(requester, `rollout restart deployment/${asked} -n ${production}`);
  while (performance.now() < sent + 30_000 && (await cards()) === before) await sleep(10);
  return performance.now() - sent;
}

/** How many alerts wait to be looked at. */
export async function untriaged({ knex }: Pick<Stage, 'knex'>): Promise<number> {
  const [row] = await knex('incidents').where('state', 'received').count();
  return Number(row?.['count']);
}
