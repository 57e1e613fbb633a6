import { z } from 'zod';
import { instant } from '../facts/facts.ts';
import { cut } from '../text/text.ts';

/**
 * Alerts that nothing was proposed for and that came so close together that they are told in one message. `names` says
 * how often each came, by what the alert is about and its name; untrusted text.
 */
export const grouped = z.strictObject({
  count: z.number().int().min(1),
  latestAt: instant,
  names: z.array(z.strictObject({ name: z.string(), count: z.number().int().min(1) })),
});
export type Grouped = z.infer<typeof grouped>;

/** Minutes without any after which what comes begins a new message. */
export const groupQuietMinutes = 10;

/** Names that are kept apart; what comes after them is in the count alone. */
const mostNames = 200;
const longestName = 120;

/** A group with more alerts in it, one name each; the most frequent first. */
export function withMore(group: Grouped | undefined, names: readonly string[], at: string): Grouped {
  const counts = new Map(group?.names.map(({ name, count }) => [name, count]));
  for (const name of names.map((each) => cut(each, longestName))) {
    if (counts.has(name) || counts.size < mostNames) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    count: (group?.count ?? 0) + names.length,
    latestAt: at,
    names: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
  };
}
