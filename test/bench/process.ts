import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Bundled, bundled } from '../support/bundled.ts';
import { announcement, channel, type Site } from './programs/site.ts';

/** A program of the bench that is ready. */
export interface Program {
  readonly port: number;
  readonly pid: number;
  /** Milliseconds from the start of the process to its first 200 on /readyz. */
  readonly readyAfter: number;
  /** Resident memory, in MiB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
  /** Kills, freezes or thaws it. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

type ProgramName = 'firebreak.ts' | 'reference.mjs';

/**
 * Starts one of `programs/` in a process of its own: Firebreak joined like the image, with the flags that `npm start` has.
 *
 * @param more flags of Node's
 */
export async function startProgram(
  name: ProgramName,
  site: Site,
  more: readonly string[] = [],
): Promise<Program> {
  const isOurs = name === 'firebreak.ts';
  const flags = isOurs ? await flagsOfStart() : [];
  const file = join(import.meta.dirname, 'programs', name);
  return launch([...flags, ...more, isOurs ? await joined(file) : file, JSON.stringify(site)], process.env);
}

/** Joined programs, by their file: once in a run, as the image has them. */
const shelf = new Map<string, Promise<Bundled>>();

async function joined(file: string): Promise<string> {
  const kept = shelf.get(file) ?? bundled(file);
  shelf.set(file, kept);
  return (await kept).path;
}

/** Removes what was joined for this run. */
export async function clearShelf(): Promise<void> {
  for (const each of shelf.values()) await (await each).remove();
  shelf.clear();
}

/** Starts Firebreak as an operator does: joined like the image, all settings in the environment, the cluster in a kubeconfig. */
export async function startMain({ slack, database }: Site, kubeconfig: string): Promise<Program> {
  return launch([...(await flagsOfStart()), await joined(join(root, 'src/main.ts'))], {
    ...process.env,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    FIREBREAK_CHANNEL: channel,
    DATABASE_URL: database,
    KUBECONFIG: kubeconfig,
    PORT: '0',
  });
}

async function launch(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await announcedPort(child);
  await untilReady(port);
  const readyAfter = performance.now() - began;
  const { pid } = child;
  if (pid === undefined) throw new Error('The program has no process.');
  return {
    ...{ port, pid, readyAfter },
    memory: () => residentMemory(child),
    stop: () => terminate(child),
    signal: (name) => void child.kill(name),
  };
}

const root = join(import.meta.dirname, '../..');
const packageJson = z.object({ scripts: z.object({ start: z.string() }) });

/** `node <flags> src/main.ts`: what stands between the first word and the last. */
async function flagsOfStart(): Promise<readonly string[]> {
  const { scripts } = packageJson.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  return scripts.start.split(' ').slice(1, -1);
}

/** The first line that names a port; a log has others before it. */
async function announcedPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('The program has no output to read.');
  for await (const line of createInterface({ input: child.stdout })) {
    const told = announcement.safeParse(JSON.parse(line));
    if (told.success) return told.data.port;
  }
  throw new Error('The program ended before it was ready.');
}

async function untilReady(port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (status === 200) return;
  }
  throw new Error('The program was not ready within ten seconds.');
}

/** VmRSS of Linux's /proc; a measure that other systems do not have. */
async function residentMemory({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]) / 1024;
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
