import { describeTarget } from '../../domain/action.ts';
import type { Constraint } from '../../domain/constraints/constraint.ts';
import {
  known,
  type LiveReadings,
  notKnown,
  type PodsReady,
  type Reading,
  type Readings,
} from '../../domain/constraints/readings.ts';
import type { FactName } from '../../domain/facts/unknown-fact.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';
import { worstOfMembers } from '../../stages/evaluate/request.ts';
import { membershipsOf, productionOf } from '../../stages/evaluate/whereabouts.ts';
import type { WorkflowContext } from '../context.ts';
import { type Conditions, conditionsOf, readFor } from '../lifecycle/conditions.ts';
import type { GatheredMember } from '../lifecycle/members.ts';

/** What the gate has gathered freshly. */
interface Gathered {
  readonly members: readonly GatheredMember[];
  readonly policy: Policy;
}

/**
 * How all the constraints stand before the change, on what was gathered for the gate. What that does not tell is read
 * besides: of a Service or an owner that the change would not take from any more, and how many pods are wanted.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function conditionsBefore(
  context: Pick<WorkflowContext, 'cluster'>,
  stored: readonly Constraint[],
  gathered: Gathered,
  signal: AbortSignal,
): Promise<Conditions> {
  const constraints = stored.flatMap((each) => withOwner(each, gathered.members));
  const fresh = readingsIn(gathered);
  const first = conditionsOf(constraints, { name: 'before', readings: fresh });
  const open = [...first.broken, ...first.unknown].map(({ constraint }) => constraint);
  if (open.length === 0) return first;
  const live = await readFor(context, open, signal);
  return conditionsOf(open, { name: 'before', readings: completed(fresh, live) });
}

/** In rows of an older version it is that of the target, of each of several. */
function withOwner(constraint: Constraint, members: readonly GatheredMember[]): Constraint[] {
  if (constraint.kind !== 'previous_revision' || constraint.owner !== undefined) return [constraint];
  return members.flatMap(({ action: { target } }) =>
    'namespace' in target
      ? [{ ...constraint, owner: `${target.kind}/${target.name}`, namespace: target.namespace }]
      : [],
  );
}

/** What was gathered, and what the change would leave of it at its worst moment. */
function readingsIn(gathered: Gathered): Readings {
  const { members, policy } = gathered;
  const worst = worstOfMembers(gathered);
  return {
    production: () => known(productionAround(members, policy)),
    withoutSnapshot: () =>
      known(members.filter((each) => !isKept(each)).map(({ action: { target } }) => describeTarget(target))),
    revisions: (namespace, owner) => revisionsOf(members, namespace, owner),
    pods: (namespace, owner) => {
      const left = worst.pods.find((each) => each.namespace === namespace && each.owner === owner);
      if (left !== undefined) return known({ ready: left.left, desired: left.desired });
      return workloadAmong(members, namespace, owner);
    },
    endpoints: (namespace, service) => {
      const left = worst.services.find((each) => each.namespace === namespace && each.service === service);
      return left === undefined || isUnknown(members, ['services', 'endpoint slices'])
        ? notGathered
        : known(left.left);
    },
    budget: (namespace, budget) => {
      const found = worst.budgets.find((each) => each.namespace === namespace && each.budget === budget);
      return found === undefined || isUnknown(members, ['pod disruption budgets'])
        ? notGathered
        : known({ ...found, healthy: Math.max(0, found.healthy - found.lost) });
    },
  };
}

const notGathered = notKnown('it was not read');

function isUnknown(members: readonly GatheredMember[], facts: readonly FactName[]): boolean {
  return members.some(({ facts: { unknown } }) => unknown.some(({ fact }) => facts.includes(fact)));
}

function productionAround(members: readonly GatheredMember[], policy: Policy): string | undefined {
  for (const { action, facts } of members) {
    const production = productionOf(action, policy, membershipsOf(action, facts, policy));
    if (production !== undefined) return production.namespace;
  }
  return undefined;
}

/** The snapshot that is stored with the transition is the object itself, this very one. */
function isKept({ facts, snapshot }: GatheredMember): boolean {
  const { uid } = facts.identity;
  return snapshot.uid === uid && valueAt(snapshot.object, 'metadata', 'uid') === uid;
}

function revisionsOf(
  members: readonly GatheredMember[],
  namespace: string,
  owner: string,
): Reading<readonly number[]> {
  const member = memberOf(members, namespace, owner);
  const subject = member?.facts.subject;
  if (subject?.kind !== 'workload') return notGathered;
  const { revisions, liveRevision } = subject;
  const unread = member?.facts.unknown.find(({ fact }) => fact === 'revisions');
  if (unread !== undefined && revisions.length === 0) return notKnown(unread.reason);
  return known(revisions.map(({ revision }) => revision).filter((each) => each !== liveRevision));
}

function workloadAmong(
  members: readonly GatheredMember[],
  namespace: string,
  owner: string,
): Reading<PodsReady> {
  const subject = memberOf(members, namespace, owner)?.facts.subject;
  return subject?.kind === 'workload'
    ? known({ ready: subject.ready, desired: subject.desired })
    : notGathered;
}

const memberOf = (members: readonly GatheredMember[], namespace: string, owner: string) =>
  members.find(
    ({ action: { target } }) =>
      `${target.kind}/${target.name}` === owner && 'namespace' in target && target.namespace === namespace,
  );

/** What was gathered counts, because it says what the change leaves; how many pods are wanted is read freshly. */
function completed(fresh: Readings, live: LiveReadings): Readings {
  return {
    ...fresh,
    pods: (namespace, owner) => {
      const [gathered, read] = [fresh.pods(namespace, owner), live.pods(namespace, owner)];
      if (gathered.kind === 'unknown') return read;
      const desired = read.kind === 'known' ? read.value.desired : undefined;
      return known({ ready: gathered.value.ready, desired: desired ?? gathered.value.desired });
    },
    endpoints: (namespace, service) =>
      either(fresh.endpoints(namespace, service), live.endpoints(namespace, service)),
    budget: (namespace, name) => either(fresh.budget(namespace, name), live.budget(namespace, name)),
  };
}

const either = <T>(first: Reading<T>, second: Reading<T>): Reading<T> =>
  first.kind === 'known' ? first : second;
