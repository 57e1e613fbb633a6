import type { Outcome } from '../../domain/incidents/outcome.ts';
import type { Trust } from '../../domain/incidents/playbook.ts';

/** Weight of the newest outcome, and the score before there is any. */
const alpha = 0.2;
const start = 0.5;
/** The 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
const z = 1.959963984540054;

/** Days after which an outcome says half as much: clusters and workloads change. */
const halfLifeDays = 90;
/** What is kept of it when the playbook is edited: it is another one, though not quite. */
const keptWhenEdited = 0.5;

/** What is added up; `weight` and `good` are samples and successes as far as they still count. */
interface Sum {
  readonly score: number;
  readonly weight: number;
  readonly good: number;
  readonly samples: number;
  readonly successes: number;
  readonly at?: string;
  readonly digest?: string | undefined;
}

const untried: Sum = { score: start, weight: 0, good: 0, samples: 0, successes: 0 };

/**
 * What the outcomes of a playbook, the oldest first, say of it at an instant: the same outcomes, the same bits. `score` is an
 * exponentially weighted moving average, score' = score + alpha (outcome - score) (Roberts 1959, "Control Chart Tests Based
 * on Geometric Moving Averages", Technometrics 1). `lowerBound` is the lower end of Wilson's score interval (Wilson 1927,
 * JASA 22), which stays honest for few samples, over what still counts: it halves in 90 days, and with each edit of the
 * playbook. Neither age nor an edit ever raises anything. Undefined before the first outcome.
 */
export function learn(
  outcomes: readonly Outcome[],
  asked: { readonly at: string; readonly digest?: string | undefined },
): Trust | undefined {
  if (outcomes.length === 0) return undefined;
  const sum = until(outcomes.reduce(counted, untried), asked);
  const { score, samples, successes, weight, good } = sum;
  return { score, samples, successes, lowerBound: wilsonLowerBound(good, weight) };
}

function counted(before: Sum, outcome: Outcome): Sum {
  const sum = until(before, outcome);
  const good = outcome.result === 'lasted' ? 1 : 0;
  return {
    ...sum,
    score: sum.score + alpha * (good - sum.score),
    weight: sum.weight + 1,
    good: sum.good + good,
    samples: sum.samples + 1,
    successes: sum.successes + good,
  };
}

/** As it stands later, and for what the playbook has become. */
function until(sum: Sum, { at, digest }: { readonly at: string; readonly digest?: string | undefined }): Sum {
  const days = sum.at === undefined ? 0 : Math.max(0, Date.parse(at) - Date.parse(sum.at)) / 86_400_000;
  const isEdited = sum.samples > 0 && digest !== undefined && sum.digest !== digest;
  const kept = 0.5 ** (days / halfLifeDays) * (isEdited ? keptWhenEdited : 1);
  return {
    ...sum,
    score: sum.score > start ? start + (sum.score - start) * kept : sum.score,
    weight: sum.weight * kept,
    good: sum.good * kept,
    at: sum.at === undefined || at > sum.at ? at : sum.at,
    digest: digest ?? sum.digest,
  };
}

function wilsonLowerBound(successes: number, samples: number): number {
  if (samples <= 0) return 0;
  const share = Math.min(1, successes / samples);
  const centre = share + (z * z) / (2 * samples);
  const spread = z * Math.sqrt((share * (1 - share)) / samples + (z * z) / (4 * samples * samples));
  // Rounding must neither leave 0 to 1 nor pass the share itself.
  return Math.min(share, Math.max(0, (centre - spread) / (1 + (z * z) / samples)));
}
