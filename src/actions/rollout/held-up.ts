import { describeTarget, type Verb } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Consequence, Effect } from '../../domain/effect.ts';
import type { PodFact, WorkloadSubject } from '../../domain/facts/facts.ts';
import { isOverdue } from '../../domain/facts/termination.ts';
import type { Call } from '../../domain/plan.ts';
import type { DeclarativeSpec, RollbackPlan } from '../../domain/spec.ts';
import type { ActionKind } from '../action-kind.ts';
import { type Draft, type DraftInput, refOf } from '../draft.ts';
import { plural } from '../obstacle.ts';
import { ordinalOf, withStates } from '../pods/told.ts';
import { workloadOf } from '../subject.ts';

/**
 * What keeps a new template from a StatefulSet's pods. An OrderedReady set replaces no pod while one is not ready, also
 * after an undo (kubernetes#67250; kubernetes.io, "StatefulSets", "Forced rollback").
 */
interface HeldUp {
  /** Not ready and of a template that goes: deleted, they come back with the new one, as the rollout would do. */
  readonly deleted: readonly PodFact[];
  /** Not ready, and their deletion would not bring the new template: it has to be seen to them by hand. */
  readonly stuck: readonly PodFact[];
}

const nobody: HeldUp = { deleted: [], stuck: [] };

/** The name of the object that keeps the template which comes back, where an earlier one does: `ControllerRevision web-5d4f`. */
type Coming<V extends Verb> = (judged: Case<V>) => string | undefined;

const nothingKnown = () => undefined;

/**
 * A kind that writes a template, with the pods that would hold it up: their deletion is part of the change, its effect, what
 * an approval binds to and what is carried out.
 *
 * @param coming where the template that comes is an earlier one: pods that have it already are left alone
 */
export function freeing<V extends Verb>(
  kind: ActionKind<V>,
  coming: Coming<V> = nothingKnown,
): ActionKind<V> {
  const held = (judged: Case<V>) => heldUp(workloadOf(judged), coming(judged));
  return {
    ...kind,
    effect: (judged) => freed(judged, kind.effect(judged), held(judged)),
    targetState: (judged) => withDeletions(kind.targetState(judged), held(judged)),
    rollback: (judged) => withoutPods(kind.rollback(judged), held(judged)),
    calls: (input) => withCalls(input, kind.calls(input), held(input)),
  };
}

function heldUp(workload: WorkloadSubject | undefined, coming: string | undefined): HeldUp {
  if (workload?.heldUpBy === undefined || workload.strategy.type !== 'RollingUpdate') return nobody;
  const { heldUpBy, strategy, desired, pods } = workload;
  const from = heldUpBy.firstOrdinal;
  // Always in the same order: an approval binds to the sentence that names them.
  const waiting = pods
    .filter((pod) => !pod.ready && isWithin(pod, from, from + desired))
    .toSorted((a, b) => ordinalOf(a) - ordinalOf(b));
  if (waiting.length < heldUpBy.pods || strategy.partition >= desired) return nobody;
  const goes = (pod: PodFact) =>
    !pod.deleting && isWithin(pod, from + strategy.partition, from + desired) && !hasTemplate(pod, coming);
  return { deleted: waiting.filter(goes), stuck: waiting.filter((pod) => !goes(pod)) };
}

function isWithin(pod: PodFact, from: number, to: number): boolean {
  const ordinal = ordinalOf(pod);
  return ordinal >= from && ordinal < to;
}

function hasTemplate({ hash }: PodFact, coming: string | undefined): boolean {
  return hash !== undefined && coming?.split(' ').at(-1) === hash;
}

const named = (pods: readonly PodFact[]): string => pods.map(({ name }) => `Pod/${name}`).join(', ');

function freed(judged: Case, effect: Effect, held: HeldUp): Effect {
  if (held === nobody || effect.pods.replaced === 0) return effect;
  const { replaced } = effect.pods;
  const deleted = Math.min(replaced, held.deleted.length);
  return {
    ...effect,
    pods: { ...effect.pods, replaced: replaced - deleted, deleted },
    consequences: [...effect.consequences, ...told(judged, held)],
  };
}

const field = 'spec.podManagementPolicy';

function told({ facts }: Case, { deleted, stuck }: HeldUp): readonly Consequence[] {
  const rule = 'held-up-rollout';
  const consequences: Consequence[] = [];
  if (deleted.length > 0) {
    const claims = workloadOf({ facts })?.claimTemplates ?? 0;
    const them = deleted.length === 1 ? 'it is' : 'they are';
    const volumes = claims === 0 ? '' : ' Volume claims stay.';
    const sentence = `${withStates(deleted)} would hold the rollout up for ever, for the set replaces no pod while one is not ready: ${them} deleted after the change, unless ready by then.${volumes}`;
    consequences.push({ rule, asks: 'human', sentence, field });
  }
  // One that should be gone is told by itself, with why it is not.
  const waiting = stuck.filter(
    ({ termination: end }) => end === undefined || !isOverdue(end, facts.gatheredAt),
  );
  if (waiting.length > 0) {
    const one = waiting.length === 1;
    const sentence = `${withStates(waiting)} ${one ? 'holds' : 'hold'} the rollout up until ${one ? 'it is' : 'they are'} ready or gone: the change does not reach ${one ? 'it' : 'them'}. See to ${one ? 'it' : 'them'} first.`;
    consequences.push({ rule, asks: 'human', sentence, field });
  }
  return consequences;
}

function withDeletions(
  state: DeclarativeSpec['targetState'],
  { deleted }: HeldUp,
): DeclarativeSpec['targetState'] {
  if (deleted.length === 0) return state;
  const { sentence, fields } = state;
  const them = `${plural(deleted.length, 'pod')} that ${deleted.length === 1 ? 'holds' : 'hold'} the rollout up`;
  return {
    sentence: `${sentence} Then ${them}, ${named(deleted)}, ${deleted.length === 1 ? 'is' : 'are'} deleted.`,
    fields: {
      ...fields,
      ...Object.fromEntries(deleted.map(({ name, uid }) => [`Pod/${name}`, `deleted (uid ${uid})`])),
    },
  };
}

function withoutPods(plan: RollbackPlan, { deleted }: HeldUp): RollbackPlan {
  if (deleted.length === 0) return plan;
  const sentence = `${plan.sentence} A deleted pod does not come back; its successor stays.`;
  return { ...plan, sentence };
}

/** The deletions come last, and each by the uid that was approved. */
function withCalls(input: DraftInput, draft: Draft, { deleted }: HeldUp): Draft {
  if (draft.kind === 'refused' || deleted.length === 0) return draft;
  const { target } = input.action;
  const set = refOf(target);
  const deletions = deleted.map(({ name, uid }): Call => {
    const pod = { kind: 'Pod', namespace: set.namespace ?? '', name } as const;
    return {
      kind: 'delete',
      ref: refOf(pod),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${describeTarget(pod)}, which holds ${describeTarget(target)} up.`,
      unlessReady: { after: set },
    };
  });
  return { kind: 'calls', calls: [...draft.calls, ...deletions] };
}
