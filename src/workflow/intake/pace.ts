import type { Denied } from '../rights/denied.ts';

/** What a person does, each with a count of its own: so that whoever has clicked too much can still reject. */
export type Doing = 'change' | 'look' | 'click' | 'reject';

/** Why one more is too many; `isFirst`: nobody was told so within the minute before. */
type TooMany = Denied & { readonly isFirst: boolean };

/** What each person did lately, as this replica counts it. */
export interface Pace {
  /**
   * Why one more is too many; undefined where it is not, and then it counts. The same request again does not; without a key
   * each is another one.
   *
   * @param now an instant
   */
  tooMany(
    asked: { readonly userId: string; readonly doing: Doing; readonly requestKey?: string | undefined },
    limit: number,
    now: string,
  ): TooMany | undefined;
}

/** However few changes a policy lets one person ask for, so often they may look, click and reject: no hand is quicker. */
const leastOfOthers = 60;

/** How often one person may do it within a minute. @param changes that the policy lets them ask for */
export const limitOf = (doing: Doing, changes: number): number =>
  doing === 'change' ? changes : Math.max(leastOfOthers, changes);

/** Milliseconds. */
const minute = 60_000;

/** What somebody did within the last minute, by the requests' keys in the order of their times, and when they were told last. */
interface Lately {
  readonly times: Map<string, number>;
  told: number;
}

/**
 * Slack takes a message a second in a channel, and lets an app ask a hundred times a minute who people are: whoever asks for
 * hundreds of changes at once would have everybody else's cards wait behind theirs, and whoever clicks without end would have
 * everybody else's rights unknown.
 */
export function createPace(): Pace {
  const all = new Map<string, Lately>();
  return {
    tooMany: ({ userId, doing, requestKey }, limit, now) => {
      const at = Date.parse(now);
      const own = lately(all, `${doing} ${userId}`, at);
      const key = requestKey ?? `the ${own.times.size + 1}. of ${now}`;
      if (own.times.has(key)) return undefined;
      if (own.times.size < limit) {
        own.times.set(key, at);
        forgetQuiet(all, at);
        return undefined;
      }
      const [first = at] = own.times.values();
      const wait = Math.max(1, Math.ceil((first + minute - at) / 1000));
      const isFirst = at - own.told >= minute;
      if (isFirst) own.told = at;
      return { kind: 'refused', reason: sentences[doing](limit, wait), isFirst };
    },
  };
}

function lately(all: Map<string, Lately>, who: string, at: number): Lately {
  const own = all.get(who) ?? { times: new Map(), told: Number.NEGATIVE_INFINITY };
  all.set(who, own);
  for (const [key, asked] of own.times) {
    if (at - asked < minute) break;
    own.times.delete(key);
  }
  return own;
}

const sentences = {
  change: (limit, wait) =>
    `You have asked for ${limit} changes within a minute, as many as the policy lets one person (changesPerMinute). Nothing was recorded of this one: ask again in ${wait} s.`,
  look: (limit, wait) =>
    `You have asked ${limit} times within a minute, as often as one person may: ask again in ${wait} s.`,
  click: (limit, wait) =>
    `You have clicked ${limit} times within a minute, as often as one person may. This click did nothing: click again in ${wait} s.`,
  reject: (limit, wait) =>
    `You have rejected ${limit} times within a minute, as often as one person may. This click did nothing: click again in ${wait} s. /remediate stop holds up everything at once.`,
} as const satisfies Record<Doing, (limit: number, wait: number) => string>;

function forgetQuiet(all: Map<string, Lately>, at: number): void {
  if (all.size < 1_000) return;
  for (const [who, { times }] of all) if (at - Math.max(0, ...times.values()) >= minute) all.delete(who);
}
