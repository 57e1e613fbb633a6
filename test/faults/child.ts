import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { z } from 'zod';
import type { Site } from './composition.ts';

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), port: z.number() }),
  z.object({ kind: z.literal('halted'), point: z.string() }),
  z.object({ kind: z.literal('struck') }),
  z.object({ kind: z.enum(['statement', 'point']), text: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

/** In their order, each as often as it came. */
export type Heard = Readonly<Record<'statement' | 'point', readonly string[]>>;

/** A replica in a process of its own. */
export interface Replica {
  /** Its HTTP side. */
  readonly port: number;
  /** Resolves when it has come to its halt. */
  readonly halted: Promise<void>;
  /** Resolves when it has come to its strike, if it lives to say so. */
  readonly struck: Promise<void>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** The heads of the statements that it has sent since it was ready, and the points that it came by, when it says them. */
  readonly heard: Heard;
  /** Resolves when it stands still. */
  stopped(): Promise<void>;
  /** SIGCONT. */
  wake(): void;
  /** SIGKILL; resolves when the process is gone, with the moment of the signal in milliseconds. */
  kill(): Promise<number>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
  /** What it has logged so far, one JSON line each. */
  output(): string;
}

/** As in production: replicas that are started anew for each test would do little but compile. */
const cached = ['--import', new URL('../../src/compile-cache.mjs', import.meta.url).href];

/** Starts a replica, of another version where its program is given; resolves when it is ready. */
export async function startReplica(where: Site, of = inject('replicaProgram')): Promise<Replica> {
  const child = fork(of, { execArgv: cached, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => texts.push(String(chunk)));
  const ready = Promise.withResolvers<number>();
  const halted = Promise.withResolvers<void>();
  const struck = Promise.withResolvers<void>();
  const heard: Record<'statement' | 'point', string[]> = { statement: [], point: [] };
  const gone = Promise.withResolvers<void>();
  child.on('message', (raw) => {
    const said = message.parse(raw);
    if (said.kind === 'ready') ready.resolve(said.port);
    if (said.kind === 'halted') halted.resolve();
    if (said.kind === 'struck') struck.resolve();
    if (said.kind === 'statement' || said.kind === 'point') heard[said.kind].push(said.text);
    if (said.kind === 'failed') ready.reject(new Error(said.reason));
  });
  child.once('exit', (code) => {
    gone.resolve();
    ready.reject(new Error(`the replica ended with ${code}: ${texts.join('')}`));
  });
  child.send(where);
  const port = await ready.promise;
  return {
    port,
    halted: halted.promise,
    struck: struck.promise,
    gone: gone.promise,
    heard,
    stopped: () => untilStopped(child.pid),
    wake: () => void child.kill('SIGCONT'),
    kill: async () => {
      const at = performance.now();
      await end(child, 'SIGKILL');
      return at;
    },
    terminate: () => end(child, 'SIGTERM'),
    output: () => texts.join(''),
  };
}

/** By what the kernel says of it. */
async function untilStopped(pid: number | undefined): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // One that is gone never will.
    if (stat === undefined) return new Promise(() => {});
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
    await sleep(20);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
  return child.exitCode;
}
