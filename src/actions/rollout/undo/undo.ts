import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Constraint } from '../../../domain/constraints/constraint.ts';
import { sentenceOf } from '../../../domain/constraints/kinds.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { gradeSame } from '../../measurement.ts';
import { putBack } from '../../no-effect.ts';
import { nameOf } from '../../obstacle.ts';
import { liveUnknown } from '../../rollback.ts';
import { keptReplicas } from '../../scaling/kept-replicas.ts';
import { workloadOf } from '../../subject.ts';
import { gradeRollout, rolloutVerification } from '../grade.ts';
import { freeing } from '../held-up.ts';
import { imagesOf, templateEffect } from '../rolling-update.ts';
import { calls } from './calls.ts';
import { undoCommand } from './command.ts';
import { contentOf } from './content.ts';
import { toRevision } from './lasting.ts';
import { precondition } from './precondition.ts';
import { undoRevision } from './revision.ts';
import { commandTo, targetState } from './words.ts';

type Undo = Case<'rollout undo'>;

const unreadTemplate = { content: { code: true, configuration: true }, drift: putBack } as const;

/** Goes back to an earlier template. */
export const undo: ActionKind<'rollout undo'> = freeing(
  {
    command: undoCommand,
    needs: ({ toRevision }) => ({ undo: { toRevision } }),
    writes: () => [['spec', 'template']],
    precondition,
    effect,
    targetState,
    rollback: (judged) => toLiveRevision(judged),
    lasting: toRevision,
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
  },
  comingFrom,
);

/** What keeps the template that comes back: pods that have it already need not go. */
function comingFrom(judged: Undo): string | undefined {
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(judged.action, workload);
  return found?.kind === 'revision' ? found.revision.source : undefined;
}

function effect(judged: Undo): Effect {
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(judged.action, workload);
  if (found?.kind !== 'revision') return templateEffect(judged, unreadTemplate);
  const { revision } = found;
  const { target } = judged.action;
  const back = { revision, commandTo: (number: number) => commandTo(target, number) };
  return templateEffect(judged, { content: { ...contentOf(revision), back }, drift: putBack });
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
  const { target } = judged.action;
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(judged.action, workload);
  const revision = found?.kind === 'revision' ? { revision: found.revision.revision } : {};
  const owner = { owner: nameOf(target), namespace: target.namespace };
  const fields = { kind: 'previous_revision', ...revision, ...owner } as const;
  return [{ ...fields, sentence: sentenceOf(fields) }];
}
