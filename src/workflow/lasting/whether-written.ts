import type { Aftermath } from '../../domain/manifest/emergency.ts';
import { type RequestWord, requestWord } from '../../domain/manifest/request-name.ts';
import { isFinal, planParts, type Remediation } from '../../domain/remediation.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';
import type { Progress } from './aftermath-port.ts';
import type { Begun } from './request-after.ts';

/** Whether the change of an emergency is in the cluster. `in doubt`: it was sent, or may have been, and no answer came. */
export type Written = 'not yet' | 'yes' | 'no' | 'in doubt';

export function writtenOf(row: Remediation, begun: Begun, { found }: Aftermath): Written {
  if (found === true || planParts(begun, begun.results ?? []).some(({ results }) => results.length > 0))
    return 'yes';
  if (!isFinal(row.state)) return 'not yet';
  // What is lost may also be the answer to the pause: then nothing was sent after it.
  const isPaused = (begun.results?.length ?? 0) >= (begun.plan.before ?? 0);
  return row.state === 'failed' && row.inDoubt === true && isPaused ? 'in doubt' : 'no';
}

type Ended = Extract<Aftermath['request'], { step: 'ended' }>;

export const nothingThere = ({ git }: Pick<Begun, 'git'>): Ended => ({
  step: 'ended',
  sentence: `Nothing was changed, so no ${requestWord(undefined, git)} was opened.`,
});

/**
 * Seconds for which a write whose answer was lost may still take: an API server ends a request after one minute
 * (kube-apiserver, --request-timeout), and its clock and ours need not agree.
 */
const mayStillTake = 90;

/** Seconds between two looks, and until the cluster is asked again after it gave no answer. */
const [betweenLooks, later] = [15, 60];

/** Looks whether a change is in the cluster whose answer was lost. */
export async function lookForChange(
  context: WorkflowContext,
  row: Remediation,
  begun: Begun,
  aftermath: Aftermath,
  signal: AbortSignal,
): Promise<Progress> {
  const now = context.clock();
  const word = requestWord(undefined, begun.git);
  const byPeople = `No ${word} was opened. Look at the object before you ask for it again.`;
  const ended = (sentence: string): Progress => ({
    aftermath: { ...aftermath, request: { step: 'ended', sentence } },
    dueAt: now,
    told: { kind: 'reply', headline: `No ${word}`, body: sentence, broadcast: true },
  });
  const again = (seconds: number): Progress => ({ aftermath, dueAt: after(now, seconds) });
  try {
    if (await isThere(context, begun, signal)) return found(aftermath, word, now);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof ClusterFault)) throw fault;
    const { mergeHours } = context.policy().gitOps;
    if (!isPast(after(begun.startedAt, mergeHours * 3600), now)) return again(later);
    return ended(`${inDoubt} It could not be looked for: ${faultSentence(fault)} ${byPeople}`);
  }
  const endedAt = row.state === 'failed' ? row.endedAt : now;
  if (!isPast(after(endedAt, mayStillTake), now)) return again(betweenLooks);
  return ended(`${inDoubt} It was looked for and is not there. ${byPeople}`);
}

const inDoubt = 'It is not known whether the change was made, because its answer was lost.';

/** Of several objects one is enough: what was begun has to last, or to be undone, whole. */
async function isThere({ cluster }: WorkflowContext, row: Begun, signal: AbortSignal): Promise<boolean> {
  for (const { calls } of planParts(row, [])) {
    if (!calls.some(({ recognise }) => recognise.kind === 'fields')) continue;
    const lost = await cluster.drifted({ ...row.plan, calls: [...calls] }, signal);
    if (lost.length === 0) return true;
  }
  return false;
}

function found(aftermath: Aftermath, word: RequestWord, now: string): Progress {
  const body = `Its answer was lost, and it was found there. The ${word} follows.`;
  return {
    aftermath: { ...aftermath, found: true },
    dueAt: now,
    told: { kind: 'reply', headline: 'The change is in the cluster', body, broadcast: true },
  };
}
