import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import {
  containerSteps,
  type LastingForm,
  lastingFields,
  notLasting,
} from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { gradeSame } from '../../measurement.ts';
import { putBack } from '../../no-effect.ts';
import { gradeRollout, rolloutVerification } from '../../rollout/grade.ts';
import { freeing } from '../../rollout/held-up.ts';
import { templateEffect } from '../../rollout/rolling-update.ts';
import { workloadOf } from '../../subject.ts';
import { templateBinding } from '../binding.ts';
import { chosen, fieldOf } from '../containers.ts';
import { toLiveTemplate } from '../rollback.ts';
import { calls } from './calls.ts';
import { setEnvCommand } from './command.ts';
import { precondition } from './precondition.ts';

/** Sets and removes environment variables of containers. */
export const setEnv: ActionKind<'set env'> = freeing({
  command: setEnvCommand,
  needs: ({ set, containers }) => ({ variables: { set, containers }, newTemplate: true }),
  writes: () => [['spec', 'template']],
  precondition,
  effect: (judged) =>
    templateEffect(judged, { content: { code: false, configuration: true }, drift: putBack }),
  targetState,
  rollback: toLiveTemplate,
  lasting: toVariables,
  constraints: () => [],
  binding: (judged) => templateBinding(judged, (workload) => ({ variables: variablesOf(workload) })),
  calls,
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => gradeRollout(measurement, seen), { changed: 'own words' }),
});

function targetState(judged: Case<'set env'>): DeclarativeSpec['targetState'] {
  const { action } = judged;
  const { set, remove } = action;
  const workload = workloadOf(judged);
  const containers = workload === undefined ? [] : chosen(action, workload);
  const names = containers.map(({ name }) => name).join(', ');
  const parts = [
    ...(set.length === 0 ? [] : [`${set.map(({ name }) => name).join(', ')} set`]),
    ...(remove.length === 0 ? [] : [`${remove.join(', ')} removed`]),
  ];
  return {
    sentence: `In ${describeTarget(action.target)} ${names} ${containers.length === 1 ? 'runs' : 'run'} with ${parts.join(' and ')}.`,
    fields: Object.fromEntries(
      containers.flatMap((container) => [
        ...set.map(({ name, value }) => [`${fieldOf(container)}.env[${name}]`, value]),
        ...remove.map((name) => [`${fieldOf(container)}.env[${name}]`, null]),
      ]),
    ),
  };
}

const variablesOf = ({ containers }: WorkloadSubject) =>
  Object.fromEntries(containers.map(({ name, env }) => [name, env?.names.toSorted() ?? null]));

function toVariables(judged: Case<'set env'>): LastingForm {
  const { target, set, remove } = judged.action;
  if (remove.length > 0)
    return notLasting(`${remove.join(', ')} would have to be taken out of the manifest by hand.`);
  const workload = workloadOf(judged);
  const containers = workload === undefined ? [] : chosen(judged.action, workload);
  return lastingFields(
    target,
    containers.flatMap((container) =>
      set.map(({ name, value }) => ({
        path: [...containerSteps(container), 'env', { name }, 'value'],
        value,
      })),
    ),
  );
}
