import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Site } from './composition.ts';

const program = fileURLToPath(new URL('./replica.ts', import.meta.url));

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), port: z.number() }),
  z.object({ kind: z.literal('halted'), point: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

/** A replica in a process of its own. */
export interface Replica {
  /** Its HTTP side. */
  readonly port: number;
  /** Resolves when it has come to its halt. */
  readonly halted: Promise<void>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** SIGKILL; resolves when the process is gone, with the moment of the signal in milliseconds. */
  kill(): Promise<number>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
  /** What it has logged so far, one JSON line each. */
  output(): string;
}

/** Starts a replica, of another version where its program is given; resolves when it is ready. */
export async function startReplica(where: Site, of = program): Promise<Replica> {
  const child = fork(of, { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => texts.push(String(chunk)));
  const ready = Promise.withResolvers<number>();
  const halted = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  child.on('message', (raw) => {
    const said = message.parse(raw);
    if (said.kind === 'ready') ready.resolve(said.port);
    if (said.kind === 'halted') halted.resolve();
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
    gone: gone.promise,
    kill: async () => {
      const at = performance.now();
      await end(child, 'SIGKILL');
      return at;
    },
    terminate: () => end(child, 'SIGTERM'),
    output: () => texts.join(''),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
  return child.exitCode;
}
