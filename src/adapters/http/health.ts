import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from './route.ts';

/** What goes on all the time while a replica works. */
export type Loop = 'queue' | 'outbox';

/** Milliseconds after which a loop that has not come round has stopped: each waits for seconds, and each call has a deadline. */
const stoppedAfter: Readonly<Record<Loop, number>> = { queue: 30_000, outbox: 60_000 };

/** Notes that a loop has come round. */
export interface Pulse {
  turned(loop: Loop): void;
  /** Seconds since each last came round, for those that have begun. */
  ages(): ReadonlyMap<Loop, number>;
}

/** Of a process that has just started: no loop has come round. */
export function createPulse(): Pulse {
  const last = new Map<Loop, number>();
  return {
    turned: (loop) => void last.set(loop, performance.now()),
    ages: () => new Map([...last].map(([loop, at]) => [loop, (performance.now() - at) / 1000])),
  };
}

/** What a replica says of itself. */
export interface Vitals {
  readonly pulse: Pulse;
  /** Why it should get no requests now, a sentence each; empty when it is ready. Throws when that cannot be told. */
  readonly unready: () => Promise<readonly string[]>;
  /** For people and scripts; JSON. */
  readonly status: () => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * `/healthz`: 503 when a loop has stopped, which only a new start cures. `/readyz`: 503 while requests would not be
 * answered; it passes by itself. `/status`: all of it as JSON. None needs a token, and none names anybody's object.
 */
export function createHealthRoutes({ pulse, unready, status }: Vitals): readonly Route[] {
  const stopped = () =>
    [...pulse.ages()].flatMap(([loop, age]) =>
      age * 1000 > stoppedAfter[loop] ? [`The ${loop} has stood still for ${Math.round(age)} s.`] : [],
    );
  const reasons = () => unready().catch((fault: unknown) => [String(fault)]);
  return [
    route('/healthz', async (_request, response) => tell(response, 'ok', stopped())),
    route('/readyz', async (_request, response) =>
      tell(response, 'ready', [...stopped(), ...(await reasons())]),
    ),
    route('/status', async (_request, response) => {
      const loops = Object.fromEntries([...pulse.ages()].map(([loop, age]) => [loop, { secondsAgo: age }]));
      const problems = [...stopped(), ...(await reasons())];
      const told = { ready: problems.length === 0, problems, loops, ...(await status()) };
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(told)}\n`);
    }),
  ];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const route = (path: string, handler: Answer): Route => ({ path, method: 'GET', handler });

function tell(response: ServerResponse, well: string, problems: readonly string[]): void {
  const isWell = problems.length === 0;
  response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${isWell ? well : problems.join('\n')}\n`);
}
