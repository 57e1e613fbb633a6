import type { ActionOf } from '../../../domain/action.ts';
import {
  block,
  type Finding,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../../stages/evaluate/rule.ts';
import { changesOf, type Value, valueAfter } from './patching.ts';

type Patch = ActionOf<'patch'>;

/** Block: a field that is written twice, what is so already, and what the API server would refuse. */
export const patchPossible: Rule = (input) => {
  const { action, facts } = input;
  if (action.verb !== 'patch') return nothing;
  const paths = action.fields.map(({ path }) => path);
  const source = sourceOf(input, paths.join(', '));
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) return [block(`The field ${twice} is named twice.`, source)];
  if (facts.fields !== undefined && changesOf(action, facts).length === 0) {
    const list = action.fields.map(({ path, value }) => `${path} ${value}`).join(', ');
    return [block(`${input.name} already has ${list}.`, source)];
  }
  return [
    ...keptByOthers(input),
    ...withoutRollingUpdate(input, paths),
    ...standstill(input, action),
    ...tooLate(input, action),
    ...ended(input, paths),
    ...crossed(input, action),
  ];
};

/** What makes an autoscaler, such as KEDA, puts it back. */
function keptByOthers({ facts: { subject }, name }: RuleInput): readonly Finding[] {
  if (subject.kind !== 'autoscaler' || subject.owner === undefined) return nothing;
  const owner = `${subject.owner.kind}/${subject.owner.name}`;
  return [block(`${owner} owns ${name} and puts it back: change ${owner}.`, `${name}: metadata`)];
}

/** `rollingUpdate` belongs to the strategy of that name. */
function withoutRollingUpdate(input: RuleInput, paths: readonly string[]): readonly Finding[] {
  const type = workloadOf(input)?.strategy.type;
  const path = paths.find((each) => each.includes('.rollingUpdate.'));
  if (path === undefined || type === undefined || type === 'RollingUpdate') return nothing;
  return [
    block(`${input.name} is updated by ${type}: ${path} belongs to RollingUpdate.`, sourceOf(input, path)),
  ];
}

/**
 * A rollout needs pods that may be missing or may be too many, and a DaemonSet only one of the two
 * (ValidateRollingUpdateDeployment and ValidateRollingUpdateDaemonSet in pkg/apis/apps/validation).
 */
function standstill(input: RuleInput, action: Patch): readonly Finding[] {
  const { kind } = action.target;
  if (kind !== 'Deployment' && kind !== 'DaemonSet') return nothing;
  const at = `spec.${kind === 'Deployment' ? 'strategy' : 'updateStrategy'}.rollingUpdate`;
  const [unavailable, surge] = [`${at}.maxUnavailable`, `${at}.maxSurge`];
  if (!action.fields.some(({ path }) => path === unavailable || path === surge)) return nothing;
  const [fewer, more] = [unavailable, surge].map((path) => valueAfter(action, input.facts, path));
  if (isNothing(fewer) && isNothing(more))
    return [
      block('maxUnavailable and maxSurge would both be 0: no pod could be replaced.', sourceOf(input, at)),
    ];
  if (kind === 'Deployment' || !isSomething(fewer) || !isSomething(more)) return nothing;
  const sentence = `maxUnavailable ${fewer} and maxSurge ${more}: of a DaemonSet one of them must be 0.`;
  return [block(sentence, sourceOf(input, at))];
}

const isNothing = (value: Value | undefined) => value === 0 || value === '0%';
const isSomething = (value: Value | undefined) => value !== undefined && !isNothing(value);

/** A deadline that a pod cannot keep even if it is ready at once. */
function tooLate(input: RuleInput, action: Patch): readonly Finding[] {
  const [deadline, ready] = ['spec.progressDeadlineSeconds', 'spec.minReadySeconds'].map((path) =>
    valueAfter(action, input.facts, path),
  );
  if (typeof deadline !== 'number' || typeof ready !== 'number' || deadline > ready) return nothing;
  const sentence = `progressDeadlineSeconds ${deadline} must be greater than minReadySeconds ${ready}.`;
  return [block(sentence, sourceOf(input, 'spec'))];
}

/** Of a Job that has ended only when it is deleted can still change. */
function ended(input: RuleInput, paths: readonly string[]): readonly Finding[] {
  const { subject } = input.facts;
  if (subject.kind !== 'job' || subject.ended === undefined) return nothing;
  const path = paths.find((each) => each !== 'spec.ttlSecondsAfterFinished');
  if (path === undefined) return nothing;
  return [
    block(
      `${input.name} has ended (${subject.ended}): ${path} does nothing any more.`,
      sourceOf(input, path),
    ),
  ];
}

function crossed(input: RuleInput, action: Patch): readonly Finding[] {
  const { subject } = input.facts;
  if (subject.kind !== 'autoscaler') return nothing;
  const min = valueAfter(action, input.facts, 'spec.minReplicas') ?? subject.min;
  const max = valueAfter(action, input.facts, 'spec.maxReplicas') ?? subject.max;
  return min > max
    ? [block(`minReplicas ${min} would be above maxReplicas ${max}.`, sourceOf(input, 'spec'))]
    : nothing;
}
