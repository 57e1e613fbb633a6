import type { Actor } from '../../../domain/actor.ts';
import type { ListenerContext } from './listener-context.ts';

/** What a payload says of the person: ids only. `teamId` is the person's own workspace; where Slack does not tell it, nobody's. */
export interface Clicker {
  readonly userId: string;
  readonly teamId: string | undefined;
}

/**
 * The acting person, if they belong to the installed workspace. In a channel shared by Slack Connect a click of the
 * other company arrives with our `team.id` and their `user.team_id`, and nothing in Bolt stops it.
 */
export function actingUser(
  { userId, teamId }: Clicker,
  { home, log }: Pick<ListenerContext, 'home' | 'log'>,
): Actor | undefined {
  if (teamId === home && userId !== '') return { userId, teamId };
  log.warn({ user: userId, team: teamId }, 'Refused somebody of another workspace');
  return undefined;
}

export const foreigner = 'Firebreak answers only to members of the workspace it is installed in.';
export const trouble = 'Something went wrong on our side and this was not recorded. Please try again.';
