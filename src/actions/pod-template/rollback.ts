import { describeTarget } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { RollbackPlan } from '../../domain/spec.ts';
import { liveUnknown, noRollback } from '../rollback.ts';
import { workloadOf } from '../subject.ts';

/** Through the history: it holds the old values, which may be secrets, so that no plan has to. */
export function toLiveTemplate(judged: Case<'set env' | 'set resources'>): RollbackPlan {
  const { target } = judged.action;
  const name = describeTarget(target);
  const workload = workloadOf(judged);
  const toRevision = workload?.liveRevision;
  if (workload === undefined || toRevision === undefined) return liveUnknown;
  if (workload.paused)
    return noRollback(
      `${name} is paused: its history does not have what is live, and a paused rollout cannot be undone.`,
    );
  if (!workload.revisions.some(({ revision }) => revision === toRevision))
    return noRollback(`There is no way back: revision ${toRevision} is not in the history of ${name}.`);
  const sentence = `Undo ${name} to revision ${toRevision}, which is live now.`;
  return { kind: 'action', action: { verb: 'rollout undo', target, toRevision }, sentence };
}
