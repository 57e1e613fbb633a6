import { kindOf } from '../../actions/action-kinds.ts';
import { allowanceOf, covers, spends } from '../../actions/nodes/displaced.ts';
import { namespaceOf } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Dependents } from '../../domain/facts/dependents.ts';
import type { Facts, NodeSubject, Subject, WorkloadSubject } from '../../domain/facts/facts.ts';
import { frozenUntil } from '../../domain/policy/freeze.ts';
import type { Policy } from '../../domain/policy/policy.ts';

/** What an evaluation is made from, as far as it could have been different. */
export interface Situation extends Case {
  readonly policy: Policy;
  readonly circumstances?: Circumstances | undefined;
}

/** One thing that could have been different. `say` completes the sentence "Would be auto if: ...". */
export interface WhatIf {
  readonly say: string;
  /** The same situation but for this; changes can be made one after the other. */
  readonly change: (situation: Situation) => Situation;
}

/** Ways in which one thing could have been different, the smallest change first; none where it is as it should be. */
type Family = (situation: Situation) => readonly WhatIf[];

/** Numbers of pods or nodes that are worth saying: beyond ten, one more makes no difference to anybody. */
const ladder = [1, 2, 3, 4, 5, 6, 8, 10] as const;

const onFacts =
  (edit: (facts: Facts) => Facts): WhatIf['change'] =>
  (situation) => ({ ...situation, facts: edit(situation.facts) });

const onSubject = (edit: (subject: Subject) => Subject): WhatIf['change'] =>
  onFacts((facts) => ({ ...facts, subject: edit(facts.subject) }));

const onWorkload = (edit: (workload: WorkloadSubject) => WorkloadSubject): WhatIf['change'] =>
  onSubject((subject) => (subject.kind === 'workload' ? edit(subject) : subject));

const onDependents = (edit: (dependents: Dependents) => Dependents): WhatIf['change'] =>
  onFacts((facts) =>
    facts.neighbourhood === undefined ? facts : { ...facts, neighbourhood: edit(facts.neighbourhood) },
  );

const effectOf = ({ action, facts }: Case): Effect => kindOf(action.verb).effect({ action, facts });

const replicas = (count: number): string => `${count} ready ${count === 1 ? 'replica' : 'replicas'}`;

const moreReplicas: Family = (situation) => {
  const { action, facts } = situation;
  const { subject } = facts;
  if (subject.kind !== 'workload' || effectOf(situation).pods.replaced === 0) return [];
  // A DaemonSet has as many pods as nodes: nobody sets that number.
  const most = action.target.kind === 'DaemonSet' ? subject.desired : Number.POSITIVE_INFINITY;
  return ladder
    .filter((count) => count > subject.ready && count <= most)
    .map((count) => ({
      say: `${replicas(count)} instead of ${subject.ready}`,
      change: onFacts((facts) =>
        facts.subject.kind === 'workload'
          ? withEndpoints({ ...facts, subject: withReady(facts.subject, count) }, count - subject.ready)
          : facts,
      ),
    }));
};

/** So many ready pods, and no fewer wanted; those that a paused change has left behind stay as many. */
function withReady(workload: WorkloadSubject, ready: number): WorkloadSubject {
  const desired = Math.max(workload.desired, ready);
  const updated = workload.updated + desired - workload.desired;
  return { ...workload, desired, updated, ready, available: ready };
}

/** The Services over the pods have so many more of them. */
function withEndpoints(facts: Facts, more: number): Facts {
  const dependents = facts.neighbourhood;
  if (dependents === undefined) return facts;
  const services = dependents.services.map((each) => ({ ...each, ready: each.ready + more }));
  const own = facts.subject.kind === 'workload' ? more : 0;
  const owned = services.map((each) => ({ ...each, own: each.own + own }));
  return { ...facts, neighbourhood: { ...dependents, services: owned } };
}

const moreControllerReplicas: Family = (situation) => {
  const { subject } = situation.facts;
  const live = subject.kind === 'pod' ? subject.controller?.ready : undefined;
  const { pods } = effectOf(situation);
  if (pods.deleted + pods.released === 0 || live === undefined) return [];
  return ladder
    .filter((count) => count > live)
    .map((count) => ({
      say: `${replicas(count)} instead of ${live}`,
      change: onFacts((facts) => {
        const now = facts.subject;
        if (now.kind !== 'pod' || now.controller === undefined) return facts;
        const desired = Math.max(now.controller.desired ?? 0, count);
        const controller = { ...now.controller, desired, ready: count };
        return withEndpoints({ ...facts, subject: { ...now, controller } }, count - live);
      }),
    }));
};

