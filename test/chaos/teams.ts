import type { Route } from '../../src/domain/policy/channels.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { edited, put } from '../../src/simulator/tree.ts';

/*
 * The teams that the plain targets belong to, each with a channel of its own: a channel takes a message a second, and what a
 * killed process had on its way to it holds it up for a quarter of a minute.
 */

const teams = ['cart', 'search', 'stock', 'mail', 'pay', 'ship', 'care', 'data'] as const;

const channelOf = (team: string): string => `C0${team.toUpperCase()}`;

/** The channels of all teams. */
export const teamChannels: readonly string[] = teams.map(channelOf);

/** Where the policy sends what is about a team's objects. */
export const teamRoutes: readonly Route[] = teams.map((team) => ({
  labels: { team },
  channel: channelOf(team),
  annotation: false,
}));

/** The same object, of the nth team. */
export const ofTeam = (object: JsonObject, nth: number): JsonObject =>
  edited(object, (draft) => put(draft, ['metadata', 'labels', 'team'], teams[nth % teams.length]));
