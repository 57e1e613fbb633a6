import { redact } from '../../src/domain/redact.ts';
import { parseCommand } from '../../src/stages/intake/command.ts';
import { renderRefusal } from '../../src/stages/intake/grammar/render.ts';
import { splitReason } from '../../src/stages/intake/reason.ts';
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
  (size) => `scale --token=${'a'.repeat(size)}`,
  (size) => 'eyJ'.repeat(size / 3),
  (size) => 'a.b:'.repeat(size / 4),
  (size) => '-----BEGIN '.repeat(size / 11),
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

/** All that is done with a text before anything is written: the reason is split off, it is parsed, refused, redacted. */
function refuse(text: string): void {
  const { command } = splitReason(text);
  const parsed = parseCommand(command);
  if (parsed.kind !== 'refused') throw new Error('A hostile command was accepted.');
  redact(command);
  redact(parsed.refusal.reason);
  renderRefusal(command, parsed.refusal);
}

function timesOf(text: string, seconds: number): number[] {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    refuse(text);
    times.push(performance.now() - start);
  }
  return times;
}