const moreNodes: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'node' || effectOf(situation).node?.closes !== true) return [];
  const live = subject.otherSchedulableNodes;
  return ladder
    .filter((count) => count > live)
    .map((count) => ({
      say: `${count} other ${count === 1 ? 'node that takes' : 'nodes that take'} pods instead of ${live}`,
      change: onSubject((now) => (now.kind === 'node' ? { ...now, otherSchedulableNodes: count } : now)),
    }));
};

const idleJob: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'job' || effectOf(situation).pods.stopped === 0) return [];
  const change = onSubject((now) => (now.kind === 'job' ? { ...now, active: 0, pods: [] } : now));
  return [{ say: `no running pod instead of ${subject.active}`, change }];
};

const onNode = (edit: (node: NodeSubject) => NodeSubject): WhatIf['change'] =>
  onSubject((subject) => (subject.kind === 'node' ? edit(subject) : subject));

/** Workloads that have pods here have so many elsewhere as well. */
const moreElsewhere: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const sole = (subject.owners ?? []).filter(({ namespace, owner, ready }) => {
    const here = going.filter((pod) => pod.ready && pod.namespace === namespace && pod.owner === owner);
    return here.length > 0 && here.length >= ready;
  });
  const [first] = sole;
  if (first === undefined) return [];
  const who = sole.length === 1 ? `${first.owner} in ${first.namespace}` : `each of ${sole.length} workloads`;
  return ladder.map((count) => ({
    say: `${replicas(count)} of ${who} on other nodes`,
    change: onNode((node) => ({
      ...node,
      owners: (node.owners ?? []).map((each) =>
        sole.includes(each) ? { ...each, ready: each.ready + count } : each,
      ),
    })),
  }));
};

const placeForAll: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const count = going.filter((pod) => pod.noPlace !== undefined).length;
  if (count === 0) return [];
  const change = onNode((node) => ({
    ...node,
    tenants: (node.tenants ?? []).map(({ noPlace: _, ...pod }) => pod),
  }));
  return [{ say: `a place for ${count === 1 ? 'the pod' : `the ${count} pods`} on another node`, change }];
};

const roomInNodeBudget: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const short = (subject.budgets ?? []).filter((budget) => {
    const asking = going.filter((pod) => covers(budget, pod) && spends(pod, budget));
    return asking.length > allowanceOf(budget);
  });
  const [only] = short;
  if (only === undefined || short.length > 1) return [];
  const { namespace, name, desired, expected } = only;
  return ladder
    .filter((count) => count > allowanceOf(only))
    .map((count) => ({
      say: `PodDisruptionBudget/${name} in ${namespace} allowing ${count} instead of ${allowanceOf(only)}`,
      change: onNode((node) => ({
        ...node,
        budgets: (node.budgets ?? []).map((each) =>
          each.namespace === namespace && each.name === name
            ? { ...each, healthy: desired + count, expected: Math.max(expected, desired + count) }
            : each,
        ),
      })),
    }));
};

const gentleStrategy: Family = ({ action, facts: { subject } }) => {
  if (subject.kind !== 'workload' || action.target.kind !== 'Deployment') return [];
  const { strategy } = subject;
  if (strategy.type === 'RollingUpdate' && strategy.maxUnavailable === 0) return [];
  const say =
    strategy.type === 'RollingUpdate'
      ? `maxUnavailable 0 instead of ${strategy.maxUnavailable}`
      : `a rolling update that starts new pods first instead of ${strategy.type}`;
  const gentle = { type: 'RollingUpdate', maxUnavailable: 0, maxSurge: 1, partition: 0 } as const;
  return [{ say, change: onWorkload((workload) => ({ ...workload, strategy: gentle })) }];
};

