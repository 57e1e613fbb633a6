import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Constraint, DeclarativeSpec, RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { gradeSame } from '../../measurement.ts';
import { putBack } from '../../no-effect.ts';
import { liveUnknown } from '../../rollback.ts';
import { keptReplicas } from '../../scaling/kept-replicas.ts';
import { workloadOf } from '../../subject.ts';
import { gradeRollout, rolloutVerification } from '../grade.ts';
import { imagesOf, templateEffect } from '../rolling-update.ts';
import { calls } from './calls.ts';
import { undoCommand } from './command.ts';
import { precondition } from './precondition.ts';
import { undoRevision } from './revision.ts';

type Undo = Case<'rollout undo'>;

const otherTemplate = { content: { code: true, configuration: true }, drift: putBack } as const;

/** Goes back to an earlier template. */
export const undo: ActionKind<'rollout undo'> = {
  command: undoCommand,
  needs: ({ toRevision }) => ({ undo: { toRevision } }),
  writes: () => [['spec', 'template']],
  precondition,
  effect: (judged) => templateEffect(judged, otherTemplate),
  targetState,
  rollback: (judged) => toLiveRevision(judged),
  constraints: previousRevision,
  binding: (judged) => {
    const workload = workloadOf(judged);
    if (workload === undefined) return {};
    const { paused, strategy, liveRevision } = workload;
    const images = imagesOf(workload);
    return { images, paused, ...keptReplicas(judged), strategy: strategy.type, liveRevision };
  },
  calls,
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => gradeRollout(measurement, seen), { changed: 'own words' }),
};

function targetState(judged: Undo): DeclarativeSpec['targetState'] {
  const { action } = judged;
  const name = describeTarget(action.target);
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(action, workload);
  if (found?.kind !== 'revision') return { sentence: `${name} runs an earlier revision.`, fields: {} };
  const { revision, source } = found.revision;
  return {
    sentence: `${name} runs the template of revision ${revision} (${source}).`,
    fields: { 'spec.template': `revision ${revision}` },
  };
}

/** Names the target's own kind and the live revision: the undone revision gets a new number, the live one keeps its. */
function toLiveRevision(judged: Undo): RollbackPlan {
  const { target } = judged.action;
  const toRevision = workloadOf(judged)?.liveRevision;
  if (toRevision === undefined) return liveUnknown;
  const sentence = `Undo ${describeTarget(target)} to revision ${toRevision}, which is live now.`;
  return { kind: 'action', action: { verb: 'rollout undo', target, toRevision }, sentence };
}

function previousRevision(judged: Undo): readonly Constraint[] {
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(judged.action, workload);
  if (found?.kind !== 'revision')
    return [{ kind: 'previous_revision', sentence: 'A previous revision must exist.' }];
  const { revision } = found.revision;
  return [{ kind: 'previous_revision', revision, sentence: `Revision ${revision} must exist.` }];
}
