import type { Case } from '../../domain/case.ts';
import type {
  ClaimsDeleted,
  Effect,
  MostPods,
  PodsChanged,
  Readiness,
  SizeChange,
} from '../../domain/effect.ts';
import type { Facts, WorkloadSubject } from '../../domain/facts/facts.ts';
import {
  allKnown,
  losingReady,
  needsNothing,
  nobody,
  noPods,
  quietEffect,
  sameContent,
} from '../no-effect.ts';
import { heldUpInOrder } from './in-order.ts';

/** What distinguishes one change of size from another. */
interface ResizeParts extends Pick<SizeChange, 'by'>, Pick<Effect, 'drift' | 'consequences'> {
  readonly to: (workload: WorkloadSubject) => number;
  /** The fewest replicas that there may be later without anybody being asked again. */
  readonly least?: number;
  /** The most that there may be. */
  readonly most?: Pick<MostPods, 'from' | 'to' | 'field'>;
}

/** The effect of another number of replicas: pods are started or stopped, none is replaced. */
export function resizeEffect(
  { action, facts }: Case,
  { to, by, least, most, drift, consequences }: ResizeParts,
): Effect {
  const { subject } = facts;
  if (subject.kind !== 'workload')
    return quietEffect({ rollout: 'competes', drift, consequences, unknown: allKnown });
  const workload = subject;
  const size: SizeChange = { from: workload.desired, to: to(workload), by };
  const readiness = readinessAfter(workload, size);
  const held = heldUpInOrder({ action }, workload, size);
  return {
    pods: podsChanged(size),
    readiness,
    endpoints: losingReady(facts, readiness),
    claims: claimsDeleted(facts, workload, size, least),
    size,
    most: most && { ...most, now: workload.desired },
    content: sameContent,
    node: undefined,
    run: undefined,
    rollout: 'competes',
    drift,
    needs: needsNothing,
    consequences: held.length === 0 ? consequences : [...consequences, ...held],
    unknown: allKnown,
  };
}

function podsChanged({ from, to }: SizeChange): PodsChanged {
  if (from === to) return noPods;
  return {
    replaced: 0,
    started: Math.max(0, to - from),
    stopped: Math.max(0, from - to),
    deleted: 0,
    released: 0,
    moved: nobody,
    ended: nobody,
    affected: { pods: Math.abs(to - from), becomes: 'started or stopped', field: 'spec.replicas' },
  };
}

function readinessAfter({ ready: before }: WorkloadSubject, { from, to }: SizeChange): Readiness | undefined {
  return to < from ? { before, left: Math.min(before, to) } : undefined;
}

/** A StatefulSet may delete the claims of the pods that it stops (persistentVolumeClaimRetentionPolicy). */
function claimsDeleted(
  { neighbourhood }: Facts,
  { claimTemplates }: WorkloadSubject,
  { from, to }: SizeChange,
  least = from,
): ClaimsDeleted | undefined {
  if (neighbourhood?.retention?.whenScaled !== 'Delete' || claimTemplates === 0) return undefined;
  if (to < from) return { now: (from - to) * claimTemplates, laterDownTo: undefined };
  return least < from ? { now: 0, laterDownTo: least } : undefined;
}
