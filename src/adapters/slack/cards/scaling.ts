import { plural } from '../../../actions/obstacle.ts';
import { rangeText } from '../../../actions/scaling/bounds.ts';
import type { Autoscaler, ScaledObject } from '../../../domain/facts/autoscaler.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { md, type SafeMrkdwn } from '../text.ts';

/** Whatever sets how many pods there are, or what they request. */
export function scalingText({
  autoscaler,
  scaledObject,
  verticalAutoscaler: vertical,
}: Facts): readonly SafeMrkdwn[] {
  return [
    ...(autoscaler === undefined ? [] : [autoscalerText(autoscaler)]),
    ...(scaledObject === undefined ? [] : [scaledObjectText(scaledObject)]),
    ...(vertical === undefined ? [] : [md`• VerticalPodAutoscaler/${vertical.name}: ${vertical.mode}`]),
  ];
}

/** `Autoscaler web: 1 to 6 replicas, has 3, wants 4, ScalingActive False (FailedGetResourceMetric)`. */
function autoscalerText({ name, min, max, current, desired, conditions = [] }: Autoscaler): SafeMrkdwn {
  const state = current === undefined ? '' : `, has ${current}, wants ${desired ?? current}`;
  // Healthy is able, active and not limited.
  const trouble = conditions
    .filter(({ type, status }) => (status === 'True') === (type === 'ScalingLimited'))
    .map(({ type, status, reason }) => `, ${type} ${status} (${reason})`);
  return md`• Autoscaler ${name}: ${rangeText({ min, max })}${state}${trouble.join('')}`;
}

function scaledObjectText({ name, paused, pausedReplicas }: ScaledObject): SafeMrkdwn {
  const held = pausedReplicas === undefined ? '' : ` at ${plural(pausedReplicas, 'replica')}`;
  return md`• ScaledObject/${name}${paused ? `, paused${held}` : ''}`;
}
