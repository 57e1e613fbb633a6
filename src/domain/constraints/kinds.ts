import type { Constraint, ConstraintName, ConstraintOf } from './constraint.ts';
import type { Asked, LiveReadings, Readings } from './readings.ts';
import { atLeast, holding, judging, type Standing } from './standing.ts';

/**
 * `before`: the change is not begun, and the readings say what it would leave at its worst moment. `during`: it has begun,
 * and they say what there is.
 */
export type Phase =
  | { readonly name: 'before'; readonly readings: Readings }
  | { readonly name: 'during'; readonly readings: LiveReadings };

/** All that belongs to one kind of constraint. */
interface ConstraintKind<K extends ConstraintName> {
  /** Until when it has to hold: until the first write, or until the change is verified. */
  readonly until: 'write' | 'verdict';
  readonly sentence: (constraint: Omit<ConstraintOf<K>, 'sentence'>) => string;
  /** Whose state decides whether it holds while the change takes. */
  readonly asks: (constraint: ConstraintOf<K>) => readonly Asked[];
  readonly holds: (constraint: ConstraintOf<K>, phase: Phase) => Standing;
}

const asksNothing = (): readonly Asked[] => [];

/** What is only asked before the change. */
const before =
  <C>(judge: (constraint: C, readings: Readings) => Standing) =>
  (constraint: C, phase: Phase): Standing =>
    phase.name === 'before' ? judge(constraint, phase.readings) : holding;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const nameOf = ({
  owner = 'It',
  namespace,
}: {
  owner?: string | undefined;
  namespace?: string | undefined;
}) => (namespace === undefined ? owner : `${owner} in ${namespace}`);

function outsideProduction(found: string | undefined): Standing {
  if (found === undefined) return holding;
  return {
    kind: 'broken',
    reason: `${found} is a production namespace now.`,
    label: 'environment',
    wanted: 'outside production',
    found: `production (${found})`,
  };
}

/** With fewer pods wanted than when it was judged, fewer have to be ready: somebody else answers for that. */
function withFewerWanted(
  least: number,
  behind: readonly { readonly owner: string; readonly of: number }[],
  namespace: string,
  { pods }: LiveReadings,
): number {
  const fewer = behind.map(({ owner, of }) => {
    const reading = pods(namespace, owner);
    const desired = reading.kind === 'known' ? reading.value.desired : undefined;
    return desired === undefined ? 0 : Math.max(0, of - desired);
  });
  return Math.max(0, least - fewer.reduce((all, each) => all + each, 0));
}

