import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';

/** What was sent and what it was answered with. */
export interface Answered {
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly text: string;
}

/** Milliseconds after which a replica that does not answer is given up; one that is stopped does not. */
const patience = 6_000;
const attempts = 12;
const pause = 500;

/**
 * One delivery in so many is made twice at once, as Slack and Alertmanager do when they believe that the first was lost: counted
 * for commands, clicks and alerts, so that none of these is left out by chance in a small run.
 */
const doubledEvery = 4;

/**
 * What stands before the replicas: it hands a request to one of them, and to another where there is no answer, with the
 * same bytes. So a request may arrive more than once, at more than one.
 */
export async function startBalancer(options: {
  readonly ports: readonly number[];
  readonly random: Random;
  /** Requests go to replicas that say that they are ready, once, as a balancer in production does it. */
  readonly askReadiness: boolean;
  readonly onAnswer: (answered: Answered) => void;
}): Promise<string> {
  const ready = new Set(options.askReadiness ? [] : options.ports);
  const opened = Promise.withResolvers<void>();
  if (!options.askReadiness) opened.resolve();
  const open = () => {
    if (ready.size > 0) opened.resolve();
  };
  if (options.askReadiness)
    setInterval(() => void askAll(options.ports, ready).then(open), readinessEvery).unref();
  const seen = new Map<string, number>();
  const server = createServer((incoming, response) => {
    handOn({ ...options, ready, opened: opened.promise, seen }, incoming, response).catch(() =>
      response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the balancer has no TCP port');
  return `http://127.0.0.1:${address.port}`;
}

type Options = Parameters<typeof startBalancer>[0] & {
  readonly ready: ReadonlySet<number>;
  /** Resolves when a replica is ready for the first time: nobody is sent anywhere before. */
  readonly opened: Promise<void>;
  /** How many came of each kind. */
  readonly seen: Map<string, number>;
};

/** As often, and with as much patience, as a kubelet is told in deploy/. Milliseconds. */
const readinessEvery = 500;
const readinessPatience = 2_000;

async function askAll(ports: readonly number[], ready: Set<number>): Promise<void> {
  for (const port of ports) {
    const signal = AbortSignal.timeout(readinessPatience);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(() => undefined);
    if (answer?.ok === true) ready.add(port);
    else ready.delete(port);
  }
}

async function handOn(options: Options, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  await options.opened;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const [body, { headers, url = '/' }] = [Buffer.concat(chunks).toString(), incoming];
  const send = () => untilAnswered(options, { url, headers, body });
  // A form begins with what it is of; a command and a click come to one address.
  const kind = `${url} ${/^[a-z_]+/.exec(body)?.[0] ?? ''}`;
  const before = options.seen.get(kind) ?? 0;
  options.seen.set(kind, before + 1);
  if (before % doubledEvery === 0) void send();
  const { status, text, type } = await send();
  response.writeHead(status, { 'content-type': type }).end(text);
}

interface Sent {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

async function untilAnswered(options: Options, sent: Sent): Promise<Reply> {
  const { askReadiness, ports, ready, random, onAnswer } = options;
  let last: Reply = { status: 503, text: '', type: 'text/plain' };
  for (let attempt = 0; attempt < (askReadiness ? 1 : attempts); attempt += 1) {
    last = await sendTo(random.pick(askReadiness ? [...ready] : ports) ?? 0, sent);
    if (last.status === 200) break;
    await sleep(pause);
  }
  onAnswer({ url: sent.url, body: sent.body, status: last.status, text: last.text });
  return last;
}

async function sendTo(port: number, { url, headers, body }: Sent): Promise<Reply> {
  const kept = ['content-type', 'authorization', 'x-slack-signature', 'x-slack-request-timestamp'];
  const passed = kept.flatMap((name): [string, string][] =>
    headers[name] === undefined ? [] : [[name, String(headers[name])]],
  );
  const signal = AbortSignal.timeout(patience);
  try {
    const reply = await fetch(`http://127.0.0.1:${port}${url}`, {
      method: 'POST',
      headers: passed,
      body,
      signal,
    });
    const type = reply.headers.get('content-type') ?? 'text/plain';
    return { status: reply.status, text: await reply.text(), type };
  } catch {
    return { status: 503, text: '', type: 'text/plain' };
  }
}
