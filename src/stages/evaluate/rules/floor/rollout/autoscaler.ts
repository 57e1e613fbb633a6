import type { Autoscaler, ScaledObject } from '../../../../../domain/facts/autoscaler.ts';
import {
  type Finding,
  floor,
  nothing,
  plural,
  points,
  type Rule,
  type RuleInput,
  workloadOf,
} from '../../../rule.ts';

/** Modes in which it takes pods away to give them other requests. */
const evicting: ReadonlySet<string> = new Set(['Auto', 'Recreate', 'InPlaceOrRecreate']);

/**
 * Floor: an autoscaler sets the same field, or is at its limit while pods are to be replaced. Breadth: one that sets
 * what pods request moves them too.
 */
export const autoscaler: Rule = (input) => {
  const { autoscaler: horizontal, scaledObject, verticalAutoscaler } = input.facts;
  if (horizontal === undefined && scaledObject === undefined && verticalAutoscaler === undefined)
    return nothing;
  return [...horizontally(input, horizontal), ...byTriggers(input, scaledObject), ...vertically(input)];
};

function horizontally(input: RuleInput, found: Autoscaler | undefined): readonly Finding[] {
  if (found === undefined) return nothing;
  const source = `HorizontalPodAutoscaler/${found.name}: spec`;
  const { size, pods } = input.effect;
  if (size?.by === 'person') {
    // KEDA itself takes a workload to zero and back.
    if (size.to === 0 && input.facts.scaledObject?.paused === false) return nothing;
    return [floor('human', contest(size.to, found), source)];
  }
  const workload = workloadOf(input);
  if (workload === undefined || workload.desired < found.max || pods.replaced === 0) return nothing;
  const load = conditionOf(found, 'ScalingLimited', 'True')?.reason === 'TooManyReplicas';
  const state = load ? 'it wants more and may not have it' : 'it may be under load';
  const sentence = `${input.name} is at the limit of its autoscaler (${plural(found.max, 'replica')}): ${state}.`;
  return [floor('human', sentence, source)];
}

/** What the autoscaler does about a number set by hand (kubernetes.io, "Horizontal Pod Autoscaling"). */
function contest(replicas: number, autoscaler: Autoscaler): string {
  const { name, min, max, desired = 0 } = autoscaler;
  if (replicas === 0)
    return `Scaling to zero switches HorizontalPodAutoscaler/${name} off until somebody scales up.`;
  const who = `HorizontalPodAutoscaler/${name} (${min} to ${max})`;
  const unable = conditionOf(autoscaler, 'AbleToScale', 'False');
  if (unable !== undefined)
    return `${who} cannot scale now (${unable.reason}): ${replicas} stays until it can.`;
  if (replicas < min || replicas > max)
    return `${who} will move ${replicas} back within its limits in seconds.`;
  const blind = conditionOf(autoscaler, 'ScalingActive', 'False');
  if (blind !== undefined && blind.reason !== 'ScalingDisabled')
    return `${who} has no metrics now (${blind.reason}): ${replicas} stays until it has.`;
  const wanted = desired > 0 && desired !== replicas ? `wants ${desired} and ` : '';
  return `${who} ${wanted}may move ${replicas} at its next look.`;
}

const conditionOf = ({ conditions = [] }: Autoscaler, type: string, status: string) =>
  conditions.find((each) => each.type === type && each.status === status);

/**
 * KEDA: what it does beside its HorizontalPodAutoscaler, which it takes away while it is paused. An annotation pauses it, and
 * no annotation makes an action milder.
 */
function byTriggers({ effect, name, facts }: RuleInput, found: ScaledObject | undefined): readonly Finding[] {
  const { size } = effect;
  if (found === undefined || size?.by !== 'person') return nothing;
  const { to: replicas } = size;
  const source = `ScaledObject/${found.name}`;
  const { paused, pausedReplicas: held } = found;
  if (held !== undefined) {
    const then = held === replicas ? 'holds that until somebody takes it back' : `will move ${replicas} back`;
    const sentence = `${source} is paused at ${plural(held, 'replica')}: it ${then}.`;
    return [floor('human', sentence, `${source}: autoscaling.keda.sh/paused-replicas`)];
  }
  if (paused) {
    const sentence = `${source} is paused: as soon as somebody takes that back it sets how many replicas ${name} has.`;
    return [floor('human', sentence, `${source}: autoscaling.keda.sh/paused`)];
  }
  if (replicas === 0)
    return [floor('human', `${source} starts pods again as soon as one of its triggers is active.`, source)];
  if (facts.autoscaler !== undefined) return nothing;
  const sentence = `${source} sets how many replicas ${name} has and may move ${replicas} at its next look.`;
  return [floor('human', sentence, source)];
}

function vertically(input: RuleInput): readonly Finding[] {
  const found = input.facts.verticalAutoscaler;
  if (found === undefined || !evicting.has(found.mode) || input.touched === 0) return nothing;
  const who = `VerticalPodAutoscaler/${found.name}`;
  const sentence = `${who} (${found.mode}) evicts pods of ${input.name} by itself, perhaps at the same time.`;
  const amount = input.policy.weights.breadth.verticalAutoscaler;
  return [points('breadth', amount, sentence, `${who}: spec.updatePolicy.updateMode`)];
}
