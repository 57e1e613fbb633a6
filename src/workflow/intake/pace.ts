import type { Denied } from '../rights/denied.ts';

/** How many changes each person asked for lately, as this replica counts them. */
export interface Pace {
  /**
   * Why one more is too many; undefined where it is not, and then it counts. The same request again does not.
   *
   * @param now an instant
   */
  tooMany(
    asked: { readonly userId: string; readonly requestKey: string },
    limit: number,
    now: string,
  ): Denied | undefined;
}

/** Milliseconds. */
const minute = 60_000;

/**
 * Slack takes a message a second in a channel: whoever asks for hundreds of changes at once would have everybody else's cards
 * wait behind theirs.
 */
export function createPace(): Pace {
  const lately = new Map<string, Map<string, number>>();
  return {
    tooMany: ({ userId, requestKey }, limit, now) => {
      const at = Date.parse(now);
      const own = lately.get(userId) ?? new Map<string, number>();
      for (const [key, asked] of own) if (at - asked >= minute) own.delete(key);
      lately.set(userId, own);
      if (own.has(requestKey)) return undefined;
      if (own.size < limit) {
        own.set(requestKey, at);
        forgetQuiet(lately, at);
        return undefined;
      }
      const wait = Math.max(1, Math.ceil((Math.min(...own.values()) + minute - at) / 1000));
      const reason = `You have asked for ${limit} changes within a minute, as many as the policy lets one person (changesPerMinute). Nothing was recorded of this one: ask again in ${wait} s.`;
      return { kind: 'refused', reason };
    },
  };
}

function forgetQuiet(lately: Map<string, Map<string, number>>, at: number): void {
  if (lately.size < 1_000) return;
  for (const [user, own] of lately) if (at - Math.max(0, ...own.values()) >= minute) lately.delete(user);
}
