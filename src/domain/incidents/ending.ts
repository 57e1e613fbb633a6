import type { IncidentEnds } from '../policy/incidents.ts';
import { after, isPast } from '../text/time.ts';

/** What an incident and all that joined it come to, as far as it decides whether it is over. */
export interface IncidentStanding {
  /** How often it was looked at. */
  readonly looks: number;
  /** `cluster/namespace/Kind/name`; absent where it is not known. */
  readonly ownerKey?: string;
  readonly alerts: number;
  readonly firing: number;
  /** When the last alert or command came. */
  readonly cameAt: string;
  /** When the last alert was over; absent where none is. */
  readonly resolvedAt?: string;
  /** A remediation of it waits, runs or is looked at. */
  readonly isActing: boolean;
  /** When the last remediation ended; absent where there is none. */
  readonly actedAt?: string;
  /** Since when what it is about has been seen to be healthy. */
  readonly healthySince?: string;
}

/** Why an incident is over: its alerts are, its owner is healthy, or what people asked for is done. */
export type EndReason = 'resolved' | 'healthy' | 'done';

/** What a look at the owner says; `unknown` is never healthy. `elsewhere`: it is in another cluster than the one that was asked. */
export type Health = 'healthy' | 'unhealthy' | 'unknown' | 'elsewhere';

export type Ending =
  | { readonly kind: 'closed'; readonly why: EndReason }
  | { readonly kind: 'again'; readonly at: string; readonly healthySince?: string };

/** Seconds between two looks: one that has gone on for long is looked at less often. */
const shortest = 60;
const longest = 600;

/** Whether it takes a look at the owner to say more: while an alert says that it fires, and nothing is being done. */
export const asksForHealth = ({ firing, isActing }: IncidentStanding): boolean => firing > 0 && !isActing;

/** Whether an incident is over at an instant, or when it is to be looked at again. */
export function endingOf(
  standing: IncidentStanding,
  { now, ends, health }: { readonly now: string; readonly ends: IncidentEnds; readonly health: Health },
): Ending {
  const { isActing, firing, alerts, cameAt } = standing;
  if (isActing) return { kind: 'again', at: after(now, shortest) };
  const quietSince = latest(standing, now);
  if (firing === 0) {
    const at = after(quietSince, ends.quietMinutes * 60);
    if (!isPast(at, now)) return { kind: 'again', at };
    return { kind: 'closed', why: alerts === 0 ? 'done' : 'resolved' };
  }
  const age = (Date.parse(now) - Date.parse(cameAt)) / 1000;
  const at = after(now, Math.round(Math.min(longest, Math.max(shortest, age / 10))));
  if (health === 'elsewhere')
    return { kind: 'again', at: after(now, shortest), ...healthyAsBefore(standing) };
  if (health !== 'healthy') return { kind: 'again', at };
  const healthySince = stillSince(standing) ?? now;
  const isLong = isPast(after(healthySince, ends.healthyMinutes * 60), now);
  return isLong ? { kind: 'closed', why: 'healthy' } : { kind: 'again', at, healthySince };
}

/** Who cannot see it leaves what others saw. */
const healthyAsBefore = ({ healthySince }: IncidentStanding) =>
  healthySince === undefined ? {} : { healthySince };

/** What another alert or command came after says nothing of what is wrong now. */
const stillSince = ({ healthySince, cameAt }: IncidentStanding): string | undefined =>
  healthySince !== undefined && isPast(cameAt, healthySince) ? healthySince : undefined;

/** When something last happened. An alert may say that it ends in the future; that has not happened. */
function latest({ cameAt, resolvedAt = cameAt, actedAt = cameAt }: IncidentStanding, now: string): string {
  const moments = [cameAt, resolvedAt, actedAt].filter((at) => isPast(at, now));
  return new Date(
    Math.max(...moments.map(Date.parse), Math.min(Date.parse(cameAt), Date.parse(now))),
  ).toISOString();
}
