import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { printAction } from '../../../src/actions/print.ts';
import type { Contestant } from '../rounds.ts';
import { cases } from './cases.ts';

const program = join(import.meta.dirname, 'baseline.py');

/** The version, such as `3.11.7`; undefined where there is no Python 3.10 or newer. */
export function pythonVersion(): string | undefined {
  const asked = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  const version = asked.stdout?.match(/^Python (3\.(\d+)\.\d+)/);
  return version?.[1] !== undefined && Number(version[2]) >= 10 ? version[1] : undefined;
}

/** The earlier system's evaluator, in a Python of its own that works only while its turn is. */
export async function startPython(): Promise<Contestant & { stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-bench-'));
  const commands = join(folder, 'commands');
  await writeFile(commands, cases.map(({ action }) => `${printAction(action)}\n`).join(''));
  const child = spawn('python3', [program, commands], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    burst: async (seconds) => {
      child.stdin.write(`${seconds}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('The Python baseline ended.');
      return { perSecond: Number(line.value) };
    },
    stop: async () => {
      child.stdin.end();
      await rm(folder, { recursive: true });
    },
  };
}
