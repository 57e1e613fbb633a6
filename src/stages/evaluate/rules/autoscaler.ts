import { replacedPods } from '../impact.ts';
import { floor, nothing, plural, type Rule, type RuleInput, workloadOf } from '../rule.ts';

type Autoscaler = NonNullable<RuleInput['facts']['autoscaler']>;

/** Floor: a HorizontalPodAutoscaler sets the same field, or is at its limit while pods are to be replaced. */
export const autoscaler: Rule = (input) => {
  const found = input.facts.autoscaler;
  if (found === undefined) return nothing;
  const source = `HorizontalPodAutoscaler/${found.name}: spec`;
  if (input.action.verb === 'scale') return [floor('human', contest(input.action.replicas, found), source)];
  const workload = workloadOf(input);
  if (workload === undefined || workload.desired < found.max || replacedPods(input) === 0) return nothing;
  const sentence = `${input.name} is at the limit of its autoscaler (${plural(found.max, 'replica')}): it may be under load.`;
  return [floor('human', sentence, source)];
};

/** What the autoscaler does about a number set by hand (kubernetes.io, "Horizontal Pod Autoscaling"). */
function contest(replicas: number, { name, min, max }: Autoscaler): string {
  if (replicas === 0)
    return `Scaling to zero switches HorizontalPodAutoscaler/${name} off until somebody scales up.`;
  const limits = `(${min} to ${max})`;
  return replicas < min || replicas > max
    ? `HorizontalPodAutoscaler/${name} ${limits} will move ${replicas} back within its limits in seconds.`
    : `HorizontalPodAutoscaler/${name} ${limits} may move ${replicas} at its next look.`;
}
