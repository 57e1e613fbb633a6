import { ownerText } from '../../domain/facts/manifest-source.ts';
import type { Aftermath, Emergency } from '../../domain/manifest/emergency.ts';
import { requestWord } from '../../domain/manifest/request-name.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { after } from '../../domain/text/time.ts';
import type { Layout } from '../../stages/show/layout.ts';
import { partsInThread, showingOf } from '../lifecycle/showing.ts';
import { bump, type Moment, reply } from '../lifecycle/transitions.ts';
import type { SideEffect, Transition } from '../ports.ts';
import type { Suspension } from './suspension.ts';

/* The moves by which a change goes to the cluster before the repository has it. */

type Waiting = RemediationIn<'waiting'>;

/** waiting -> waiting: another way, another digest, and the time of those who decide begins anew. */
export function emergencyAsked(
  row: Waiting,
  judged: Waiting & { readonly emergency: Emergency },
  layout: Layout,
  { now, policy }: Moment,
): Transition {
  const expiresAt = after(now, policy.approvalTtlSeconds);
  const { emergency } = judged;
  const paused = emergency.pause;
  const body =
    paused === undefined
      ? ''
      : `\n${ownerText(paused.owner)} is paused meanwhile, for ${paused.minutes} min.`;
  return {
    event: 'emergency_asked',
    next: { ...judged, ...bump(row, now), expiresAt, showing: showingOf(judged, layout) },
    sideEffects: [
      { kind: 'card' },
      ...partsInThread(row, layout),
      { kind: 'expire', at: expiresAt },
      reply(row, 'emergency', {
        headline: `To be done now, before the ${requestWord(undefined, row.git)}, if two people approve. Asked by`,
        by: emergency.by.userId,
        body: `${emergency.reason}${body}`,
        broadcast: true,
      }),
    ],
  };
}

/** Seconds until the first look at what is left to do: the change is written by then, in most cases. */
const soon = 5;

/** approved -> executing with what has to be done after it, whatever becomes of it. A pause comes before the change itself. */
export function atOnce(
  cleared: Transition,
  pause: Extract<Suspension, { kind: 'possible' }> | undefined,
  { now }: Moment,
): Transition {
  const { next } = cleared;
  if (next.state !== 'executing' || next.emergency === undefined) return cleared;
  const asked = next.emergency.pause;
  const begins = pause !== undefined && asked !== undefined;
  const until = after(now, (asked?.minutes ?? 0) * 60);
  const aftermath: Aftermath = {
    request: { step: 'wanted' },
    ...(begins ? { pause: { step: 'begun', owner: asked.owner, until, end: pause.end } } : {}),
  };
  const { plan } = next;
  const withPause = begins ? { ...plan, calls: [pause.begin, ...plan.calls], before: 1 } : plan;
  return {
    ...cleared,
    next: { ...next, plan: withPause },
    sideEffects: [...cleared.sideEffects, { kind: 'aftermath', aftermath, at: after(now, soon) }],
  };
}

/** The word in the thread once the pause has begun; nothing for any other answer. */
export function pausedReply(row: RemediationIn<'executing'>, answers: number, now: string): SideEffect[] {
  const pause = row.emergency?.pause;
  if (pause === undefined || row.plan.before !== answers) return [];
  const until = clockTime(after(row.startedAt, pause.minutes * 60), now);
  return [
    reply(row, 'paused', {
      headline: `Paused the automatic sync of ${ownerText(pause.owner)} until ${until} at the latest`,
    }),
  ];
}
