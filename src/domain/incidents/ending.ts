import { z } from 'zod';
import type { IncidentEnds } from '../policy/incidents.ts';
import { after, isPast } from '../text/time.ts';
import { groupQuietMinutes } from './grouped.ts';
import { eventQuietMinutes } from './warning-event.ts';

/** What an incident and all that joined it come to, as far as it decides whether it is over. */
export interface IncidentStanding {
  /** How often it was looked at. */
  readonly looks: number;
  /** `cluster/namespace/Kind/name`; absent where it is not known. */
  readonly ownerKey?: string;
  readonly alerts: number;
  readonly firing: number;
  /** Those of the firing ones that are Warning events: nobody says when these are over. */
  readonly events?: number;
  /** It stands for many alerts that are told in one message, and to which no more may be added after a while. */
  readonly isGroup?: true;
  /** When the last alert or command came. */
  readonly cameAt: string;
  /** When one of its alerts was last said to fire, for the first time or again; absent: when the last one came. */
  readonly heardAt?: string;
  /** When the last alert was over; absent where none is. */
  readonly resolvedAt?: string;
  /** A remediation of it waits, runs or is looked at. */
  readonly isActing: boolean;
  /** When the last remediation ended; absent where there is none. */
  readonly actedAt?: string;
  /** Since when what it is about has been seen to be healthy. */
  readonly healthySince?: string;
}

/**
 * Why an incident is over: its alerts are, its owner is healthy, or what people asked for is done. `quiet`: no Warning event was
 * reported any more. `silent`: nothing was heard of its alerts for so long that their end must have been lost. `told`: it was a
 * message about many alerts, to which no more is added.
 */
export const endReason = z.enum(['resolved', 'healthy', 'done', 'quiet', 'silent', 'told']);
export type EndReason = z.infer<typeof endReason>;

/**
 * What a look at the owner says; `unknown`, which is never healthy: it is not known, is not there or does not show.
 * `elsewhere`: it is in another cluster than the one that was asked. `unasked`: the cluster did not answer.
 */
export type Health = 'healthy' | 'unhealthy' | 'unknown' | 'elsewhere' | 'unasked';

export type Ending =
  | { readonly kind: 'closed'; readonly why: EndReason }
  | { readonly kind: 'again'; readonly at: string; readonly healthySince?: string };

/** Seconds between two looks: one that has gone on for long is looked at less often. */
const shortest = 60;
const longest = 600;

/** What cannot be asked now may answer later: it gets so many times as long before it is given up. */
const patienceUnasked = 7;

/** Whether it takes a look at the owner to say more: while an alert says that it fires, and nothing is being done. */
export const asksForHealth = ({ firing, isActing }: IncidentStanding): boolean => firing > 0 && !isActing;

/** Whether an incident is over at an instant, or when it is to be looked at again. */
export function endingOf(
  standing: IncidentStanding,
  { now, ends, health }: { readonly now: string; readonly ends: IncidentEnds; readonly health: Health },
): Ending {
  const { isActing, firing, alerts, cameAt, isGroup } = standing;
  if (isGroup) return whenPast(after(cameAt, groupQuietMinutes * 60), 'told', now);
  if (isActing) return { kind: 'again', at: after(now, shortest) };
  const quietSince = latest(standing, now);
  if (firing === 0) {
    const at = after(quietSince, ends.quietMinutes * 60);
    return whenPast(at, alerts === 0 ? 'done' : 'resolved', now);
  }
  const unheard = unheardOf(standing, { now, ends, health });
  if (unheard !== undefined) return { kind: 'closed', why: unheard };
  const age = (Date.parse(now) - Date.parse(cameAt)) / 1000;
  const at = after(now, Math.round(Math.min(longest, Math.max(shortest, age / 10))));
  if (health === 'elsewhere' || health === 'unasked')
    return { kind: 'again', at: after(now, shortest), ...healthyAsBefore(standing) };
  if (health !== 'healthy') return { kind: 'again', at };
  const healthySince = stillSince(standing) ?? now;
  const isLong = isPast(after(healthySince, ends.healthyMinutes * 60), now);
  return isLong ? { kind: 'closed', why: 'healthy' } : { kind: 'again', at, healthySince };
}

const whenPast = (at: string, why: EndReason, now: string): Ending =>
  isPast(at, now) ? { kind: 'closed', why } : { kind: 'again', at };

/**
 * Why alerts that were never said to be over hold nothing open any more: of Warning events none is reported, or nothing was
 * heard of any for so long that what would have said so is lost. An owner that is seen to be unhealthy contradicts that.
 */
function unheardOf(
  { firing, events = 0, cameAt, heardAt = cameAt }: IncidentStanding,
  { now, ends, health }: Parameters<typeof endingOf>[1],
): EndReason | undefined {
  if (health === 'unhealthy') return undefined;
  const isAsked = health === 'healthy' || health === 'unknown';
  const isQuiet = isPast(after(heardAt, eventQuietMinutes * 60), now);
  if (isAsked && events === firing && isQuiet) return 'quiet';
  if (health === 'healthy') return undefined;
  const hours = ends.silentHours * (isAsked ? 1 : patienceUnasked);
  return isPast(after(heardAt, hours * 3600), now) ? 'silent' : undefined;
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
