import type { Case } from '../../domain/case.ts';
import type { WorkloadSubject } from '../../domain/facts/facts.ts';
import type { Guarded } from '../guarded.ts';
import { imagesOf } from '../rollout/rolling-update.ts';
import { workloadOf } from '../subject.ts';

/**
 * The live fields that a change of the template relies on: what runs, and which revision the rollback goes to.
 *
 * @param own those that this change relies on besides
 */
export function templateBinding(judged: Case, own: (workload: WorkloadSubject) => Guarded): Guarded {
  const workload = workloadOf(judged);
  if (workload === undefined) return {};
  const { paused, strategy, liveRevision } = workload;
  return { images: imagesOf(workload), paused, strategy: strategy.type, liveRevision, ...own(workload) };
}
