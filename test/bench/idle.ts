import { setTimeout as sleep } from 'node:timers/promises';
import { type Program, startMain, startProgram } from './process.ts';
import { alternate, type Contestant, compare, type Effort } from './rounds.ts';
import type { Stage } from './stage.ts';
import type { Row } from './table.ts';

/**
 * P23 and P21: from the start of the process to ready, and the memory it then holds, beside Bolt's hello world.
 * Twice: with a connection that is given, as in the sandbox, and as operators run it, with a kubeconfig, for which
 * the official Kubernetes client is loaded.
 */
export async function measureStart(stage: Stage, effort: Effort): Promise<readonly Row[]> {
  const { site, kubeconfig } = stage;
  const reference = starting(() => startProgram('reference.mjs', { slack: site.slack }));
  const variants = {
    '': starting(() => startProgram('firebreak.ts', site)),
    ', kubeconfig': starting(() => startMain(site, kubeconfig)),
  };
  const found: Row[] = [];
  for (const [name, ours] of Object.entries(variants)) {
    const rounds = await alternate({ ours, reference }, effort);
    const start = { measure: `P23 start to ready${name}`, unit: 'ms', compared: compare(rounds, 'ready') };
    const idle = { measure: `P21 idle memory${name}`, unit: 'MiB', compared: compare(rounds, 'memory') };
    const base = { reference: 'Bolt hello', good: 'small' } as const;
    found.push({ ...base, ...start, gate: 3, goal: 1.5 }, { ...base, ...idle, gate: 1.8, goal: 1.25 });
  }
  return found;
}

/** One burst is one start; after it the program is left alone for `seconds` before its memory is read. */
function starting(start: () => Promise<Program>): Contestant {
  return {
    burst: async (seconds) => {
      const program = await start();
      try {
        await sleep(seconds * 1000);
        return { ready: program.readyAfter, memory: await program.memory() };
      } finally {
        await program.stop();
      }
    },
  };
}
