import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { announcement, type Site } from './programs/site.ts';

/** A program of the bench that is ready. */
export interface Program {
  readonly port: number;
  /** Milliseconds from the start of the process to its first 200 on /readyz. */
  readonly readyAfter: number;
  /** Resident memory, in MiB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

export type ProgramName = 'firebreak.ts' | 'reference.mjs';

/** Starts one of `programs/` in a process of its own: Firebreak with the flags that `npm start` has. */
export async function startProgram(name: ProgramName, site: Site): Promise<Program> {
  const flags = name === 'firebreak.ts' ? await flagsOfStart() : [];
  const program = join(import.meta.dirname, 'programs', name);
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, program, JSON.stringify(site)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await announcedPort(name, child);
  await untilReady(port);
  const readyAfter = performance.now() - began;
  return { port, readyAfter, memory: () => residentMemory(child), stop: () => terminate(child) };
}

const root = join(import.meta.dirname, '../..');
const packageJson = z.object({ scripts: z.object({ start: z.string() }) });

/** `node <flags> src/main.ts`: what stands between the first word and the last. */
async function flagsOfStart(): Promise<readonly string[]> {
  const { scripts } = packageJson.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  return scripts.start.split(' ').slice(1, -1);
}

async function announcedPort(name: string, child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error(`${name} has no output to read.`);
  for await (const line of createInterface({ input: child.stdout })) {
    return announcement.parse(JSON.parse(line)).port;
  }
  throw new Error(`${name} ended before it was ready.`);
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
