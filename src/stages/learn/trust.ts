import type { Trust } from '../../domain/incidents/playbook.ts';
import type { Verdict } from '../../domain/verdict.ts';

/** Weight of the newest outcome, and the score before there is any. */
const alpha = 0.2;
const start = 0.5;
/** The 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
const z = 1.959963984540054;

const untried: Trust = { score: start, samples: 0, successes: 0, lowerBound: 0 };

/**
 * What a verdict does to a playbook's trust. An inconclusive one is evidence neither way and changes nothing; it
 * is not a sample. `score` is an exponentially weighted moving average, score' = score + alpha (outcome - score)
 * (Roberts 1959, "Control Chart Tests Based on Geometric Moving Averages", Technometrics 1). `lowerBound` is the
 * lower end of Wilson's score interval (Wilson 1927, JASA 22), which stays honest for few samples.
 */
export function learn(trust: Trust | undefined, result: Verdict['result']): Trust {
  const before = trust ?? untried;
  if (result === 'inconclusive') return before;
  const outcome = result === 'verified' ? 1 : 0;
  const samples = before.samples + 1;
  const successes = before.successes + outcome;
  return {
    score: before.score + alpha * (outcome - before.score),
    samples,
    successes,
    lowerBound: wilsonLowerBound(successes, samples),
  };
}

function wilsonLowerBound(successes: number, samples: number): number {
  const share = successes / samples;
  const centre = share + (z * z) / (2 * samples);
  const spread = z * Math.sqrt((share * (1 - share)) / samples + (z * z) / (4 * samples * samples));
  // Rounding must neither leave 0 to 1 nor pass the share itself.
  return Math.min(share, Math.max(0, (centre - spread) / (1 + (z * z) / samples)));
}
