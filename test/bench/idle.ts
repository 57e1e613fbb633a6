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
  const variants = [
    {
      name: '',
      ours: starting(() => startProgram('firebreak.ts', site)),
      gates: [3, 1.8],
      goals: [1.5, 1.25],
    },
    {
      ...{ name: ', kubeconfig', ours: starting(() => startMain(site, kubeconfig)) },
      ...{ gates: [4, 2.3], goals: [2.5, 1.8] },
    },
  ] as const;
  const found: Row[] = [];
  for (const { name, ours, gates, goals } of variants) {
    const rounds = await alternate({ ours, reference }, effort);
    const start = { measure: `P23 start to ready${name}`, unit: 'ms', compared: compare(rounds, 'ready') };
    const idle = { measure: `P21 idle memory${name}`, unit: 'MiB', compared: compare(rounds, 'memory') };
    const base = { reference: 'Bolt hello', good: 'small' } as const;
    found.push(
      { ...base, ...start, gate: gates[0], goal: goals[0] },
      { ...base, ...idle, gate: gates[1], goal: goals[1] },
    );
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
