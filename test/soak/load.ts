import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { alertsRequest, slashRequest } from '../bench/http/requests.ts';
import { openWire } from '../bench/http/wire.ts';
import { alertToken, approver, channel, production, requester } from '../bench/programs/site.ts';
import { asked, type Stage, stormed, workloadName } from '../bench/stage.ts';

/** What may be done to a replica that listens on `port`. */
export interface Loaded {
  readonly stage: Stage;
  readonly port: number;
}

/** So many are sent side by side. */
const atOnce = 8;

async function sideBySide(count: number, work: (nth: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const nth = next;
      next += 1;
      await work(nth);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Bodies of nearly the 4 MiB that are read: most of few large alerts, each sixteenth of thousands of small ones. */
export async function sendBodies({ port }: Loaded, count: number): Promise<{ taken: number; again: number }> {
  const seen = { taken: 0, again: 0 };
  const [large, small] = [largeBody(), smallBody()];
  await sideBySide(count, async (nth) => {
    const body = nth % 16 === 0 ? small : large.replaceAll('large-', `large-${nth}-`);
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
        body,
      });
      await response.text();
      if (response.ok) break;
      if (response.status !== 503) throw new Error(`a body was answered with ${response.status}`);
      seen.again += 1;
      await sleep(1_000);
    }
    seen.taken += 1;
  });
  return seen;
}

const alertOf = (alertname: string, fingerprint: string, summary: string) => ({
  status: 'firing',
  labels: { alertname, namespace: production, deployment: stormed[0], severity: 'warning' },
  annotations: { summary },
  startsAt: '2026-03-01T12:00:00Z',
  fingerprint,
});

const bodyOf = (alerts: readonly object[]): string => JSON.stringify({ version: '4', alerts });

/** Few that say very much, in words that do not become small when they are compressed. */
function largeBody(): string {
  const words = Array.from({ length: 20_000 }, (_, at) =>
    ((at * 2_654_435_761) % 4_294_967_296).toString(36),
  );
  const text = words.join(' ').repeat(2).slice(0, 200_000);
  return bodyOf(Array.from({ length: 20 }, (_, at) => alertOf('Large', `large-${at}`, text)));
}

const smallBody = (): string =>
  bodyOf(Array.from({ length: 9_000 }, (_, at) => alertOf('Small', `small-${at}`, 'x'.repeat(200))));

const counted = z.object({ rows: z.tuple([z.object({ count: z.coerce.number() })]) });

/** How many rows a question finds. @param sql of this code, with one row and its column `count` */
export async function countOf({ knex }: Stage, sql: string): Promise<number> {
  return counted.parse(await knex.raw(sql)).rows[0].count;
}

const waitingSql = `select count(*) from remediations where state = 'waiting'`;

/** Asks for changes that nobody decides; answers how many wait for people at last. */
export async function openCards({ stage, port }: Loaded, count: number): Promise<number> {
  const before = await countOf(stage, waitingSql);
  const wires = await Promise.all(Array.from({ length: atOnce }, () => openWire(port)));
  await sideBySide(count, async (nth) => {
    const text = `annotate deployment/${asked} example.com/card=${nth} --overwrite -n ${production}`;
    const wire = wires.pop() ?? (await openWire(port));
    await wire.ask(slashRequest(stage.slack.workspace, port, text));
    wires.push(wire);
  });
  for (const wire of wires) wire.close();
  let waiting = 0;
  for (let looks = 0, still = 0; still < 20 && waiting < before + count && looks < 600; looks += 1) {
    await sleep(500);
    const now = await countOf(stage, waitingSql);
    still = now === waiting ? still + 1 : 0;
    waiting = now;
  }
  return waiting;
}

const found = z.object({ rows: z.array(z.object({ id: z.string(), digest: z.string().nullable() })) });

/** The newest remediation of a workload of production that waits for people, with what its card shows. */
async function waitingFor({ knex }: Stage, name: string): Promise<string | undefined> {
  const sql = `select id, data->>'digest' as digest from remediations
    where target_key like ? and state = 'waiting' order by number desc limit 1`;
  const [row] = found.parse(await knex.raw(sql, [`%/${production}/Deployment/${name}`])).rows;
  return row === undefined ? undefined : `${row.id}:${row.digest}`;
}

/** Asks for a change and approves it, as soon as it waits for that; false where it does not within a minute. */
export async function carryOut({ stage }: Loaded, name: string, text: string): Promise<boolean> {
  await stage.slack.slash(requester, text);
  for (let looks = 0; looks < 600; looks += 1) {
    const value = await waitingFor(stage, name);
    if (value !== undefined) {
      const ts = stage.slack.workspace.nextTs();
      const message = {
        channel,
        ts,
        user: 'U0BOT',
        reply_broadcast: false,
        text: '',
        blocks: [],
        updates: 0,
      };
      await stage.slack.click({ user: approver, message, actionId: actionIds.approve, value });
      return true;
    }
    await sleep(100);
  }
  return false;
}

/**
 * What a busy day brings, quicker: each second a body of ten alerts, most of them known, a command and a probe; every five
 * seconds a scrape and a change from the command to its proof.
 */
export async function soak(loaded: Loaded, seconds: number): Promise<void> {
  const { stage, port } = loaded;
  const wire = await openWire(port);
  const words = ['status', 'history', 'rollout restrat deployment/web', 'stats'];
  const changes: Promise<unknown>[] = [];
  const end = performance.now() + seconds * 1000;
  for (let nth = 0; performance.now() < end; nth += 1) {
    const alerts = Array.from({ length: 10 }, (_, at) => ({
      alertname: at % 2 === 0 ? 'BenchRestart' : 'BenchUnknown',
      namespace: production,
      deployment: stormed[(nth + at) % stormed.length] ?? '',
      fingerprint: `soak-${at === 0 ? nth : (nth * 10 + at) % 500}`,
    }));
    await wire.ask(alertsRequest(port, alerts));
    await wire.ask(slashRequest(stage.slack.workspace, port, words[nth % words.length] ?? 'status'));
    await read(`http://127.0.0.1:${port}/readyz`);
    if (nth % 5 === 0) {
      await read(`http://127.0.0.1:${port}/metrics`);
      const name = workloadName(nth / 5);
      changes.push(
        carryOut(loaded, name, `rollout restart deployment/${name} -n ${production}`).catch(() => undefined),
      );
    }
    await sleep(1_000);
  }
  wire.close();
  await Promise.all(changes);
}

const read = async (url: string): Promise<void> => void (await (await fetch(url)).text());
