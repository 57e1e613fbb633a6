import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { type Answered, startBalancer } from './balancer.ts';
import { rejected } from './commands.ts';
import { runAsChild, say } from './own-process.ts';
import { createRandom } from './random.ts';
import { plantSecrets } from './secrets.ts';
import { type SlackSettings, slackSettings } from './settings.ts';
import { teamChannels } from './teams.ts';

/*
 * Slack, the people and the alerts of a run, in a process of its own, with a log of every call that took effect and of every
 * command, click and alert with what came back. Alice asks; Bob and Carol approve or reject by buttons, with signed requests,
 * through a balancer.
 */

const approve = 'remediation:approve';
const reject = 'remediation:reject';
const approvers = ['U0BOB', 'U0CAROL'] as const;
/** Somebody who sees that a click did nothing clicks again. Milliseconds. */
const clickAgainAfter = 4_000;
/** Somebody who was not told that a command is understood types it again. Milliseconds. */
const typeAgainAfter = 5_000;
/** What Alertmanager shows; the replicas are told the same. */
const alertToken = 'the-alert-token-of-the-chaos';

runAsChild(slackSettings, async (settings) => {
  const random = createRandom(settings.seed);
  const file = openSync(settings.log, 'a');
  const log = (line: object): void => void writeSync(file, `${JSON.stringify(line)}\n`);
  const double = await startSlackDouble();
  for (const each of teamChannels) double.workspace.channels.set(each, { isPrivate: false });
  const channel = followChannel(double, log);
  const balancer = await startBalancer({
    ports: settings.ports,
    random,
    askReadiness: settings.askReadiness,
    onAnswer: (one) => log(lineOf(one)),
  });
  double.useHttp(`${balancer}/slack/events`);
  const asked = { understood: 0, open: 0, known: 0 };
  setInterval(
    () => say({ kind: 'count', understood: asked.understood, told: channel.endings.size }),
    500,
  ).unref();
  const { botToken, signingSecret } = double.workspace;
  say({ kind: 'slack', apiUrl: double.apiUrl, botToken, signingSecret });
  void wish({ double, settings, balancer, asked });
  void decide(double, channel);
  return (told) => {
    if (told.kind === 'away') channel.away(told.milliseconds);
    if (told.kind === 'left') Object.assign(asked, { open: told.open, known: told.known });
  };
});

interface Channel {
  /** Time stamps of the cards that have an Approve button. */
  readonly open: ReadonlySet<string>;
  /** Keys of the replies that say how something ended. */
  readonly endings: ReadonlySet<string>;
  away(milliseconds: number): void;
}

const taken = z.object({ ok: z.literal(true), ts: z.string() });
const endingKey = /"key":"(reply:[^"]*:(verdict|failed|superseded))"/;

function followChannel(double: SlackDouble, log: (line: object) => void): Channel {
  const [open, endings] = [new Set<string>(), new Set<string>()];
  double.workspace.onTaken = ({ method, params, answer }) => {
    if (!method.startsWith('chat.')) return;
    log({ kind: 'call', method, params, answer: withoutMessage(answer) });
    const { success, data } = taken.safeParse(answer);
    if (!success || method === 'chat.postEphemeral') return;
    if (params['blocks']?.includes(approve) === true) open.add(data.ts);
    else open.delete(data.ts);
    const ending = endingKey.exec(params['metadata'] ?? '')?.[1];
    if (ending !== undefined) endings.add(ending);
  };
  const away = (milliseconds: number): void => {
    const methods = ['chat.postMessage', 'chat.update', 'conversations.history', 'conversations.replies'];
    for (const method of methods)
      double.fail(method, { kind: 'status', status: 503, accept: false }, 100_000);
    setTimeout(double.forgive, milliseconds);
  };
  return { open, endings, away };
}

const withoutMessage = (answer: object): object =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => ['ok', 'ts', 'error'].includes(key)));

/** A slash command is a flat form, a click one field of JSON, an alert is JSON as a whole. */
function lineOf({ url, body, status, text }: Answered): object {
  if (url.startsWith('/webhooks/')) {
    const { alerts } = sentAlerts.parse(JSON.parse(body));
    return { kind: 'alert', fingerprint: alerts[0]?.fingerprint, status };
  }
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  if (payload === null)
    return {
      kind: 'command',
      user: form.get('user_id'),
      trigger: form.get('trigger_id'),
      status,
      said: text,
    };
  const click = z
    .object({ user: z.object({ id: z.string() }), actions: z.array(z.object({ value: z.string() })).min(1) })
    .parse(JSON.parse(payload));
  return { kind: 'click', user: click.user.id, value: click.actions[0]?.value, status };
}

const sentAlerts = z.object({ alerts: z.array(z.object({ fingerprint: z.string() })).min(1) });

interface Wishing {
  readonly double: SlackDouble;
  readonly settings: SlackSettings;
  readonly balancer: string;
  /** `open` and `known` as the database said last; what was asked for since is in neither. */
  readonly asked: { understood: number; open: number; known: number };
}

/** Asks for one thing after the other, again where it was not understood, with so many open at most. */
async function wish({ double, settings, balancer, asked }: Wishing): Promise<void> {
  const started: Promise<void>[] = [];
  for (const each of settings.wishes) {
    while (asked.open + Math.max(0, started.length - asked.known) >= settings.open) await sleep(50);
    const taken =
      each.kind === 'command'
        ? askUntilUnderstood(double, each.text)
        : fireUntilTaken(balancer, alertOf(each, settings.seed));
    started.push(
      taken.then(() => {
        asked.understood += 1;
      }),
    );
    await sleep(20);
  }
  await Promise.all(started);
}

function alertOf({ workload, fingerprint }: { workload: string; fingerprint: string }, seed: number): object {
  return {
    status: 'firing',
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: workload },
    annotations: { summary: `${workload} is ${plantSecrets(seed).summary}` },
    startsAt: '2026-03-01T12:00:00.000Z',
    fingerprint,
  };
}

async function fireUntilTaken(balancer: string, alert: object): Promise<void> {
  for (;;) {
    const response = await fetch(`${balancer}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', status: 'firing', alerts: [alert] }),
    }).catch(() => undefined);
    if (response?.ok === true) return;
    await sleep(typeAgainAfter);
  }
}

async function askUntilUnderstood(double: SlackDouble, command: string): Promise<void> {
  for (;;) {
    const delivery = await double.slash('U0ALICE', command);
    if (delivery.kind === 'acked' && JSON.stringify(delivery.body).includes('Understood as')) return;
    await sleep(typeAgainAfter);
  }
}

/** Looks at the cards that wait; whoever's turn it is clicks. */
async function decide(double: SlackDouble, { open }: Channel): Promise<never> {
  const last = new Map<string, { readonly at: number; readonly turn: number }>();
  for (;;) {
    for (const ts of open) {
      const { at, turn } = last.get(ts) ?? { at: 0, turn: 0 };
      if (Date.now() - at < (turn === 1 ? 500 : clickAgainAfter)) continue;
      if (click(double, ts, turn)) last.set(ts, { at: Date.now(), turn: (turn + 1) % approvers.length });
    }
    await sleep(100);
  }
}

/** False where the card is gone. */
function click(double: SlackDouble, ts: string, turn: number): boolean {
  const message = double.messages().findLast((each) => each.ts === ts);
  if (message === undefined) return false;
  const actionId = JSON.stringify(message.blocks).includes(rejected) ? reject : approve;
  double.click({ user: approvers[turn] ?? approvers[0], message, actionId }).catch(() => {});
  return true;
}