const anyRollingUpdate: Family = ({ facts: { subject } }) => {
  if (subject.kind !== 'workload' || subject.strategy.type !== 'OnDelete') return [];
  const rolling = { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 0 } as const;
  const change = onWorkload((workload) => ({ ...workload, strategy: rolling }));
  return [{ say: 'RollingUpdate instead of OnDelete', change }];
};

const resumed: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'workload' || !subject.paused) return [];
  if (effectOf(situation).rollout === 'releases') return [];
  return [{ say: 'not paused', change: onWorkload((workload) => ({ ...workload, paused: false })) }];
};

const proven: Family = ({ facts: { subject } }) => {
  const unproven = subject.kind === 'workload' ? (subject.unproven ?? []) : [];
  if (unproven.length === 0) return [];
  const change = onWorkload((workload) => ({ ...workload, unproven: [] }));
  return [{ say: `a readinessProbe for ${unproven.join(' and ')}`, change }];
};

const settled: Family = ({ facts: { subject, identity } }) => {
  if (subject.kind !== 'workload') return [];
  if (!subject.rollingOut && subject.observedGeneration >= identity.generation) return [];
  const over = onFacts((facts) => {
    if (facts.subject.kind !== 'workload') return facts;
    const observedGeneration = Math.max(facts.subject.observedGeneration, facts.identity.generation);
    const { desired } = facts.subject;
    return {
      ...facts,
      subject: { ...facts.subject, rollingOut: false, updated: desired, observedGeneration },
    };
  });
  return [{ say: 'no rollout running', change: over }];
};

const readable: Family = ({ facts: { unknown } }) => {
  if (unknown.length === 0) return [];
  const names = [...new Set(unknown.map(({ fact }) => fact))].toSorted().join(', ');
  return [{ say: `known and harmless: ${names}`, change: onFacts((facts) => ({ ...facts, unknown: [] })) }];
};

const elsewhere: Family = ({ action, policy }) => {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || !policy.namespaces.production.includes(namespace)) return [];
  const change: WhatIf['change'] = (situation) => {
    const { namespaces } = situation.policy;
    const production = namespaces.production.filter((name) => name !== namespace);
    return { ...situation, policy: { ...situation.policy, namespaces: { ...namespaces, production } } };
  };
  return [{ say: 'outside production', change }];
};

const roomToScale: Family = (situation) => {
  const { autoscaler, subject } = situation.facts;
  const { size } = effectOf(situation);
  // What an autoscaler is asked to do does not depend on how near its limit it is.
  if (autoscaler === undefined || subject.kind !== 'workload' || size?.by === 'autoscaler') return [];
  if (size?.by === 'person') {
    const change = onFacts(({ autoscaler: _, ...facts }) => facts);
    return [{ say: `no HorizontalPodAutoscaler/${autoscaler.name}`, change }];
  }
  if (subject.desired < autoscaler.max) return [];
  const change = onFacts((facts) =>
    facts.subject.kind === 'workload' && facts.autoscaler !== undefined
      ? { ...facts, autoscaler: { ...facts.autoscaler, max: facts.subject.desired + 1 } }
      : facts,
  );
  return [{ say: `HorizontalPodAutoscaler/${autoscaler.name} not at its limit`, change }];
};

const startable: Family = ({ facts: { warnings } }) => {
  const failed = (warnings ?? []).filter(({ reason }) => reason.startsWith('Failed'));
  if (failed.length === 0) return [];
  const change = onFacts((facts) => ({
    ...facts,
    warnings: (facts.warnings ?? []).filter(({ reason }) => !reason.startsWith('Failed')),
  }));
  return [{ say: `no ${failed.map(({ reason }) => reason).join(' and ')} lately`, change }];
};

/** A ScaledObject takes the autoscaler that it has made with it. */
const unscaled: Family = (situation) => {
  const { scaledObject } = situation.facts;
  if (scaledObject === undefined || effectOf(situation).size?.by !== 'person') return [];
  const change = onFacts(({ scaledObject: _, autoscaler: __, ...facts }) => facts);
  return [{ say: `no ScaledObject/${scaledObject.name}`, change }];
};

/** It sets requests without taking pods away. */
const gentleResizing: Family = ({ facts: { verticalAutoscaler } }) => {
  if (verticalAutoscaler === undefined || verticalAutoscaler.mode === 'Initial') return [];
  const { name, mode } = verticalAutoscaler;
  const change = onFacts((facts) => ({ ...facts, verticalAutoscaler: { name, mode: 'Initial' } }));
  return [{ say: `VerticalPodAutoscaler/${name} in mode Initial instead of ${mode}`, change }];
};

