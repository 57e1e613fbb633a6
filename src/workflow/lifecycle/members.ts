import {
  type Action,
  describeTarget,
  isGroup,
  memberOf,
  mostTargets,
  type Request,
} from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { planExecution } from '../../stages/execute/plan.ts';
import type { Cluster, Gathered, Snapshot } from '../ports.ts';

/** One object that a request is for, as it is now. */
export interface GatheredMember extends Case {
  readonly snapshot: Snapshot;
}

type Members = readonly [GatheredMember, ...GatheredMember[]];

/** Every object that a request is for, or why there is none. `missing`: the name of the one that is not there. */
export type GatheredMembers =
  | { readonly kind: 'members'; readonly members: Members }
  | (Exclude<Gathered, { kind: 'facts' }> & { readonly missing?: string });

/**
 * Looks at every object that a request is for. One that is missing or may not be read stops the whole: a command for
 * five that is carried out on four is not what anybody asked for.
 *
 * @param reading absent: all of it is read now (`Cluster.gather`)
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function gatherMembers(
  cluster: Pick<Cluster, 'gather' | 'select'>,
  request: Request,
  signal: AbortSignal,
  reading?: 'shared',
): Promise<GatheredMembers> {
  const listed = await actionsOf(cluster, request, signal);
  if (listed.kind !== 'actions') return listed;
  const answers = await cluster.gather(listed.actions, signal, reading);
  const gathered: GatheredMember[] = [];
  for (const [index, action] of listed.actions.entries()) {
    const answer = answers[index];
    if (answer === undefined) return noMembers(request);
    if (answer.kind !== 'facts') return { ...answer, missing: action.target.name };
    gathered.push({ action, facts: answer.facts, snapshot: answer.snapshot });
  }
  const [first, ...others] = gathered;
  return first === undefined ? noMembers(request) : { kind: 'members', members: [first, ...others] };
}

const noMembers = ({ target }: Request): GatheredMembers & { kind: 'absent' } => ({
  kind: 'absent',
  reason: `There are no ${describeTarget(target)}.`,
});

type Listed =
  | { readonly kind: 'actions'; readonly actions: readonly Action[] }
  | Exclude<Gathered, { kind: 'facts' }>;

async function actionsOf(
  cluster: Pick<Cluster, 'select'>,
  request: Request,
  signal: AbortSignal,
): Promise<Listed> {
  if (!isGroup(request)) return { kind: 'actions', actions: [request] };
  const { target } = request;
  if ('names' in target)
    return { kind: 'actions', actions: target.names.map((name) => memberOf(request, name)) };
  const selected = await cluster.select(target, signal);
  if (selected.kind === 'denied') return selected;
  const { names } = selected;
  if (names.length > mostTargets) {
    const reason = `${names.length} ${target.kind}s match ${target.selector}; at most ${mostTargets} are changed by one command.`;
    return { kind: 'denied', reason };
  }
  return { kind: 'actions', actions: names.map((name) => memberOf(request, name)) };
}

/**
 * One plan for all of them, in order, with how many calls belong to each; or why one of them has none.
 *
 * @param stamp ISO instant of this execution, the same in every retry
 */
export function planAll(
  members: readonly GatheredMember[],
  { remediationId, stamp }: { remediationId: string; stamp: string },
): ReturnType<typeof planExecution> {
  const plans: Plan[] = [];
  for (const { action, facts, snapshot } of members) {
    const planned = planExecution({ action, facts, snapshot: snapshot.object, remediationId, stamp });
    if (planned.kind === 'refused') return planned;
    plans.push(planned.plan);
  }
  const [first] = plans;
  if (first === undefined) return { kind: 'refused', reason: 'There is no object to plan for.' };
  if (plans.length === 1) return { kind: 'plan', plan: first };
  const calls = plans.flatMap((each) => each.calls);
  return { kind: 'plan', plan: { ...first, calls, parts: plans.map((each) => each.calls.length) } };
}

/** What a judged row keeps of its members: nothing besides the facts where there is one. */
export function kept(request: Request, members: readonly [Case, ...Case[]]) {
  const { facts } = members[0];
  if (!isGroup(request)) return { facts };
  return { facts, members: members.map(({ action, facts: own }) => ({ action, facts: own })) };
}

/** What this process has just looked at, for the next step of the same remediation. Nothing is lost with it. */
export interface JustSeen {
  /** @param row as it is about to be committed */
  keep(row: Remediation, members: Members): void;
  /** Once, and only while it is new: undefined where all has to be looked at again. */
  take(row: Remediation): Members | undefined;
}

/** Milliseconds: a commit lies between the two steps, and little else. */
const newFor = 1000;

/**
 * @param age milliseconds since whatever moment; for tests
 * @param most that are kept, the latest of them
 */
export function createJustSeen(age = () => performance.now(), most = 50): JustSeen {
  const known = new Map<string, { readonly at: number; readonly members: Members }>();
  return {
    keep: (row, members) => {
      const key = keyOf(row);
      known.set(key, { at: age(), members });
      // Of large groups it is much, and another replica may take the row on.
      setTimeout(() => known.delete(key), newFor).unref();
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
    take: (row) => {
      const key = keyOf(row);
      const seen = known.get(key);
      known.delete(key);
      return seen !== undefined && age() - seen.at < newFor ? seen.members : undefined;
    },
  };
}

const keyOf = ({ id, version }: Remediation): string => `${id} ${version}`;
