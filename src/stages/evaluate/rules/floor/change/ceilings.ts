import type { Ceilings } from '../../../../../domain/policy/brakes.ts';
import { type Growing, growingLimit, growingReplicas, lessBefore, timesOf } from '../../../growing.ts';
import { block, type Finding, floor, nothing, plural, type Rule } from '../../../rule.ts';

/** Floor and block: more pods than the policy lets anybody start without a person, or at all, by the number and by how fast. */
export const ceilings: Rule = (input) => {
  const { size, most } = input.effect;
  if (size === undefined && most === undefined) return nothing;
  const { ceilings: limits } = input.policy;
  const [replicas, limit] = [growingReplicas(input), growingLimit(input)];
  return [
    ...(replicas === undefined ? [] : over(limits, 'replicas', replicas, 'replica')),
    ...(limit === undefined ? [] : over(limits, 'maxReplicas', limit, 'pod')),
  ];
};

function over(
  limits: Ceilings,
  which: 'replicas' | 'maxReplicas',
  growing: Growing,
  what: string,
): readonly Finding[] {
  const { human, blocked } = limits[which];
  const { to, live } = growing;
  const source = `policy.yaml: ceilings.${which}`;
  const many = `${which === 'replicas' ? '' : 'up to '}${plural(to, what)}`;
  if (to > blocked) return [block(`The policy refuses ${many}: it allows ${blocked}.`, `${source}.blocked`)];
  const found: Finding[] = [];
  if (to > human)
    found.push(
      floor('human', `The policy wants a person for ${many}: more than ${human}.`, `${source}.human`),
    );
  if (timesOf(growing) > limits.timesPerHour) {
    const change =
      which === 'replicas'
        ? `From ${live}${lessBefore(growing)} to ${many}`
        : `A limit of ${plural(to, what)} instead of ${live}${lessBefore(growing)}`;
    const sentence = `${change} is more than ${limits.timesPerHour} times as many within an hour.`;
    found.push(floor('human', sentence, 'policy.yaml: ceilings.timesPerHour'));
  }
  return found;
}
