/** What one burst measured, by name: `perSecond`, `p50` ... */
type Figures = Readonly<Record<string, number>>;

/** Something that can be measured again and again. */
export interface Contestant {
  /** Works for about this long. */
  burst(seconds: number): Promise<Figures>;
}

/** Two contestants by one figure. `ratio` is ours to the reference's of the same round. */
export interface Comparison {
  readonly ours: number;
  readonly reference: number;
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
  /** How many rounds were kept, of how many. */
  readonly kept: number;
  readonly rounds: number;
}

export interface Effort {
  readonly rounds: number;
  /** Of one burst. */
  readonly seconds: number;
}

type Round = { readonly ours: Figures; readonly reference: Figures };

/** A reference that is this much slower than its own best shows a disturbed machine, not a slow program. */
const disturbed = 3;

/**
 * Measures two contestants in turns, first one and then the other beginning, so that what else the machine does
 * meets both. The first bursts of both are for warming up and are not counted.
 */
export async function alternate(
  { ours, reference }: { readonly ours: Contestant; readonly reference: Contestant },
  { rounds, seconds }: Effort,
): Promise<readonly Round[]> {
  await reference.burst(seconds / 2);
  await ours.burst(seconds / 2);
  const seen: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const first = await reference.burst(seconds);
      seen.push({ reference: first, ours: await ours.burst(seconds) });
    } else {
      const first = await ours.burst(seconds);
      seen.push({ ours: first, reference: await reference.burst(seconds) });
    }
  }
  return seen;
}

/** Compares by one figure: the median of the ratios of the rounds, with the least and the greatest. */
export function compare(rounds: readonly Round[], figure: string): Comparison {
  const pairs = rounds.map((round) => ({
    ours: figureOf(round.ours, figure),
    reference: figureOf(round.reference, figure),
  }));
  const quiet = withoutNoise(pairs);
  const ratios = quiet.map(({ ours, reference }) => ours / reference);
  return {
    ours: median(quiet.map(({ ours }) => ours)),
    reference: median(quiet.map(({ reference }) => reference)),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
    kept: quiet.length,
    rounds: rounds.length,
  };
}

/** What is measured once, beside a bound or what it was before: it has no floor that could be measured in turns. */
export function beside(ours: number, reference: number): Comparison {
  const ratio = ours / reference;
  return { ours, reference, ratio: { median: ratio, min: ratio, max: ratio }, kept: 1, rounds: 1 };
}

function figureOf(figures: Figures, name: string): number {
  const figure = figures[name];
  if (figure === undefined) throw new Error(`A contestant did not measure "${name}".`);
  return figure;
}

/** Leaves out the rounds in which the reference was far from its median. */
function withoutNoise<T extends { readonly reference: number }>(pairs: readonly T[]): readonly T[] {
  const middle = median(pairs.map(({ reference }) => reference));
  return pairs.filter(({ reference }) => reference < middle * disturbed && reference > middle / disturbed);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies; the mean of the two nearest where it falls between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
