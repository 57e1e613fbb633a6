import type { LabelSet } from '../../domain/incidents/silence.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { isPast } from '../../domain/text/time.ts';
import { faultSentence } from '../context.ts';
import type { Clock, Log, Store } from '../ports.ts';
import { type Leased, SilenceRefused, type Silencer, type Silences } from './silences-port.ts';

export interface Keeping {
  readonly silences: Silences;
  readonly silencer: Silencer;
  readonly ingest: Store['ingest'];
  readonly clock: Clock;
  readonly log: Log;
  /** Tests stop it here, as WorkflowContext.probe. */
  readonly probe?: (point: string) => Promise<void>;
}

/** Seconds until Alertmanager is asked again after it did not answer: twice as long each time, up to the longest. */
const [again, longest] = [10, 300];

/**
 * Makes the silences that are asked for and ends those whose remediation is over. Whoever dies or stands still at it is followed
 * by another after the lease: it finds in Alertmanager what was made already, and ends what was made twice.
 */
export async function keepSilences(keeping: Keeping, signal: AbortSignal): Promise<void> {
  const { silences } = keeping;
  for (const silence of await silences.take()) {
    if (signal.aborted) return;
    try {
      await (silence.over === undefined ? make(keeping, silence, signal) : end(keeping, silence, signal));
    } catch (fault) {
      await giveUpOrPutOff(keeping, silence, fault);
    }
  }
}

/**
 * What Alertmanager refuses is told once, and not asked for again. What it does not answer is asked for later and later, until
 * the time of the silence is over: by then whatever was made has ended by itself.
 */
async function giveUpOrPutOff(
  { silences, clock, log }: Keeping,
  silence: Leased,
  fault: unknown,
): Promise<void> {
  const reason = faultSentence(fault);
  const fields = { silence: silence.id, fault: reason };
  if (fault instanceof SilenceRefused || isPast(silence.endsAt, clock())) {
    log.error(fields, 'A silence could not be brought about, and is not tried again');
    await silences.settle(silence, { state: 'ended', refused: reason });
    return;
  }
  log.warn(fields, 'A silence could not be brought about; Alertmanager is asked again');
  await silences.putOff(silence, Math.min(longest, again * 2 ** Math.min(silence.attempts, 10)));
}

async function make(keeping: Keeping, silence: Leased, signal: AbortSignal): Promise<void> {
  const { silences, silencer, probe = () => Promise.resolve() } = keeping;
  const found = await silencer.find(silence.id, signal);
  const heard = await heardOf(silencer, silence, signal);
  const there = new Map(found.toReversed().map(({ at, labels }) => [keyOf(labels), at]));
  const made: string[] = [];
  for (const labels of silence.labels) {
    if (there.has(keyOf(labels))) continue;
    await probe('before-silence');
    if (!(await silences.holds(silence))) return undo(silencer, made, signal);
    try {
      made.push(await silencer.make(silence, labels, signal));
    } catch (fault) {
      // Half of them silent and the thread saying that none is would be worse than either.
      if (fault instanceof SilenceRefused)
        await undo(silencer, [...made, ...found.map(({ at }) => at)], signal);
      throw fault;
    }
    await probe('after-silence');
  }
  const kept = new Set(there.values());
  for (const { at } of found) if (!kept.has(at)) await silencer.end(at, signal);
  if (!(await silences.settle(silence, { state: 'made', heard }))) await undo(silencer, made, signal);
}

/** None while it may not have heard of all of them: then nothing is concluded of what it does not have later. */
async function heardOf(silencer: Silencer, { labels }: Leased, signal: AbortSignal): Promise<LabelSet[]> {
  const firing = new Set((await silencer.firing(signal))?.map(keyOf));
  return labels.filter((each) => firing.has(keyOf(each)));
}

async function end(keeping: Keeping, silence: Leased, signal: AbortSignal): Promise<void> {
  const { silences, silencer, probe = () => Promise.resolve() } = keeping;
  await resolveUnheard(keeping, silence, signal);
  for (const { at } of await silencer.find(silence.id, signal)) await silencer.end(at, signal);
  await probe('after-end-of-silence');
  // What was over after the first question and before the end of the silence was silent as well.
  await resolveUnheard(keeping, silence, signal);
  await silences.settle(silence, { state: 'ended' });
}

/**
 * Of an alert that is over while it is silent Alertmanager never says so: what is silent is taken out of a notification, the end
 * of it too (notify/notify.go, MuteStage), and then forgotten. So it is asked which still fire; of what it never had, because it
 * came from another Alertmanager, nothing follows.
 */
async function resolveUnheard(
  { silences, silencer, ingest, clock }: Keeping,
  silence: Leased,
  signal: AbortSignal,
): Promise<void> {
  const alerts = await silences.firing(silence);
  const firing = alerts.length === 0 ? undefined : await silencer.firing(signal);
  if (firing === undefined) return;
  const still = new Set(firing.map(keyOf));
  const over = alerts.filter(({ labels }) => !still.has(keyOf(labels)));
  if (over.length > 0)
    await ingest(over.map((alert) => ({ ...alert, status: 'resolved' as const, endsAt: clock() })));
}

/** What was made with a lease that was lost: whoever has it now makes its own. */
async function undo(silencer: Silencer, made: readonly string[], signal: AbortSignal): Promise<void> {
  for (const at of made) await silencer.end(at, signal);
}

/** Without empty values, which are none in Prometheus' data model and cannot be matched. */
const keyOf = (labels: LabelSet): string =>
  canonicalJson(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')));
