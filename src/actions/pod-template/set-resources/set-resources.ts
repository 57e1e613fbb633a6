import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import { containerSteps, type LastingForm, lastingFields } from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { gradeSame } from '../../measurement.ts';
import { putBack, sameContent } from '../../no-effect.ts';
import { gradeRollout, rolloutVerification } from '../../rollout/grade.ts';
import { freeing } from '../../rollout/held-up.ts';
import { templateEffect } from '../../rollout/rolling-update.ts';
import { workloadOf } from '../../subject.ts';
import { templateBinding } from '../binding.ts';
import { chosen, fieldOf } from '../containers.ts';
import { toLiveTemplate } from '../rollback.ts';
import { amountsOf } from './amounts.ts';
import { calls } from './calls.ts';
import { setResourcesCommand } from './command.ts';
import { consequences } from './consequences.ts';
import { growthOf } from './growth.ts';
import { precondition } from './precondition.ts';

/** Sets what containers may use and what they ask for. */
export const setResources: ActionKind<'set resources'> = freeing({
  command: setResourcesCommand,
  needs: ({ limits, requests, containers }) => ({
    resources: true,
    newResources: { limits, requests, containers },
    newTemplate: true,
  }),
  writes: () => [['spec', 'template']],
  precondition,
  effect: (judged) =>
    templateEffect(judged, {
      content: sameContent,
      drift: putBack,
      growth: growthOf(judged),
      consequences: consequences(judged),
    }),
  targetState,
  rollback: toLiveTemplate,
  lasting: toAmounts,
  constraints: () => [],
  binding: (judged) => templateBinding(judged, (workload) => ({ resources: resourcesOf(workload) })),
  calls,
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => gradeRollout(measurement, seen), { changed: 'own words' }),
});

function targetState(judged: Case<'set resources'>): DeclarativeSpec['targetState'] {
  const { action } = judged;
  const workload = workloadOf(judged);
  const containers = workload === undefined ? [] : chosen(action, workload);
  const told = containers.map((container) => {
    const list = amountsOf(action, container).map(
      ({ side, resource, to }) => `a ${resource} ${side === 'limits' ? 'limit' : 'request'} of ${to}`,
    );
    return `${container.name} has ${list.join(', ')}`;
  });
  return {
    sentence: `In ${describeTarget(action.target)} ${told.join('; ')}.`,
    fields: Object.fromEntries(
      containers.flatMap((container) =>
        amountsOf(action, container).map(({ side, resource, to }) => [
          `${fieldOf(container)}.resources.${side}.${resource}`,
          to,
        ]),
      ),
    ),
  };
}

const resourcesOf = ({ containers }: WorkloadSubject) =>
  Object.fromEntries(containers.map(({ name, resources }) => [name, resources ?? null]));

function toAmounts(judged: Case<'set resources'>): LastingForm {
  const workload = workloadOf(judged);
  const containers = workload === undefined ? [] : chosen(judged.action, workload);
  return lastingFields(
    judged.action.target,
    containers.flatMap((container) =>
      amountsOf(judged.action, container).map(({ side, resource, to }) => ({
        path: [...containerSteps(container), 'resources', side, resource],
        value: to,
      })),
    ),
  );
}
