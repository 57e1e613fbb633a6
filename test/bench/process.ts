import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, runNode } from '../support/child.ts';
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

export type ProgramName = 'firebreak' | 'reference';

/** Starts one of `programs/` in a process of its own. */
export async function startProgram(name: ProgramName, site: Site): Promise<Program> {
  const began = performance.now();
  const child = runNode(join(import.meta.dirname, 'programs', `${name}.ts`), [JSON.stringify(site)]);
  const { port } = announcement.parse(JSON.parse(await child.line()));
  await untilReady(port);
  const readyAfter = performance.now() - began;
  return { port, readyAfter, memory: () => residentMemory(child), stop: () => terminate(child) };
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
async function residentMemory({ process: { pid } }: Child): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]) / 1024;
}

async function terminate(child: Child): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  const gone = once(child.process, 'exit');
  child.process.kill('SIGTERM');
  await gone;
}
