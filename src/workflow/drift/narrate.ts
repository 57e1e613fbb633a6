import { kindOf } from '../../actions/action-kinds.ts';
import { printAction } from '../../actions/print.ts';
import { unshowable } from '../../actions/secret-texts.ts';
import { isGroup } from '../../domain/action.ts';
import {
  type Drift,
  type DriftedField,
  driftKey,
  driftLines,
  driftOf,
  driftWriters,
  isNameless,
} from '../../domain/incidents/drift.ts';
import { membersOf, planParts, type RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast, secondsBetween } from '../../domain/text/time.ts';
import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { isOneOfSeveral } from '../clusters.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { deadlySentence, mostDeaths } from '../deaths.ts';
import { placesOf } from '../lasting/git-change.ts';
import { earnedBy } from '../lifecycle/transitions.ts';
import { inItsPlace } from '../lifecycle/whereabouts.ts';
import { type Claim, ClusterFault, type Wake } from '../ports.ts';
import type { DriftLook, DriftWatch, ToldDrift } from './drift-watch.ts';
import { overwritten, withoutOwnWrites } from './own-writes.ts';

type Succeeded = RemediationIn<'succeeded'>;

/** Seconds between looks: as old as the change is, within these. Fifteen looks at a day, however much there was before. */
const [shortest, longest] = [60, 4 * 3600];

/**
 * Answers the wake of a watch: what has drifted from what was verified, field by field, and who changed it? It is told once,
 * and again only when it is another drift. A look that processes died of ends the watch, and that is told.
 */
export async function lookForDrift(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const [row, watch] = await Promise.all([context.store.load(wake.id), context.store.driftWatch(wake.id)]);
  if (row?.state !== 'succeeded' || watch?.looks !== wake.version) return context.store.dismiss(claim);
  const { looks } = watch;
  const deaths = wake.deaths ?? 0;
  const looked = await inItsPlace(context, row, signal, async (here) => {
    await context.probe('begin:drift');
    return deaths < mostDeaths ? foundBy(here, row, watch, signal) : givenUp(deadlySentence(deaths));
  });
  const found: DriftLook['found'] =
    looked.kind === 'done' ? looked.came : { kind: 'elsewhere', at: after(context.clock(), looked.seconds) };
  signal.throwIfAborted();
  await context.probe('worked:drift');
  await settle(context, row, { looks, found }, claim);
}

const givenUp = (sentence: string): DriftLook['found'] => ({
  kind: 'given up',
  sentence,
  notice: {
    kind: 'reply',
    headline: 'Not watched for drift any more',
    body: `${sentence} Whether the change is still there has to be looked at by people.`,
    broadcast: true,
  },
});

async function settle(
  context: WorkflowContext,
  row: Succeeded,
  look: DriftLook,
  claim: Claim,
): Promise<void> {
  if ((await context.store.settleDrift(row, look, claim)) === 'stale') await context.store.dismiss(claim);
}

async function foundBy(
  context: WorkflowContext,
  row: Succeeded,
  watch: DriftWatch,
  signal: AbortSignal,
): Promise<DriftLook['found']> {
  const at = nextLook(row, watch, context.clock());
  const seen = await fieldsSeen(context, row, signal);
  if (seen === undefined) return again(at, watch.told);
  const drift = seen.length === 0 ? undefined : await driftLeft(context, row, seen);
  if (drift === 'over') return { kind: 'over' };
  if (drift === undefined) return again(at, undefined);
  const told = context.sha256(driftKey(drift));
  return told === watch.told ? again(at, told) : tellingOf(context, row, drift, { at, told });
}

/** `over`: all that was written is another remediation's by now. */
async function driftLeft(
  context: WorkflowContext,
  row: Succeeded,
  seen: readonly DriftedField[],
): Promise<Drift | undefined | 'over'> {
  const { isAll, has } = await overwritten(context, row);
  if (isAll) return 'over';
  const left = seen.filter((field) => !has(field));
  return driftOf(await withoutOwnWrites(context, row, left));
}

