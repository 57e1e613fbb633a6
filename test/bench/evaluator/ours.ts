import { randomUUID } from 'node:crypto';
import { printAction } from '../../../src/actions/print.ts';
import { createClock } from '../../../src/clock.ts';
import { isGroup } from '../../../src/domain/action.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { defaultPolicy } from '../../fixtures/facts.ts';
import type { Contestant } from '../rounds.ts';
import { bare, cases } from './cases.ts';

/** Rounds over all cases between two looks at the clock. */
const batch = 20;

/**
 * Calls `work` for `seconds`. `size` is how many things one call does. Counts processor time, as the Python baseline
 * does: how long this process waits while others work says nothing about either.
 */
export function repeat(work: () => void, size: number): Contestant {
  return {
    burst: async (seconds) => {
      const start = performance.now();
      const end = start + seconds * 1000;
      const before = process.threadCpuUsage();
      let done = 0;
      for (let now = start; now < end; now = performance.now()) {
        for (let times = 0; times < batch; times += 1) work();
        done += batch * size;
      }
      const { user, system } = process.threadCpuUsage(before);
      return { perSecond: (done * 1e6) / (user + system) };
    },
  };
}

const now = createClock();

const judging = (judged: typeof cases): Contestant =>
  repeat(() => {
    for (const { action, facts } of judged) {
      const spec = evaluate({ id: randomUUID(), now: now(), action, facts, policy: defaultPolicy });
      if (spec.lineItems.length === 0) throw new Error('A spec without a reason was made.');
    }
  }, judged.length);

/** The evaluator as the workflow calls it, with a fresh id and the time. */
export const evaluator: Contestant = judging(cases);

/** The same where nothing is known of what is around the target. */
export const bareEvaluator: Contestant = judging(bare);

/** The same from the text on, as somebody types it. */
export const fromText: Contestant = (() => {
  const typed = cases.map(({ action, facts }) => ({ text: printAction(action), facts }));
  return repeat(() => {
    for (const { text, facts } of typed) {
      const parsed = parseCommand(text);
      if (parsed.kind === 'refused' || isGroup(parsed.action))
        throw new Error(`"${text}" was not read as one action.`);
      evaluate({ id: randomUUID(), now: now(), action: parsed.action, facts, policy: defaultPolicy });
    }
  }, typed.length);
})();
