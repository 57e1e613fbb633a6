import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { Revision } from '../../../domain/facts/revision.ts';

/** The revision an undo goes back to, or the sentence that says why there is none. */
export type UndoRevision =
  | { readonly kind: 'revision'; readonly revision: Revision; readonly live: number }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Chooses as kubectl does (kubectl/pkg/polymorphichelpers/rollback.go): the revision named by `--to-revision`,
 * otherwise the highest one below the live one. Unlike kubectl it refuses when the live one is not known, because
 * then nothing could lead back.
 */
export function undoRevision(
  { toRevision }: { readonly toRevision?: number | undefined },
  workload: WorkloadSubject,
): UndoRevision {
  const live = workload.liveRevision;
  if (live === undefined) return { kind: 'none', reason: 'its live revision is not known' };
  if (toRevision === live) return { kind: 'none', reason: `revision ${live} is the live one` };
  if (toRevision === undefined) return before(live, workload);
  const named = workload.revisions.find(({ revision }) => revision === toRevision);
  return named === undefined
    ? { kind: 'none', reason: `there is no revision ${toRevision} in its history (${history(workload)})` }
    : { kind: 'revision', revision: named, live };
}

function before(live: number, workload: WorkloadSubject): UndoRevision {
  const highest = workload.revisions.reduce<Revision | undefined>(
    (most, each) => (each.revision < live && each.revision > (most?.revision ?? 0) ? each : most),
    undefined,
  );
  return highest === undefined
    ? { kind: 'none', reason: `there is no revision before ${live}, the live one` }
    : { kind: 'revision', revision: highest, live };
}

function history(workload: WorkloadSubject): string {
  const numbers = workload.revisions.map(({ revision }) => revision).sort((a, b) => a - b);
  return numbers.length === 0 ? 'it is empty' : `it has ${numbers.join(', ')}`;
}
