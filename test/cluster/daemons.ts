import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Obituary, Order } from './warden.ts';
import { obituary } from './warden.ts';

/** The daemons of one control plane; they live in `folder` and die with the process that started them. */
export type Daemons = {
  /** Starts a daemon whose output goes to `<folder>/<name>.log`. */
  start(daemon: Omit<Order, 'log'>): void;
  /** Asks `ready` every 50 ms. Throws when it is not true within `seconds`, or when a daemon has ended; `what` ends
   * the sentence, such as "the nodes were ready". */
  until(what: string, ready: () => Promise<boolean>, seconds: number): Promise<void>;
  /** Kills the daemons, last started first, and removes the folder. Can be called twice. */
  stop(): Promise<void>;
};

/** Starts the warden process, which owns the daemons and the folder from then on. */
export function overseeDaemons(folder: string): Daemons {
  // Its own session, so that Ctrl-C reaches the test run only and the warden can still tidy up.
  const warden = fork(join(import.meta.dirname, 'warden.ts'), [folder], { execArgv: [], detached: true });
  const gone = new Promise<void>((resolve) => warden.once('exit', () => resolve()));
  const dead: Obituary[] = [];
  warden.on('message', (message) => dead.push(obituary.parse(message)));
  const logOf = (name: string) => join(folder, `${name}.log`);
  return {
    start: ({ name, file, args }) => void warden.send({ name, file, args, log: logOf(name) } satisfies Order),
    until: async (what, ready, seconds) => {
      const deadline = performance.now() + seconds * 1000;
      while (!(await ready())) {
        const [first] = dead;
        if (first)
          throw new Error(`${first.name} ${first.reason} before ${what}:\n${lastLines(logOf(first.name))}`);
        if (performance.now() > deadline) throw new Error(`${seconds} s passed before ${what}.`);
        await delay(50);
      }
    },
    stop: async () => {
      if (warden.connected) warden.disconnect();
      await gone;
    },
  };
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
