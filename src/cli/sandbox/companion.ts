import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isFree } from './tcp-ports.ts';

/** A program that the sandbox runs beside itself and that listens on a port of 127.0.0.1. */
export interface CompanionProgram {
  /** For people: `the local workspace`. */
  readonly name: string;
  readonly file: string;
  readonly args: (port: number) => readonly string[];
  /** Path that is answered with 2xx once it is up. */
  readonly health: string;
  /** File in which is kept where it runs. */
  readonly traces: string;
  /** 0 or undefined takes whatever port a running one has; else a running one on another port is ended. */
  readonly wanted: number | undefined;
  readonly choosePort: () => Promise<number>;
}

export interface Companion {
  readonly url: string;
  /** False when it was still running from before. */
  readonly fresh: boolean;
  stop(): void;
}

const run = promisify(execFile);

/** Milliseconds to wait for an answer; on a quiet machine it comes within a second. */
const patience = 20_000;

/**
 * Starts the program, which ends with this process. When this process was killed, the program is still there with all its
 * state, and the next start finds it.
 *
 * @throws Error with one sentence when it cannot be started or does not answer in time
 */
export async function startCompanion(program: CompanionProgram): Promise<Companion> {
  const left = await survivor(program);
  if (left !== undefined) {
    if ((program.wanted || left.port) === left.port) return companionAt(left, false);
    await end(left);
  }
  const port = await program.choosePort();
  const child = await spawned(program, port);
  const companion = companionAt({ pid: child.pid, port }, true);
  await writeFile(program.traces, JSON.stringify({ pid: child.pid, port }));
  await answering(`${companion.url}${program.health}`, child.isGone).catch((cause: unknown) => {
    companion.stop();
    throw new Error(`${program.name} did not answer on ${companion.url}.`, { cause });
  });
  return companion;
}

/** Detached: Ctrl-C is for Firebreak alone, which still needs it to say goodbye. */
async function spawned(
  { name, file, args }: CompanionProgram,
  port: number,
): Promise<{ readonly pid: number; isGone(): boolean }> {
  const child = spawn(file, args(port), { stdio: 'ignore', detached: true });
  child.unref();
  // A child of its own has no other fault than that it did not start.
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Error(`${name} cannot be started: ${file}.`, { cause });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} has no process.`);
  return { pid, isGone: () => child.exitCode !== null || child.signalCode !== null };
}

const trace = z.strictObject({ pid: z.number().int().positive(), port: z.number() });
type Trace = z.infer<typeof trace>;

function companionAt({ pid, port }: Trace, fresh: boolean): Companion {
  const kill = () => killed(pid);
  process.once('exit', kill);
  return {
    url: `http://127.0.0.1:${port}`,
    fresh,
    stop: () => {
      process.off('exit', kill);
      kill();
    },
  };
}

/** The program of a sandbox that was killed, if it still runs. A process id alone proves nothing: it is reused. */
async function survivor({ traces, file, args, health }: CompanionProgram): Promise<Trace | undefined> {
  try {
    const left = trace.parse(JSON.parse(await readFile(traces, 'utf8')));
    const isSame = (await commandOf(left.pid)) === [file, ...args(left.port)].join(' ');
    return isSame && (await isUp(`http://127.0.0.1:${left.port}${health}`)) ? left : undefined;
  } catch {
    return undefined;
  }
}

/** With what a process was started; throws where there is none, or none that can be asked for. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1).join(' ');
  return (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout.trim();
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Waits for the port, not for the process: one that nobody reaps stays in the list for ever. */
async function end({ pid, port }: Trace): Promise<void> {
  killed(pid);
  for (let waited = 0; waited < patience && !(await isFree(port)); waited += 20) await sleep(20);
}

async function answering(url: string, gone: () => boolean): Promise<void> {
  for (let waited = 0; waited < patience; waited += 50) {
    if (gone()) throw new Error('it ended at once');
    if (await isUp(url)) return;
    await sleep(50);
  }
  throw new Error('it gave no answer in time');
}

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}
