import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import {
  effectOf,
  type Family,
  ladder,
  onFacts,
  onSubject,
  onWorkload,
  replicas,
  withEndpoints,
} from './situation.ts';

export const moreReplicas: Family = (situation) => {
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

export const moreControllerReplicas: Family = (situation) => {
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

export const idleJob: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'job' || effectOf(situation).pods.stopped === 0) return [];
  const change = onSubject((now) => (now.kind === 'job' ? { ...now, active: 0, pods: [] } : now));
  return [{ say: `no running pod instead of ${subject.active}`, change }];
};

export const gentleStrategy: Family = ({ action, facts: { subject } }) => {
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

export const anyRollingUpdate: Family = ({ facts: { subject } }) => {
  if (subject.kind !== 'workload' || subject.strategy.type !== 'OnDelete') return [];
  const rolling = { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 0 } as const;
  const change = onWorkload((workload) => ({ ...workload, strategy: rolling }));
  return [{ say: 'RollingUpdate instead of OnDelete', change }];
};

export const resumed: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'workload' || !subject.paused) return [];
  if (effectOf(situation).rollout === 'releases') return [];
  return [{ say: 'not paused', change: onWorkload((workload) => ({ ...workload, paused: false })) }];
};

export const proven: Family = ({ facts: { subject } }) => {
  const unproven = subject.kind === 'workload' ? (subject.unproven ?? []) : [];
  if (unproven.length === 0) return [];
  const change = onWorkload((workload) => ({ ...workload, unproven: [] }));
  return [{ say: `a readinessProbe for ${unproven.join(' and ')}`, change }];
};

export const settled: Family = ({ facts: { subject, identity } }) => {
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

export const startable: Family = ({ facts: { warnings } }) => {
  const failed = (warnings ?? []).filter(({ reason }) => reason.startsWith('Failed'));
  if (failed.length === 0) return [];
  const change = onFacts((facts) => ({
    ...facts,
    warnings: (facts.warnings ?? []).filter(({ reason }) => !reason.startsWith('Failed')),
  }));
  return [{ say: `no ${failed.map(({ reason }) => reason).join(' and ')} lately`, change }];
};

export const placeForNew: Family = ({ facts: { places } }) => {
  if (places === undefined) return [];
  const { stuck, claims, down, silent } = places;
  if ([stuck, claims, down, silent].every((each) => each === undefined)) return [];
  const say = (down ?? silent) === undefined ? 'a place for every new pod' : 'all its nodes ready';
  const change = onFacts(({ places: found, ...facts }) =>
    found === undefined ? facts : { ...facts, places: { tried: found.tried, placed: found.tried } },
  );
  return [{ say, change }];
};
