import { setTimeout as sleep } from 'node:timers/promises';
import { type ProgramName, startProgram } from './process.ts';
import type { Site } from './programs/site.ts';
import { alternate, type Contestant, compare, type Effort } from './rounds.ts';
import type { Stage } from './stage.ts';
import type { Row } from './table.ts';

/** P23 and P21: from the start of the process to ready, and the memory it then holds, beside Bolt's hello world. */
export async function measureStart({ site }: Stage, effort: Effort): Promise<readonly Row[]> {
  const rounds = await alternate(
    { ours: starting('firebreak.ts', site), reference: starting('reference.mjs', { slack: site.slack }) },
    effort,
  );
  const base = { reference: 'Bolt hello', good: 'small' } as const;
  return [
    {
      ...base,
      measure: 'P23 start to ready',
      unit: 'ms',
      compared: compare(rounds, 'ready'),
      gate: 3,
      goal: 1.5,
    },
    {
      ...base,
      measure: 'P21 idle memory',
      unit: 'MiB',
      compared: compare(rounds, 'memory'),
      gate: 1.8,
      goal: 1.25,
    },
  ];
}

/** One burst is one start; after it the program is left alone for `seconds` before its memory is read. */
function starting(name: ProgramName, site: Site): Contestant {
  return {
    burst: async (seconds) => {
      const program = await startProgram(name, site);
      try {
        await sleep(seconds * 1000);
        return { ready: program.readyAfter, memory: await program.memory() };
      } finally {
        await program.stop();
      }
    },
  };
}