const ownedHere: Family = ({ facts: { gitOps } }) => {
  if (gitOps === undefined) return [];
  const change = onFacts(({ gitOps: _, ...facts }) => facts);
  return [{ say: `not managed by ${gitOps.manager} (${gitOps.name})`, change }];
};

const uncontrolled: Family = ({ facts: { owner } }) => {
  if (owner === undefined) return [];
  const change = onFacts(({ owner: _, ...facts }) => facts);
  return [{ say: `not controlled by ${owner.kind}/${owner.name}`, change }];
};

const quietField: Family = ({ facts: { neighbourhood } }) => {
  if (neighbourhood?.lastChange === undefined) return [];
  const { manager, field } = neighbourhood.lastChange;
  const change = onDependents(({ lastChange: _, ...dependents }) => dependents);
  return [{ say: `${field} not just changed by ${manager}`, change }];
};

const roomInQuota: Family = (situation) => {
  const quotas = situation.facts.neighbourhood?.quotas ?? [];
  if (quotas.length === 0) return [];
  const { size } = effectOf(situation);
  const enough = size?.by === 'person' ? size.to : Number.MAX_SAFE_INTEGER;
  const change = onDependents((dependents) => ({
    ...dependents,
    quotas: dependents.quotas.map((each) => ({ ...each, podsLeft: Math.max(each.podsLeft, enough) })),
  }));
  return [{ say: `room in ${quotas.map(({ name }) => `ResourceQuota/${name}`).join(' and ')}`, change }];
};

const roomInBudget: Family = ({ facts: { neighbourhood } }) => {
  const budgets = neighbourhood?.budgets ?? [];
  const [first] = budgets;
  if (first === undefined || budgets.length > 1) return [];
  return ladder
    .filter((count) => count > first.allowed)
    .map((count) => ({
      say: `PodDisruptionBudget/${first.name} allowing ${count} instead of ${first.allowed}`,
      change: onDependents((dependents) => ({
        ...dependents,
        budgets: dependents.budgets.map((each) => ({ ...each, allowed: Math.max(each.allowed, count) })),
      })),
    }));
};

const noLeader: Family = ({ facts: { neighbourhood } }) => {
  const leases = neighbourhood?.leases ?? [];
  if (leases.length === 0) return [];
  const change = onDependents((dependents) => ({ ...dependents, leases: [] }));
  return [{ say: `${leases.map(({ name }) => `Lease/${name}`).join(' and ')} held elsewhere`, change }];
};

const thawed: Family = ({ policy, circumstances }) =>
  policy.freezes.flatMap((freeze): WhatIf[] => {
    const local = circumstances?.local.find(({ zone }) => zone === freeze.timeZone);
    const until = local === undefined ? undefined : frozenUntil(freeze, local);
    if (until === undefined) return [];
    const change: WhatIf['change'] = (situation) => {
      const freezes = situation.policy.freezes.filter(({ name }) => name !== freeze.name);
      return { ...situation, policy: { ...situation.policy, freezes } };
    };
    return [{ say: `outside the freeze "${freeze.name}", which holds until ${until}`, change }];
  });

const unspent: Family = ({ policy }) => {
  if (policy.budgets === undefined) return [];
  const change: WhatIf['change'] = (situation) => {
    const { budgets: _, ...rest } = situation.policy;
    return { ...situation, policy: rest };
  };
  return [{ say: 'within the blast budgets', change }];
};

/** Everything that could honestly have been different, in the order in which it is told. */
export const families: readonly Family[] = [
  moreReplicas,
  moreControllerReplicas,
  moreNodes,
  idleJob,
  moreElsewhere,
  placeForAll,
  roomInNodeBudget,
  gentleStrategy,
  anyRollingUpdate,
  resumed,
  settled,
  proven,
  startable,
  roomToScale,
  unscaled,
  gentleResizing,
  ownedHere,
  uncontrolled,
  noLeader,
  roomInBudget,
  roomInQuota,
  quietField,
  thawed,
  unspent,
  readable,
  elsewhere,
];
