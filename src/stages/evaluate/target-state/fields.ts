import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { amountsOf } from '../../../actions/pod-template/set-resources/amounts.ts';
import { boundsOf } from '../../../actions/scaling/bounds.ts';
import { type Container, chosen } from '../../../actions/pod-template/containers.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import { writtenText } from '../../../actions/written.ts';
import { mapOf } from '../../../actions/metadata/texts.ts';

type TargetState = DeclarativeSpec['targetState'];
type FieldAction = ActionOf<'label' | 'annotate' | 'set env' | 'set resources' | 'autoscale' | 'patch'>;

/** What an object looks like afterwards. */
export function fieldsState(action: FieldAction, facts: Facts): TargetState {
  switch (action.verb) {
    case 'label':
    case 'annotate':
      return textsState(action);
    case 'set env':
      return variablesState(action, facts);
    case 'set resources':
      return resourcesState(action, facts);
    case 'autoscale':
      return autoscalerState(action, facts);
    case 'patch':
      return patchedState(action);
  }
}

function textsState(action: ActionOf<'label' | 'annotate'>): TargetState {
  const map = mapOf(action);
  const at = (key: string) => `metadata.${map}["${key}"]`;
  const { set, remove } = action;
  return {
    sentence: `${describeTarget(action.target)} ${writtenText(action)}.`,
    fields: Object.fromEntries([
      ...set.map(({ key, value }) => [at(key), value]),
      ...remove.map((key) => [at(key), null]),
    ]),
  };
}

function containersOf(
  action: ActionOf<'set env' | 'set resources'>,
  { subject }: Facts,
): readonly Container[] {
  return subject.kind === 'workload' ? chosen(action, subject) : [];
}

const containerAt = ({ name, init }: Container) =>
  `spec.template.spec.${init ? 'initContainers' : 'containers'}[${name}]`;

const namesOf = (containers: readonly Container[]) => containers.map(({ name }) => name).join(', ');

function variablesState(action: ActionOf<'set env'>, facts: Facts): TargetState {
  const { set, remove } = action;
  const containers = containersOf(action, facts);
  const parts = [
    ...(set.length === 0 ? [] : [`${set.map(({ name }) => name).join(', ')} set`]),
    ...(remove.length === 0 ? [] : [`${remove.join(', ')} removed`]),
  ];
  return {
    sentence: `In ${describeTarget(action.target)} ${namesOf(containers)} ${containers.length === 1 ? 'runs' : 'run'} with ${parts.join(' and ')}.`,
    fields: Object.fromEntries(
      containers.flatMap((container) => [
        ...set.map(({ name, value }) => [`${containerAt(container)}.env[${name}]`, value]),
        ...remove.map((name) => [`${containerAt(container)}.env[${name}]`, null]),
      ]),
    ),
  };
}

function resourcesState(action: ActionOf<'set resources'>, facts: Facts): TargetState {
  const containers = containersOf(action, facts);
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
          `${containerAt(container)}.resources.${side}.${resource}`,
          to,
        ]),
      ),
    ),
  };
}

function autoscalerState(action: ActionOf<'autoscale'>, { autoscaler }: Facts): TargetState {
  const { min, max, cpu } = boundsOf(action, autoscaler);
  const name = `HorizontalPodAutoscaler/${autoscaler?.name ?? action.target.name}`;
  const by = cpu === undefined ? '' : `, aiming at ${cpu} % of the requested processor time`;
  return {
    sentence: `${name} keeps ${describeTarget(action.target)} at ${min} to ${max} replicas${by}.`,
    fields: {
      'spec.minReplicas': min,
      'spec.maxReplicas': max,
      ...(cpu === undefined ? {} : { 'spec.metrics[cpu].averageUtilization': cpu }),
    },
  };
}

function patchedState(action: ActionOf<'patch'>): TargetState {
  return {
    sentence: `${describeTarget(action.target)} ${writtenText(action)}.`,
    fields: Object.fromEntries(action.fields.map(({ path, value }) => [path, value])),
  };
}
