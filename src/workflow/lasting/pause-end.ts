import { ownerText } from '../../domain/facts/manifest-source.ts';
import { driftOf, driftWriters } from '../../domain/incidents/drift.ts';
import { stoppedText } from '../../domain/incidents/stop.ts';
import type { Aftermath, BegunPause } from '../../domain/manifest/emergency.ts';
import type { Call } from '../../domain/plan.ts';
import { asJson, canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { after } from '../../domain/text/time.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { HeldBack } from '../lifecycle/held-back.ts';
import { ClusterFault } from '../ports.ts';
import type { Progress } from './aftermath-port.ts';
import type { Begun } from './request-after.ts';

/** When something is to be done for a pause: at its time, or when its end is tried again. */
export const pauseDue = ({ until, unended }: BegunPause): string => unended?.nextAt ?? until;

/**
 * Puts the switch back as it was, or leaves it to other remediations that have a part in the pause. What somebody has touched
 * since is theirs: that is told, and left to people. Any other refusal, and no answer, are tried again, later and later, until
 * it is done or somebody takes the mark away.
 */
export async function endPause(
  context: WorkflowContext,
  row: Begun,
  aftermath: Aftermath,
  pause: BegunPause,
  signal: AbortSignal,
): Promise<Progress> {
  const stop = await context.store.stopped();
  if (stop !== undefined) throw new HeldBack(stoppedText(stop));
  const came = await sent(context, row, pause, signal);
  const now = context.clock();
  if (came.kind === 'again') return triedAgain(aftermath, pause, came, now);
  const what = ownerText(pause.owner);
  if (came.kind === 'back') {
    const goesOn = came.others.map((number) => `remediation ${number}`).join(', ');
    const sentence =
      goesOn === ''
        ? `The automatic sync of ${what} is as it was before.`
        : `The automatic sync of ${what} stays paused for ${goesOn}.`;
    const isLoud = pause.unended?.told === true;
    return over(aftermath, pause, { headline: 'Pause over', sentence, isLoud }, now);
  }
  const sentence = `The automatic sync of ${what} was not put back${await whoElse(context, row, signal)}: ${came.reason}`;
  return over(aftermath, pause, { headline: 'Look at the pause', sentence, isLoud: true }, now);
}

/** `back`: this remediation has no part in it any more; `theirs`: somebody else has written it since. */
type Came =
  | { readonly kind: 'back'; readonly others: readonly number[] }
  | { readonly kind: 'theirs'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string; readonly isAnswer: boolean };

/**
 * Another remediation may leave the same pause between the look and the call, which is refused then: what is to be sent by now
 * is found out, and is sent once.
 * @param refused what was refused a moment ago
 */
async function sent(
  context: WorkflowContext,
  row: Begun,
  pause: BegunPause,
  signal: AbortSignal,
  refused?: { readonly call: Call; readonly came: Came },
): Promise<Came> {
  const { owner, end } = pause;
  try {
    const asked = { owner, number: row.number, end, now: context.clock() };
    const found = await context.cluster.suspensionEnd(asked, signal);
    if (found.kind === 'left') return { kind: 'back', others: found.others };
    if (refused !== undefined && isSame(refused.call, found.call)) return refused.came;
    await context.probe('before-pause-end');
    const answer = await context.cluster.apply(found.call, row.plan.fieldManager, signal, context.fence);
    await context.probe('after-pause-end');
    if (answer.kind === 'late') throw new HeldBack(answer.reason);
    if (answer.kind === 'applied') return { kind: 'back', others: found.kind === 'ours' ? found.others : [] };
    const reason = redact(answer.reason);
    if (answer.kind === 'refused' && found.kind === 'touched') return { kind: 'theirs', reason };
    const came = { kind: 'again', reason, isAnswer: answer.kind === 'refused' } as const;
    return came.isAnswer && refused === undefined
      ? sent(context, row, pause, signal, { call: found.call, came })
      : came;
  } catch (fault) {
    if (signal.aborted || !(fault instanceof ClusterFault)) throw fault;
    return { kind: 'again', reason: faultSentence(fault), isAnswer: false };
  }
}

const isSame = (one: Call, other: Call): boolean =>
  canonicalJson(asJson(one)) === canonicalJson(asJson(other));

/** Seconds until the end of a pause is tried again, twice as long each time. */
const [shortest, longest] = [30, 15 * 60];

/** Tries without an answer after which people hear of it: a restart of the API server is over by then. */
const mostSilent = 3;

function triedAgain(
  aftermath: Aftermath,
  pause: BegunPause,
  { reason, isAnswer }: Extract<Came, { kind: 'again' }>,
  now: string,
): Progress {
  const times = (pause.unended?.times ?? 0) + 1;
  const wasTold = pause.unended?.told === true;
  const tells = !wasTold && (isAnswer || times >= mostSilent);
  const nextAt = after(now, Math.min(longest, shortest * 2 ** Math.min(times - 1, 10)));
  const unended = { times, reason, nextAt, ...(wasTold || tells ? { told: true as const } : {}) };
  const { owner } = pause;
  const body = `${reason} ${ownerText(owner)} does not sync by itself meanwhile. It is tried again until it is put back, or until somebody takes the annotation firebreak.dev/sync-paused away.`;
  return {
    aftermath: { ...aftermath, pause: { ...pause, unended } },
    dueAt: aftermath.request.step === 'ended' ? nextAt : now,
    ...(tells
      ? { told: { kind: 'reply', headline: 'The pause could not be ended', body, broadcast: true } }
      : {}),
  };
}

function over(
  aftermath: Aftermath,
  { owner }: BegunPause,
  { headline, sentence, isLoud }: { headline: string; sentence: string; isLoud: boolean },
  now: string,
): Progress {
  return {
    aftermath: { ...aftermath, pause: { step: 'ended', owner, sentence } },
    dueAt: aftermath.request.step === 'ended' ? undefined : now,
    told: { kind: 'reply', headline, body: sentence, broadcast: isLoud },
  };
}

/** A pause that Firebreak will not end any more: people have to. */
export function leftOn(aftermath: Aftermath, pause: BegunPause, why: string, now: string): Progress {
  const sentence = `${why} The automatic sync of ${ownerText(pause.owner)} may still be paused: put it back by hand.`;
  return over(aftermath, pause, { headline: 'Look at the pause', sentence, isLoud: true }, now);
}

async function whoElse(context: WorkflowContext, { plan }: Begun, signal: AbortSignal): Promise<string> {
  const begun = plan.calls.slice(0, plan.before ?? 0);
  const seen = await context.cluster.drifted({ ...plan, calls: begun }, signal);
  const drift = driftOf(seen);
  return drift === undefined ? '' : `, since it was written by ${redact(driftWriters(drift))}`;
}
