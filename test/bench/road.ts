import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { openCountedWire } from '../support/counted-wire.ts';
import { atRest, clickOn, untilWaiting } from './click.ts';
import { type Program, startProgram } from './process.ts';
import { production, requester } from './programs/site.ts';
import { beside, quantile } from './rounds.ts';
import { type Stage, workloadName } from './stage.ts';
import type { Row } from './table.ts';

/** Seconds between two turns: what a road posts has room for the next one's then, at Slack's one message a second. */
const rest = 5;

/**
 * From a command to its card in the channel with its buttons; from the click, which comes in at another replica, to the
 * write; from the verdict to the reply in the thread. One after the other, so that none waits for Slack's limits.
 */
export async function measureRoad(
  stage: Stage,
  ours: Program,
  effort: { readonly turns: number; readonly idle: number },
): Promise<readonly Row[]> {
  const other = await startProgram('firebreak.ts', stage.site);
  const cards: number[] = [];
  const clicks: number[] = [];
  const replies: number[] = [];
  try {
    await allSaid(stage);
    await turn(stage, ours, other, 0);
    for (let at = 1; at <= effort.turns; at += 1) {
      const { card, click, reply } = await turn(stage, ours, other, at);
      cards.push(card);
      clicks.push(click);
      replies.push(reply);
    }
  } finally {
    await other.stop();
  }
  await allSaid(stage);
  const idle = await idleTrips(stage, effort.idle);
  const base = { reference: 'bound', good: 'small', gate: 1 } as const;
  const ms = { ...base, unit: 'ms' } as const;
  return [
    { ...ms, measure: 'command to card with its buttons, p50', compared: beside(quantile(cards, 0.5), 250) },
    {
      ...ms,
      measure: 'click at the other replica to Kubernetes, p50',
      compared: beside(quantile(clicks, 0.5), 100),
    },
    { ...ms, measure: 'verdict to reply, p50', compared: beside(quantile(replies, 0.5), 50) },
    { ...ms, measure: 'verdict to reply, p99', compared: beside(quantile(replies, 0.99), 500) },
    { ...base, unit: '1/s', measure: 'idle round trips to PostgreSQL', compared: beside(idle, 2) },
  ];
}

/** Until everything is said that earlier measurements have left to say, at a message a second: it would be waited for. */
async function allSaid({ knex }: Stage): Promise<void> {
  const sql = `select count(*)::int as left from slack_outbox where status = 'open' and sent_revision < desired_revision`;
  const answers = z.object({ rows: z.tuple([z.object({ left: z.number() })]) });
  const end = performance.now() + 180_000;
  while (performance.now() < end) {
    const answer: unknown = await knex.raw(sql);
    if (answers.parse(answer).rows[0].left === 0) return;
    await sleep(500);
  }
  throw new Error('What was said before was not sent within three minutes.');
}

const url = (port: number): string => `http://127.0.0.1:${port}/slack/events`;

async function turn(stage: Stage, ours: Program, other: Program, at: number) {
  const name = workloadName(at);
  await atRest(stage, name);
  await sleep(rest * 1000);
  stage.slack.useHttp(url(ours.port));
  const shown = posted(
    stage,
    ({ blocks = '' }) => blocks.includes(actionIds.approve) && blocks.includes(name),
  );
  const sent = performance.now();
  await stage.slack.slash(requester, `rollout restart deployment/${name} -n ${production}`);
  const card = (await shown).at - sent;
  const value = await untilWaiting(stage, name);
  await sleep(rest * 1000);
  stage.slack.useHttp(url(other.port));
  const [id = ''] = value.split(':');
  const told = posted(stage, ({ metadata = '' }) => metadata.includes(id) && metadata.includes(':verdict"'));
  const click = await clickOn(stage, name, value);
  const { clock } = await told;
  return { card, click, reply: clock - (await verdictAt(stage, id)) };
}

/** When Slack took a message like this, by both clocks. */
async function posted(
  { slack: { workspace } }: Stage,
  isIt: (params: Readonly<Record<string, string>>) => boolean,
): Promise<{ readonly at: number; readonly clock: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ at: number; clock: number }>();
  const lost = setTimeout(() => reject(new Error('Slack got no such message within 30 s.')), 30_000);
  workspace.onTaken = ({ method, params }) => {
    if (/^chat\.(postMessage|update)$/.test(method) && isIt(params))
      resolve({ at: performance.now(), clock: Date.now() });
  };
  const taken = promise.finally(() => {
    clearTimeout(lost);
    delete workspace.onTaken;
  });
  // What goes wrong before anybody waits for it is told first.
  taken.catch(() => undefined);
  return taken;
}

const event = z.object({ rows: z.tuple([z.object({ at: z.iso.datetime() })]) });

/** When the verdict was decided, by the clock. Milliseconds. */
async function verdictAt({ knex }: Stage, id: string): Promise<number> {
  const answer: unknown = await knex.raw(
    `select data -> 'verdict' ->> 'decidedAt' as at from remediations where id = ?`,
    [id],
  );
  return Date.parse(event.parse(answer).rows[0].at);
}

/** Of one replica that has nothing to do, without the first moments. */
async function idleTrips({ site }: Stage, seconds: number): Promise<number> {
  if (site.database === undefined) throw new Error('The stage has no database.');
  const wire = await openCountedWire(site.database);
  const program = await startProgram('firebreak.ts', { ...site, database: wire.url });
  try {
    await sleep(5_000);
    wire.take();
    await sleep(seconds * 1000);
    return wire.take() / seconds;
  } finally {
    await program.stop();
    await wire.close();
  }
}
