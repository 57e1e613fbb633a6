import type { Label, LeftOut } from './lived.ts';

/** What is counted of one remediation; times in seconds, absent where it did not come so far. */
export interface Counted {
  readonly number: number;
  readonly verb: string;
  readonly playbook?: string;
  readonly tier?: string;
  readonly state: string;
  readonly standing: Label | LeftOut;
  /** Whether something was changed. */
  readonly isCarriedOut: boolean;
  readonly isVerified: boolean;
  /** From the alert or the command to the card in Slack, from there to the last approval, from then to the verdict. */
  readonly cardSeconds?: number;
  readonly approvalSeconds?: number;
  readonly verdictSeconds?: number;
  /** Of one that waits for people: how long its card has been there, and how many have approved. */
  readonly waitingSeconds?: number;
  readonly approvals: number;
}

/** Seconds within which half of them, and 95 of 100, were there. */
export interface Times {
  readonly count: number;
  readonly half: number;
  readonly most: number;
}

/** What became of those of one action or one playbook. */
export interface Outcomes {
  readonly name: string;
  readonly asked: number;
  readonly carriedOut: number;
  readonly verified: number;
  readonly notVerified: number;
  readonly inconclusive: number;
  /** Of the verified ones; those that are too young to say are in neither. */
  readonly lasted: number;
  readonly didNotLast: number;
}

/** How those of a tier were decided. */
interface Decided {
  readonly tier: string;
  readonly asked: number;
  readonly carriedOut: number;
  readonly rejected: number;
  readonly unanswered: number;
  readonly waiting: number;
}

export interface Statistics {
  readonly all: Outcomes;
  readonly times: { readonly card?: Times; readonly approval?: Times; readonly verdict?: Times };
  readonly actions: readonly Outcomes[];
  readonly playbooks: readonly Outcomes[];
  readonly tiers: readonly Decided[];
  /** Those that wait for people, the longest first. */
  readonly waiting: readonly Counted[];
}

/** The sums over remediations, in any order. */
export function statisticsOf(counted: readonly Counted[]): Statistics {
  const card = timesOf(counted.map(({ cardSeconds }) => cardSeconds));
  const approval = timesOf(counted.map(({ approvalSeconds }) => approvalSeconds));
  const verdict = timesOf(counted.map(({ verdictSeconds }) => verdictSeconds));
  return {
    all: outcomesOf('all', counted),
    times: {
      ...(card === undefined ? {} : { card }),
      ...(approval === undefined ? {} : { approval }),
      ...(verdict === undefined ? {} : { verdict }),
    },
    actions: grouped(counted, ({ verb }) => verb),
    playbooks: grouped(counted, ({ playbook }) => playbook),
    tiers: decidedOf(counted),
    waiting: counted
      .filter(({ waitingSeconds }) => waitingSeconds !== undefined)
      .toSorted((a, b) => (b.waitingSeconds ?? 0) - (a.waitingSeconds ?? 0) || a.number - b.number),
  };
}

/** Percentiles by the nearest rank (Hyndman and Fan 1996, definition 1): times that there were, none in between. */
export function timesOf(seconds: readonly (number | undefined)[]): Times | undefined {
  const known = seconds.filter((each) => each !== undefined).toSorted((a, b) => a - b);
  const at = (share: number) => known[Math.max(0, Math.ceil(share * known.length) - 1)] ?? 0;
  return known.length === 0 ? undefined : { count: known.length, half: at(0.5), most: at(0.95) };
}

function grouped(
  counted: readonly Counted[],
  nameOf: (each: Counted) => string | undefined,
): readonly Outcomes[] {
  const groups = Map.groupBy(
    counted.filter((each) => nameOf(each) !== undefined),
    (each) => nameOf(each) ?? '',
  );
  return [...groups]
    .map(([name, of]) => outcomesOf(name, of))
    .toSorted((a, b) => b.carriedOut - a.carriedOut || b.asked - a.asked || (a.name < b.name ? -1 : 1));
}

function outcomesOf(name: string, counted: readonly Counted[]): Outcomes {
  const count = (is: (each: Counted) => boolean) => counted.filter(is).length;
  return {
    name,
    asked: counted.length,
    carriedOut: count(({ isCarriedOut }) => isCarriedOut),
    verified: count(({ isVerified }) => isVerified),
    notVerified: count(({ standing }) => standing === 'not_verified'),
    inconclusive: count(({ standing }) => standing === 'inconclusive'),
    lasted: count(({ standing }) => standing === 'verified'),
    didNotLast: count(({ standing }) => standing === 'did not last'),
  };
}

const tiers = ['auto', 'human', 'dual', 'blocked'];

function decidedOf(counted: readonly Counted[]): readonly Decided[] {
  return tiers.flatMap((tier) => {
    const of = counted.filter((each) => each.tier === tier);
    const count = (is: (each: Counted) => boolean) => of.filter(is).length;
    if (of.length === 0) return [];
    return [
      {
        tier,
        asked: of.length,
        carriedOut: count(({ isCarriedOut }) => isCarriedOut),
        rejected: count(({ state }) => state === 'rejected'),
        unanswered: count(({ state }) => state === 'expired'),
        waiting: count(({ waitingSeconds }) => waitingSeconds !== undefined),
      },
    ];
  });
}
