import { printAction } from '../../../src/actions/print.ts';
import type { Contestant } from '../rounds.ts';
import { cases } from './cases.ts';
import { repeat } from './ours.ts';

const points = new Map([
  ['restart', 5],
  ['scale', 10],
  ['undo', 20],
  ['image', 25],
  ['delete', 30],
  ['cordon', 35],
  ['production', 20],
]);

/**
 * As little as an evaluator could do: look at each character of the command once and look each word up. What is
 * above it is the price of rules with reasons.
 */
export function scanFloor(): Contestant {
  const commands = cases.map(({ action }) => printAction(action));
  let total = 0;
  return repeat(() => {
    for (const command of commands) total += scan(command);
    if (!Number.isFinite(total)) throw new Error('The sum ran over.');
  }, commands.length);
}

function scan(command: string): number {
  let score = 0;
  let start = 0;
  for (let at = 0; at <= command.length; at += 1) {
    const code = at < command.length ? command.charCodeAt(at) : 32;
    if (code !== 32 && code !== 47 && code !== 61) continue;
    score += points.get(command.slice(start, at)) ?? 0;
    start = at + 1;
  }
  return score;
}