const again = (at: string | undefined, told: string | undefined): DriftLook['found'] =>
  at === undefined ? { kind: 'over' } : { kind: 'again', at, told };

/** Undefined once the time for it is over. The last look is at the end of it. */
function nextLook({ endedAt }: Succeeded, { until }: DriftWatch, now: string): string | undefined {
  if (isPast(until, now)) return undefined;
  const pause = Math.min(longest, Math.max(shortest, secondsBetween(endedAt, now)));
  const at = after(now, pause);
  return isPast(until, at) ? until : at;
}

/** Undefined where it cannot be seen now: that is no drift, and the next look tells. */
async function fieldsSeen(
  context: WorkflowContext,
  row: Succeeded,
  signal: AbortSignal,
): Promise<readonly DriftedField[] | undefined> {
  const { number, plan } = row;
  const calls = planParts(row, row.results).flatMap((part) => part.calls);
  try {
    return await context.cluster.drifted({ ...plan, calls }, signal);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof ClusterFault)) throw fault;
    context.log.info(
      { remediation: number, fault: faultSentence(fault) },
      'What has drifted could not be looked at',
    );
    return undefined;
  }
}

function tellingOf(
  context: WorkflowContext,
  row: Succeeded,
  drift: Drift,
  { at, told }: Pick<ToldDrift, 'at' | 'told'>,
): ToldDrift {
  const isUndone = drift.kind === 'undone';
  const by = redact(driftWriters(drift));
  const lines = driftLines(drift, context.clock()).map(redact);
  const earned = earnedBy(row, context.policy());
  const { offers, advice } = offersFor(context, row);
  const said = isUndone ? 'It is as it was before the change: the fix is undone.' : 'It is something new.';
  return {
    ...{ kind: 'told', at, told },
    result: isUndone ? 'undone' : 'replaced',
    sentence: lines.join('; '),
    ...(isNameless(drift) ? {} : { by }),
    notice: {
      kind: 'reply',
      headline: `Drifted, ${isUndone ? 'undone' : 'changed'} by ${by}`,
      body: [...lines, said, ...advice].join('\n'),
      ...(offers.length === 0 ? {} : { offers }),
      broadcast: isUndone,
    },
    ...(earned === undefined ? {} : { earned }),
  };
}

/** A button carries so much (docs.slack.dev, "Button element"). */
const longestCommand = 2_000;

/**
 * The same change once more, which is judged and approved like any: where a repository has a say its card has the pull request
 * that makes it last. Nothing is offered that has no inverse, for it cannot be put back either, or that cannot be shown.
 */
function offersFor(context: WorkflowContext, row: Succeeded) {
  const members = membersOf(row);
  const located = placesOf(context, members);
  const isLocated = located !== undefined && !('reason' in located);
  const hasForm = members.some((each) => kindOf(each.action.verb).lasting(each).kind === 'fields');
  const home = isOneOfSeveral(context) ? row.cluster : undefined;
  const command = forCluster(printAction(withoutRevision(row.action)), home);
  const canBeAsked =
    (hasForm || row.spec.rollbackPlan.kind !== 'none') &&
    unshowable(row.action) === undefined &&
    command.length <= longestCommand &&
    redact(command) === command;
  const label = isLocated ? `Make it last: ${located.place.calls ?? 'pull request'}` : 'Put it back';
  const advice =
    located !== undefined && 'reason' in located ? [`To be changed in Git by hand: ${located.reason}`] : [];
  return { offers: canBeAsked ? [{ label, command }] : [], advice };
}

/** Revisions have other numbers by now; the one before the live one is what the change had brought. */
function withoutRevision(action: Succeeded['action']): Succeeded['action'] {
  if (isGroup(action) || !('toRevision' in action)) return action;
  const { toRevision: _toRevision, ...rest } = action;
  return rest;
}
