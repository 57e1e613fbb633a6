import { parseCommand } from '../../src/stages/intake/command.ts';
import type { Contestant, Effort } from './rounds.ts';
import { alternate, compare, quantile } from './rounds.ts';
import type { Row } from './table.ts';

/** Texts made to be slow, of about this many characters. Each is one that a pattern with a star would try again. */
const shapes: readonly ((size: number) => string)[] = [
  (size) => `scale deployment/web ${'--replicas='.repeat(size / 11)}`,
  (size) => `rollout restart deployment/${'a-'.repeat(size / 2)}!`,
  (size) => ' '.repeat(size),
  (size) => `set image deployment/web ${'web='.repeat(size / 4)}`,
  (size) => `"${'\\"'.repeat(size / 2)}`,
  (size) => `scale ${'-n '.repeat(size / 3)}`,
];

/** P3: how much longer a command of 100 kB takes than one of 10 kB; ten times is linear. */
export async function measureHostile(effort: Effort): Promise<readonly Row[]> {
  const rounds = await alternate({ ours: parsing(100_000), reference: parsing(10_000) }, effort);
  return [
    {
      measure: 'P3 hostile 100 kB command',
      unit: 'ms',
      reference: '10 kB',
      compared: compare(rounds, 'slowest'),
      good: 'small',
      gate: 15,
      goal: 11,
    },
  ];
}

function parsing(size: number): Contestant {
  const texts = shapes.map((shape) => shape(size));
  return {
    burst: async (seconds) => {
      const times = texts.map((text) => timesOf(text, seconds / texts.length));
      return { slowest: Math.max(...times.map((all) => quantile(all, 0.5))) };
    },
  };
}

function timesOf(text: string, seconds: number): number[] {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    parseCommand(text);
    times.push(performance.now() - start);
  }
  return times;
}
