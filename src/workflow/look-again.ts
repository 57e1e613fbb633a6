import { kindOf } from '../actions/action-kinds.ts';
import { printAction } from '../actions/print.ts';
import type { LookResult } from '../domain/incidents/outcome.ts';
import { type PlanPart, planParts, type RemediationIn } from '../domain/remediation.ts';
import { redact } from '../domain/text/redact.ts';
import { after } from '../domain/text/time.ts';
import { judge } from '../stages/verify/judge.ts';
import { faultSentence, type WorkflowContext } from './context.ts';
import { deadlySentence, mostDeaths } from './deaths.ts';
import { claimOn } from './intake/claimed.ts';
import { earnedBy } from './lifecycle/transitions.ts';
import { inItsPlace } from './lifecycle/whereabouts.ts';
import { type Claim, ClusterFault, type Wake } from './ports.ts';
import type { SecondLook } from './second-look.ts';

type Succeeded = RemediationIn<'succeeded'>;

/** What one look says; `unclear`: it is on its way somewhere, or could not be seen. */
interface Seen {
  readonly result: LookResult | 'unclear';
  readonly sentence: string;
  readonly by?: string;
}

/** Looks until it is said that nothing could be seen, and seconds between them. */
const mostLooks = 4;
const pause = 15 * 60;

/** What counts most first: of several objects one that did not last is enough. */
const order = ['undone', 'came_back', 'replaced', 'unclear', 'unknown', 'lasted'] as const;

/** Answers the wake of a second look, hours after a change was verified: did it last, and if not, who undid it? */
export async function lookAgain(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const [row, looks] = await Promise.all([context.store.load(wake.id), context.store.secondLook(wake.id)]);
  if (row?.state !== 'succeeded' || looks === undefined || looks !== wake.version)
    return context.store.dismiss(claim);
  const deaths = wake.deaths ?? 0;
  const looked = await inItsPlace(context, row, signal, async (here): Promise<Seen> => {
    await context.probe('begin:look');
    if (deaths < mostDeaths) return seenOf(here, row, signal);
    return { result: 'unclear', sentence: deadlySentence(deaths) };
  });
  if (looked.kind === 'left') {
    const left = { kind: 'elsewhere', at: after(context.clock(), looked.seconds) } as const;
    return settle(context, row, { looks, found: left }, claim);
  }
  signal.throwIfAborted();
  const isLast = looks + 1 >= mostLooks || deaths >= mostDeaths;
  const look = { looks, found: found(context, row, looked.came, isLast) };
  await context.probe('worked:look');
  await settle(context, row, look, claim);
}

async function settle(
  context: WorkflowContext,
  row: Succeeded,
  look: SecondLook,
  claim: Claim,
): Promise<void> {
  if ((await context.store.settleLook(row, look, claim)) === 'stale') await context.store.dismiss(claim);
}

function found(
  context: WorkflowContext,
  row: Succeeded,
  { result, sentence, by }: Seen,
  isLast: boolean,
): SecondLook['found'] {
  if (result === 'unclear' && !isLast) return { kind: 'again', at: after(context.clock(), pause) };
  const ended = result === 'unclear' ? 'unknown' : result;
  const earned = earnedBy(row, context.policy());
  return {
    kind: 'ended',
    result: ended,
    sentence,
    ...(by === undefined ? {} : { by }),
    notice: { kind: 'reply', ...wordsOf(ended, sentence) },
    ...(earned === undefined ? {} : { earned }),
  };
}

const headlines = {
  lasted: 'Lasted',
  undone: 'Undone since',
  came_back: 'Came back',
  replaced: 'Changed since',
  unknown: 'Whether it lasted could not be seen',
} as const satisfies Record<LookResult, string>;

const wordsOf = (result: LookResult, body: string) => ({
  headline: headlines[result],
  body,
  broadcast: result === 'undone' || result === 'came_back',
});

async function seenOf(context: WorkflowContext, row: Succeeded, signal: AbortSignal): Promise<Seen> {
  try {
    const parts = planParts(row, row.results);
    const all = await Promise.all(parts.map((part) => partSeen(context, row, part, signal)));
    const [worst] = all.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result));
    if (worst === undefined) return { result: 'unclear', sentence: 'There is nothing to look at.' };
    return worst.result === 'undone' || worst.result === 'replaced'
      ? worst
      : ((await claimAgain(context, row, signal)) ?? worst);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { result: 'unclear', sentence: faultSentence(fault) };
  }
}

/** Whether it is again as the playbook claimed; undefined where it is not, or nobody claimed anything. */
async function claimAgain(
  context: WorkflowContext,
  { requestedBy, action }: Succeeded,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const claim = requestedBy.kind === 'playbook' ? requestedBy.claim : undefined;
  if (claim === undefined || claim === 'none') return undefined;
  const { kind, sentence } = await claimOn(context, { claim, action }, signal);
  if (kind === 'holds') return { result: 'came_back', sentence: redact(sentence) };
  // Of what is not there, as of a pod that was deleted, nothing can be as it was claimed.
  const isSeen = kind === 'broken' || kind === 'absent';
  return isSeen ? undefined : { result: 'unclear', sentence: redact(sentence) };
}

async function partSeen(
  context: WorkflowContext,
  row: Succeeded,
  { action, facts, calls, results }: PlanPart,
  signal: AbortSignal,
): Promise<Seen> {
  const target = kindOf(action.verb).observed({ action, facts });
  const observation = await context.cluster.observe(target, signal, { ...row.plan, calls: [...calls] });
  if (observation.kind !== 'absent' && observation.changed !== undefined) {
    const { changed, changedBy: by, putBack = false } = observation;
    const who = by === undefined ? 'Who did it is not known.' : `Written last by ${by}.`;
    const sentence = redact(`${changed} ${who}`);
    return {
      result: putBack ? 'undone' : 'replaced',
      sentence,
      ...(by === undefined ? {} : { by: redact(by) }),
    };
  }
  const { grade, sentence } = judge({ action, facts, results, observation });
  const said = redact(sentence);
  if (observation.kind === 'absent' && grade !== 'good') return { result: 'replaced', sentence: said };
  if (grade === 'good') return { result: 'lasted', sentence: `${printAction(action)}: ${said}` };
  return { result: grade === 'bad' ? 'came_back' : 'unclear', sentence: said };
}
