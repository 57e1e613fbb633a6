/**
 * The process that owns the daemons of one control plane.
 *
 * It is forked by control-plane.ts and does what the messages on its IPC channel say. When the channel closes, be
 * it because the tests are done or because the test run was killed, it kills the daemons in reverse order of their
 * start, removes the data folder and ends. So stopping well and dying badly are the same code, and no daemon
 * outlives a test run.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';

/** Ask the warden to start a daemon; its output is appended to `log`. */
const order = z.object({ name: z.string(), file: z.string(), args: z.array(z.string()), log: z.string() });
export type Order = z.infer<typeof order>;

/** What the warden says when a daemon ends before it was told to stop. */
export const obituary = z.object({ name: z.string(), reason: z.string() });
export type Obituary = z.infer<typeof obituary>;

if (import.meta.main) serve(process.argv[2] ?? '');

function serve(dataFolder: string): void {
  const daemons: ChildProcess[] = [];
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // The data is thrown away, so there is nothing to shut down gracefully.
    for (const daemon of daemons.reverse()) await killed(daemon);
    if (dataFolder) await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(0);
  };
  process.on('disconnect', stop);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('message', (message) => {
    const wanted = order.parse(message);
    daemons.push(start(wanted, (reason) => !stopping && report({ name: wanted.name, reason })));
  });
}

function start({ file, args, log }: Order, ended: (reason: string) => void): ChildProcess {
  const output = openSync(log, 'a');
  const daemon = spawn(file, args, { stdio: ['ignore', output, output] });
  daemon.once('error', (error) => ended(error.message));
  daemon.once('exit', (code, signal) =>
    ended(signal ? `ended by ${signal}` : `ended with exit code ${code}`),
  );
  return daemon;
}

function killed(daemon: ChildProcess): Promise<unknown> {
  if (daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null)
    return Promise.resolve();
  return new Promise((resolve) => {
    daemon.once('exit', resolve);
    daemon.kill('SIGKILL');
  });
}

function report(words: Obituary): void {
  process.send?.(words);
}
