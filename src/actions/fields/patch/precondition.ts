import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';
import { changesOf, type Value, valueAfter } from './patching.ts';

type Patch = Case<'patch'>;

const rule = 'patch-possible';

const because = (judged: Patch, field: string, sentence: string) => obstacles(rule, judged, field, sentence);

/** A field that is written twice, what is so already, and what the API server would refuse. */
export function precondition(judged: Patch): readonly Obstacle[] {
  const { action, facts } = judged;
  const paths = action.fields.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) return because(judged, paths.join(', '), `The field ${twice} is named twice.`);
  if (changesOf(action, facts).length === 0) {
    const list = action.fields.map(({ path, value }) => `${path} ${value}`).join(', ');
    return because(judged, paths.join(', '), `${nameOf(action.target)} already has ${list}.`);
  }
  return [
    ...keptByOthers(judged),
    ...withoutRollingUpdate(judged, paths),
    ...standstill(judged),
    ...tooLate(judged),
    ...ended(judged, paths),
    ...crossed(judged),
  ];
}

/** What makes an autoscaler, such as KEDA, puts it back. */
function keptByOthers({ action, facts: { subject } }: Patch): readonly Obstacle[] {
  if (subject.kind !== 'autoscaler' || subject.owner === undefined) return noObstacle;
  const name = nameOf(action.target);
  const owner = `${subject.owner.kind}/${subject.owner.name}`;
  const sentence = `${owner} owns ${name} and puts it back: change ${owner}.`;
  return [{ rule, sentence, source: `${name}: metadata` }];
}

/** `rollingUpdate` belongs to the strategy of that name. */
function withoutRollingUpdate(judged: Patch, paths: readonly string[]): readonly Obstacle[] {
  const type = workloadOf(judged)?.strategy.type;
  const path = paths.find((each) => each.includes('.rollingUpdate.'));
  if (path === undefined || type === undefined || type === 'RollingUpdate') return noObstacle;
  const name = nameOf(judged.action.target);
  return because(judged, path, `${name} is updated by ${type}: ${path} belongs to RollingUpdate.`);
}

/**
 * A rollout needs pods that may be missing or may be too many, and a DaemonSet only one of the two
 * (ValidateRollingUpdateDeployment and ValidateRollingUpdateDaemonSet in pkg/apis/apps/validation).
 */
function standstill(judged: Patch): readonly Obstacle[] {
  const { action, facts } = judged;
  const { kind } = action.target;
  if (kind !== 'Deployment' && kind !== 'DaemonSet') return noObstacle;
  const at = `spec.${kind === 'Deployment' ? 'strategy' : 'updateStrategy'}.rollingUpdate`;
  const [unavailable, surge] = [`${at}.maxUnavailable`, `${at}.maxSurge`];
  if (!action.fields.some(({ path }) => path === unavailable || path === surge)) return noObstacle;
  const [fewer, more] = [unavailable, surge].map((path) => valueAfter(action, facts, path));
  if (isNothing(fewer) && isNothing(more))
    return because(judged, at, 'maxUnavailable and maxSurge would both be 0: no pod could be replaced.');
  if (kind === 'Deployment' || !isSomething(fewer) || !isSomething(more)) return noObstacle;
  const sentence = `maxUnavailable ${fewer} and maxSurge ${more}: of a DaemonSet one of them must be 0.`;
  return because(judged, at, sentence);
}

const isNothing = (value: Value | undefined) => value === 0 || value === '0%';
const isSomething = (value: Value | undefined) => value !== undefined && !isNothing(value);

/** A deadline that a pod cannot keep even if it is ready at once. */
function tooLate(judged: Patch): readonly Obstacle[] {
  const [deadline, ready] = ['spec.progressDeadlineSeconds', 'spec.minReadySeconds'].map((path) =>
    valueAfter(judged.action, judged.facts, path),
  );
  if (typeof deadline !== 'number' || typeof ready !== 'number' || deadline > ready) return noObstacle;
  const sentence = `progressDeadlineSeconds ${deadline} must be greater than minReadySeconds ${ready}.`;
  return because(judged, 'spec', sentence);
}

/** Of a Job that has ended only when it is deleted can still change. */
function ended(judged: Patch, paths: readonly string[]): readonly Obstacle[] {
  const { subject } = judged.facts;
  if (subject.kind !== 'job' || subject.ended === undefined) return noObstacle;
  const path = paths.find((each) => each !== 'spec.ttlSecondsAfterFinished');
  if (path === undefined) return noObstacle;
  const name = nameOf(judged.action.target);
  return because(judged, path, `${name} has ended (${subject.ended}): ${path} does nothing any more.`);
}

function crossed(judged: Patch): readonly Obstacle[] {
  const { action, facts } = judged;
  const { subject } = facts;
  if (subject.kind !== 'autoscaler') return noObstacle;
  const min = valueAfter(action, facts, 'spec.minReplicas') ?? subject.min;
  const max = valueAfter(action, facts, 'spec.maxReplicas') ?? subject.max;
  return min > max
    ? because(judged, 'spec', `minReplicas ${min} would be above maxReplicas ${max}.`)
    : noObstacle;
}
