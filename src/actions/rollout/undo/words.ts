import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import { changeParts, changeSentence } from '../../pod-template/change-words.ts';
import { workloadOf } from '../../subject.ts';
import { undoCommand } from './command.ts';
import { undoRevision } from './revision.ts';

type Undo = Case<'rollout undo'>;

/** What comes and goes with the template, by container: what an approval of an undo is asked for. */
export function targetState(judged: Undo): DeclarativeSpec['targetState'] {
  const { action } = judged;
  const name = describeTarget(action.target);
  const workload = workloadOf(judged);
  const found = workload === undefined ? undefined : undoRevision(action, workload);
  if (found?.kind !== 'revision') return { sentence: `${name} runs an earlier revision.`, fields: {} };
  const { revision, source, change } = found.revision;
  const told = change === undefined ? '' : ` ${changeSentence(change)}`;
  const parts = change === undefined ? [] : changeParts(change);
  return {
    sentence: `${name} runs the template of revision ${revision} (${source}).${told}`,
    fields: {
      'spec.template': `revision ${revision}`,
      ...Object.fromEntries(parts.map(({ field, says }) => [field, says])),
    },
  };
}

/** The whole command that goes back to a revision. */
export function commandTo(target: Undo['action']['target'], toRevision: number): string {
  const { namespace } = target;
  return `kubectl ${undoCommand.print({ verb: 'rollout undo', target, toRevision })} -n ${namespace}`;
}
