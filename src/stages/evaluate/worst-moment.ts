import { allowanceOf, awayAtOnce, covers, readyBefore, spends } from '../../actions/nodes/displaced.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import { endpointsLeft } from './disturbance.ts';
import { nodeOf, podOf, type RuleInput, workloadOf } from './rule.ts';

/** Pods of an owner that stay ready. `of`: how many are wanted or, of those that leave a node, were ready. */
interface PodsLeft {
  readonly namespace: string;
  readonly owner: string;
  readonly left: number;
  readonly of: number;
  /** How many are wanted, where that was read. */
  readonly desired: number | undefined;
  /** Of those that are ready now, so many have crashed not long ago: they may do it again. */
  readonly shaky: number;
}

interface ServiceLeft {
  readonly namespace: string;
  readonly service: string;
  readonly left: number;
  readonly behind: readonly { readonly owner: string; readonly of: number }[];
  readonly shaky: number;
}

/** A budget from which the change takes. `lost`: healthy pods away at one moment. */
interface BudgetTaken {
  readonly namespace: string;
  readonly budget: string;
  readonly healthy: number;
  readonly desired: number;
  readonly allowed: number;
  readonly lost: number;
  /** Each is asked of the budget, which then makes the next wait. */
  readonly evicts: boolean;
  readonly shaky: number;
}

/** What a change leaves at its worst moment, of everything that it takes from. */
export interface WorstMoment {
  readonly pods: readonly PodsLeft[];
  readonly services: readonly ServiceLeft[];
  readonly budgets: readonly BudgetTaken[];
}

const untouched: WorstMoment = { pods: [], services: [], budgets: [] };

export function worstMomentOf(input: RuleInput): WorstMoment {
  const { effect, facts } = input;
  const { readiness, endpoints, pods } = effect;
  if (pods.moved.length > 0) return ofNode(input);
  if (readiness === undefined && endpoints.length === 0) return untouched;
  return facts.subject.kind === 'workload' || facts.subject.kind === 'pod' ? ofPods(input) : untouched;
}

function ofPods(input: RuleInput): WorstMoment {
  const { facts, effect } = input;
  const namespace = facts.namespace?.name;
  const { neighbourhood } = facts;
  if (namespace === undefined) return untouched;
  const shaky = shakyPods(input);
  const own = ownerOf(input);
  const { readiness } = effect;
  const lost = readiness === undefined ? 0 : readiness.before - readiness.left;
  const behind = own?.of === undefined ? [] : [{ owner: own.owner, of: own.of }];
  return {
    pods:
      own?.of === undefined || readiness === undefined
        ? []
        : [{ namespace, owner: own.owner, left: readiness.left, of: own.of, desired: own.desired, shaky }],
    services: (neighbourhood?.services ?? []).map((service) => ({
      namespace,
      service: service.name,
      left: endpointsLeft(input, service),
      behind,
      shaky: Math.min(shaky, service.own),
    })),
    budgets:
      lost === 0
        ? []
        : (neighbourhood?.budgets ?? []).flatMap(
            ({ name, healthy, desired, allowed, stuck }): BudgetTaken[] => {
              const taken = {
                namespace,
                budget: name,
                healthy,
                desired,
                allowed,
                lost,
                evicts: false,
                shaky,
              };
              return stuck === undefined ? [taken] : [];
            },
          ),
  };
}

/** Whose pods they are, and how many there are to be once a smaller size is reached. */
function ownerOf(input: RuleInput) {
  const { kind, name } = input.action.target;
  const workload = workloadOf(input);
  if (workload !== undefined) {
    const { desired } = workload;
    return { owner: `${kind}/${name}`, of: Math.min(desired, input.effect.size?.to ?? desired), desired };
  }
  const controller = podOf(input)?.controller;
  if (controller === undefined) return undefined;
  const { desired, ready } = controller;
  return { owner: `${controller.kind}/${controller.name}`, of: desired ?? ready, desired };
}

/**
 * Pods that are ready now and have crashed within the last hour: a repair must not be held to them. Where the events of
 * that hour could not be read, any crash counts.
 */
function shakyPods(input: RuleInput): number {
  const { warnings } = input.facts;
  if (warnings !== undefined && !warnings.some(({ reason }) => reason === 'BackOff')) return 0;
  const pods = workloadOf(input)?.pods ?? [];
  return pods.filter(
    ({ ready, deleting, restarts, terminated }) =>
      ready && !deleting && restarts > 0 && terminated !== undefined,
  ).length;
}

function ofNode(input: RuleInput): WorstMoment {
  const { owners = [], budgets = [] } = nodeOf(input) ?? {};
  const { pods, node, endpoints } = input.effect;
  const evicts = node?.evicts === true;
  const left = owners.flatMap(({ namespace, owner, ready }): PodsLeft[] => {
    const own = pods.moved.filter((pod) => pod.namespace === namespace && pod.owner === owner);
    if (own.length === 0) return [];
    const before = readyBefore(ready, own);
    const left = before - awayAtOnce(evicts, own, budgets);
    return [{ namespace, owner, left, of: before, desired: undefined, shaky: 0 }];
  });
  return {
    pods: left,
    services: endpoints.map(({ service: full, left: stay }) => {
      // Of a node they are named with their namespace, `web in shop`.
      const [service = full, namespace = ''] = full.split(' in ');
      const behind = left.filter((each) => each.namespace === namespace);
      return {
        ...{ namespace, service, left: stay, shaky: 0 },
        behind: behind.map(({ owner, of }) => ({ owner, of })),
      };
    }),
    budgets: budgets.flatMap((budget) => taken(budget, pods.moved, evicts)),
  };
}

type Budget = Parameters<typeof allowanceOf>[0];

function taken(budget: Budget, moved: readonly NodePod[], evicts: boolean): BudgetTaken[] {
  const asking = moved.filter((pod) => covers(budget, pod) && spends(pod, budget));
  const { namespace, name, healthy, desired, stuck } = budget;
  if (asking.length === 0 || stuck !== undefined) return [];
  const allowed = allowanceOf(budget);
  const lost = evicts ? Math.min(asking.length, allowed) : asking.length;
  return [{ namespace, budget: name, healthy, desired, allowed, lost, evicts, shaky: 0 }];
}

/** What several changes leave that are one: of what two of them take from, the least. */
export function worstOfAll(moments: readonly WorstMoment[]): WorstMoment {
  return {
    pods: merged(
      moments.flatMap(({ pods }) => pods),
      ({ namespace, owner }) => `${namespace}/${owner}`,
      (a, b) => ({ ...a, left: Math.min(a.left, b.left) }),
    ),
    services: merged(
      moments.flatMap(({ services }) => services),
      ({ namespace, service }) => `${namespace}/${service}`,
      (a, b) => ({
        ...a,
        left: Math.min(a.left, b.left),
        shaky: a.shaky + b.shaky,
        behind: merged(
          [...a.behind, ...b.behind],
          ({ owner }) => owner,
          (one) => one,
        ),
      }),
    ),
    budgets: merged(
      moments.flatMap(({ budgets }) => budgets),
      ({ namespace, budget }) => `${namespace}/${budget}`,
      // What the first takes is taken when the second is judged.
      (a, b) => ({ ...a, lost: a.lost + b.lost, shaky: a.shaky + b.shaky }),
    ),
  };
}

function merged<T>(all: readonly T[], keyOf: (each: T) => string, merge: (a: T, b: T) => T): T[] {
  const found = new Map<string, T>();
  for (const each of all) {
    const known = found.get(keyOf(each));
    found.set(keyOf(each), known === undefined ? each : merge(known, each));
  }
  return [...found.values()];
}
