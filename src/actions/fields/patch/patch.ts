import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import { lastingFields } from '../../../domain/manifest/lasting.ts';
import { patchable, patchableField } from '../../../domain/patchable.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { good, gradeSame } from '../../measurement.ts';
import { asAction, liveUnknown, noRollback } from '../../rollback.ts';
import { gradeRollout } from '../../rollout/grade.ts';
import { writtenText } from '../../written.ts';
import { calls } from './calls.ts';
import { patchCommand } from './command.ts';
import { effect } from './effect.ts';
import { changesOf, valueNow } from './patching.ts';
import { precondition } from './precondition.ts';

/** Writes single fields that say how a workload is run. */
export const patch: ActionKind<'patch'> = {
  command: patchCommand,
  /** What a field may be depends on its neighbours. */
  needs: ({ target }) => ({ fieldValues: Object.keys(patchable[target.kind]) }),
  writes: ({ fields }) => fields.map(({ path }) => path.split('.')),
  precondition,
  effect,
  targetState: ({ action }) => ({
    sentence: `${describeTarget(action.target)} ${writtenText(action)}.`,
    fields: Object.fromEntries(action.fields.map(({ path, value }) => [path, value])),
  }),
  rollback: toLiveValues,
  lasting: ({ action: { target, fields } }) =>
    lastingFields(
      target,
      fields.map(({ path, value }) => ({ path: path.split('.'), value })),
    ),
  constraints: () => [],
  binding: ({ action, facts }) => ({
    fields: Object.fromEntries(action.fields.map(({ path }) => [path, valueNow(facts, path) ?? null])),
  }),
  calls,
  verification: ({ target }) => `${describeTarget(target)} still has what was written`,
  observed: ({ action }) => action.target,
  /** The controller of a workload has to follow; elsewhere it is enough that the fields are there. */
  grade: (measurement) =>
    gradeSame(measurement, (seen) =>
      seen.kind === 'workload'
        ? gradeRollout(measurement, seen)
        : good(`${describeTarget(measurement.action.target)} ${writtenText(measurement.action)}.`),
    ),
};

function toLiveValues({ action, facts }: Case<'patch'>): RollbackPlan {
  const { target } = action;
  const name = describeTarget(target);
  if (facts.fields === undefined) return liveUnknown;
  const changes = changesOf(action, facts);
  const fields = changes.flatMap(({ path, from }) =>
    from !== undefined && patchableField(target.kind, path)?.safeParse(from).success
      ? [{ path, value: from }]
      : [],
  );
  const lost = changes.filter(({ path }) => !fields.some((field) => field.path === path));
  if (lost.length > 0) {
    const paths = lost.map(({ path }) => path).join(', ');
    return noRollback(`${name} has nothing at ${paths} now, and no action of Firebreak takes a field away.`);
  }
  const back = asAction({ verb: 'patch', target, fields });
  if (back === undefined) return liveUnknown;
  const list = fields.map(({ path, value }) => `${path} to ${value}`).join(', ');
  return { kind: 'action', action: back, sentence: `Set ${list} in ${name}, which is live now.` };
}