/** Every kind of constraint; one that is left out does not compile. */
const constraintKinds: { readonly [K in ConstraintName]: ConstraintKind<K> } = {
  outside_production: {
    until: 'write',
    sentence: ({ namespace }) => `${namespace} is not a production namespace.`,
    asks: asksNothing,
    holds: before((_constraint, { production }) => judging(production(), outsideProduction)),
  },
  scale_to_zero: {
    until: 'write',
    sentence: (constraint) =>
      `${nameOf(constraint)} is scaled to zero, which is only done outside production: nothing of it will run.`,
    asks: asksNothing,
    holds: before((_constraint, { production }) => judging(production(), outsideProduction)),
  },
  snapshot_required: {
    until: 'write',
    sentence: () => 'A snapshot of the object is stored before it is changed.',
    asks: asksNothing,
    holds: before((_constraint, { withoutSnapshot }) =>
      judging(withoutSnapshot(), (missing) =>
        missing.length === 0
          ? holding
          : {
              kind: 'broken',
              reason: `There is no snapshot of ${missing.join(', ')}.`,
              label: 'snapshot',
              wanted: 'stored before the change',
              found: `none of ${missing.join(', ')}`,
            },
      ),
    ),
  },
  previous_revision: {
    until: 'write',
    sentence: ({ revision }) =>
      revision === undefined ? 'A previous revision must exist.' : `Revision ${revision} must exist.`,
    asks: asksNothing,
    holds: before(({ owner = '', namespace = '', revision }, { revisions }) =>
      judging(revisions(namespace, owner), (all) => {
        const isThere = revision === undefined ? all.length > 0 : all.includes(revision);
        if (isThere) return holding;
        const named = `${all.length === 1 ? 'revision' : 'revisions'} ${all.join(', ')}`;
        const history = all.length === 0 ? 'no earlier revision' : named;
        return {
          kind: 'broken',
          reason: `${nameOf({ owner, namespace })} has ${history} to go back to.`,
          label: `history of ${nameOf({ owner, namespace })}`,
          wanted: revision === undefined ? 'an earlier revision' : `revision ${revision}`,
          found: history,
        };
      }),
    ),
  },
  minimum_replicas: {
    until: 'verdict',
    sentence: (constraint) =>
      `${nameOf(constraint)} must keep at least ${plural(constraint.replicas, 'replica')}.`,
    asks: ({ owner, namespace }) =>
      owner === undefined || namespace === undefined ? [] : [{ kind: 'pods', namespace, name: owner }],
    holds: ({ owner, namespace, replicas, from }, { name: phase, readings }) => {
      // A row of an older version is bound to the very number.
      if (owner === undefined || namespace === undefined) return holding;
      const least = phase === 'during' ? replicas : Math.min(replicas, from ?? 0);
      return judging(readings.pods(namespace, owner), ({ desired }) =>
        desired === undefined
          ? {
              kind: 'unknown',
              reason: `how many replicas ${nameOf({ owner, namespace })} wants is not known`,
            }
          : atLeast({ name: nameOf({ owner, namespace }), one: 'replica', many: 'replicas' }, desired, least),
      );
    },
  },
  ready_pods: {
    until: 'verdict',
    sentence: (constraint) =>
      `${nameOf(constraint)} must keep at least ${plural(constraint.pods, 'ready pod')}.`,
    asks: ({ owner, namespace }) => [{ kind: 'pods', namespace, name: owner }],
    holds: ({ owner, namespace, pods, of }, { readings }) =>
      judging(readings.pods(namespace, owner), ({ ready }) =>
        atLeast(
          { name: nameOf({ owner, namespace }), one: 'ready pod', many: 'ready pods' },
          ready,
          withFewerWanted(pods, [{ owner, of }], namespace, readings),
        ),
      ),
  },
  ready_endpoints: {
    until: 'verdict',
    sentence: ({ service, namespace, endpoints }) =>
      `Service/${service} in ${namespace} must keep at least ${plural(endpoints, 'ready endpoint')}.`,
    asks: ({ service, namespace, behind }) => [
      { kind: 'endpoints', namespace, name: service },
      ...behind.map(({ owner }) => ({ kind: 'pods' as const, namespace, name: owner })),
    ],
    holds: ({ service, namespace, endpoints, behind }, { readings }) =>
      judging(readings.endpoints(namespace, service), (ready) =>
        atLeast(
          { name: `Service/${service} in ${namespace}`, one: 'ready endpoint', many: 'ready endpoints' },
          ready,
          withFewerWanted(endpoints, behind, namespace, readings),
        ),
      ),
  },
  disruption_budget: {
    until: 'verdict',
    sentence: ({ budget, namespace, spare, healthy }) => {
      const parts = [
        ...(spare === 0 ? [] : [`allow ${plural(spare, 'eviction')} before the change`]),
        ...(healthy === 0 ? [] : [`keep at least ${plural(healthy, 'healthy pod')}`]),
      ];
      return `PodDisruptionBudget/${budget} in ${namespace} must ${parts.join(' and ')}.`;
    },
    asks: ({ budget, namespace }) => [{ kind: 'budget', namespace, name: budget }],
    holds: ({ budget, namespace, spare, healthy }, { name: phase, readings }) =>
      judging(readings.budget(namespace, budget), (left) => {
        if (left === 'gone') return holding;
        const name = `PodDisruptionBudget/${budget} in ${namespace}`;
        const spared = { name, one: 'eviction to spare', many: 'evictions to spare' };
        const toSpare = phase === 'before' ? atLeast(spared, left.allowed, spare) : holding;
        if (toSpare.kind !== 'holds') return toSpare;
        // One that wants fewer by now is kept by fewer.
        const least = Math.min(healthy, left.desired);
        return atLeast({ name, one: 'healthy pod', many: 'healthy pods' }, left.healthy, least);
      }),
  },
};

/** Whether a constraint holds. */
export function holds<K extends ConstraintName>(constraint: ConstraintOf<K>, phase: Phase): Standing {
  return constraintKinds[constraint.kind].holds(constraint, phase);
}

/** Whose state decides, while the change takes, whether a constraint holds; nothing where it is only asked before. */
export function asks<K extends ConstraintName>(constraint: ConstraintOf<K>): readonly Asked[] {
  return constraintKinds[constraint.kind].asks(constraint);
}

/** Whether it counts pods, which come and go. Those of older rows name nothing to look at. */
export function isCounted(constraint: Constraint): boolean {
  return constraintKinds[constraint.kind].until === 'verdict' && asks(constraint).length > 0;
}

/** Whether a constraint is watched until the change is verified; a budget that keeps no pod is only asked before. */
export function isWatched(constraint: Constraint): boolean {
  const keepsNone = constraint.kind === 'disruption_budget' && constraint.healthy === 0;
  return isCounted(constraint) && !keepsNone;
}

/** A condition as cards show it, under the heading that says that it is checked before each change. */
export function conditionText(constraint: Constraint): string {
  return isWatched(constraint) ? `${constraint.sentence} Watched until verified.` : constraint.sentence;
}

/** The sentence by which people know it. */
export function sentenceOf<K extends ConstraintName>(
  fields: Omit<ConstraintOf<K>, 'sentence'> & { readonly kind: K },
): string {
  return constraintKinds[fields.kind].sentence(fields);
}
