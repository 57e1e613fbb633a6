import { block, nothing, plural, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';
import { boundsOf } from '../bounds.ts';

/** Block: an autoscaler that somebody else keeps, limits that contradict each other, a metric it lacks, what is so already. */
export const autoscalePossible: Rule = (input) => {
  const { action, facts } = input;
  if (action.verb !== 'autoscale') return nothing;
  const { autoscaler: live, scaledObject } = facts;
  // KEDA keeps one of its own, but for while it is paused.
  if (scaledObject !== undefined && live?.owner === undefined) {
    const name = `ScaledObject/${scaledObject.name}`;
    return [block(`${name} sets how many replicas ${input.name} has: change ${name}.`, name)];
  }
  if (live === undefined) {
    if (!facts.unknown.some(({ fact }) => fact === 'autoscaler')) return nothing;
    const sentence = `It is not known whether ${input.name} has an autoscaler; two would work against each other.`;
    return [block(sentence, sourceOf(input, 'HorizontalPodAutoscalers'))];
  }
  const name = `HorizontalPodAutoscaler/${live.name}`;
  const source = `${name}: spec`;
  if (live.owner !== undefined) {
    const { kind, name: owner } = live.owner;
    return [block(`${kind}/${owner} owns ${name} and puts it back: change ${kind}/${owner}.`, source)];
  }
  if (action.cpu !== undefined && live.cpu === undefined)
    return [block(`${name} does not scale by a percentage of the processor time.`, source)];
  const { min, max, cpu } = boundsOf(action, live);
  if (min > max)
    return [
      block(`${name} keeps at least ${plural(min, 'replica')}, more than ${max}: give --min too.`, source),
    ];
  const isSo = min === live.min && max === live.max && cpu === live.cpu?.percent;
  return isSo ? [block(`${name} already keeps ${min} to ${plural(max, 'replica')}.`, source)] : nothing;
};
