import { z } from 'zod';
import type { Target } from '../../../domain/action.ts';
import type { Autoscaler, ScaledObject, VerticalAutoscaler } from '../../../domain/facts/autoscaler.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { autoscaler, metadata } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { autoscalerFactOf } from './fields/autoscaler.ts';
import type { Unknowns } from './unknowns.ts';

const reference = z.object({ kind: z.string().default('Deployment'), name: z.string() });
const scaledObject = z.object({ metadata, spec: z.object({ scaleTargetRef: reference }) });
const verticalAutoscaler = z.object({
  metadata,
  spec: z.object({
    targetRef: reference.nullish(),
    updatePolicy: z.object({ updateMode: z.string().nullish() }).nullish(),
  }),
});

const pausedReplicas = 'autoscaling.keda.sh/paused-replicas';
const paused = 'autoscaling.keda.sh/paused';

type Autoscaling = Pick<Facts, 'autoscaler' | 'scaledObject' | 'verticalAutoscaler'>;

/** Whatever sets how many pods a workload has, or what they request; a pod and a node have none. */
export async function readAutoscaling(
  reader: Reader,
  unknowns: Unknowns,
  target: Target,
): Promise<Autoscaling> {
  if (target.kind === 'Pod' || target.kind === 'Node') return {};
  const [horizontal, keda, vertical] = await Promise.all([
    readHorizontal(reader, unknowns, target),
    readScaledObject(reader, unknowns, target),
    readVertical(reader, unknowns, target),
  ]);
  return {
    ...(horizontal === undefined ? {} : { autoscaler: horizontal }),
    ...(keda === undefined ? {} : { scaledObject: keda }),
    ...(vertical === undefined ? {} : { verticalAutoscaler: vertical }),
  };
}

interface Scaled {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const isOf = (target: Scaled, wanted: z.infer<typeof reference> | null | undefined) =>
  wanted?.kind === target.kind && wanted.name === target.name;

async function readHorizontal(
  reader: Reader,
  unknowns: Unknowns,
  target: Scaled,
): Promise<Autoscaler | undefined> {
  const { namespace } = target;
  const all = await unknowns.orUnknown(
    'autoscaler',
    reader.list(autoscaler, resourceOf('HorizontalPodAutoscaler', { namespace })),
  );
  const found = all?.find(({ spec }) => isOf(target, spec.scaleTargetRef));
  if (found === undefined) return undefined;
  const { currentReplicas, desiredReplicas, conditions } = found.status;
  return {
    ...autoscalerFactOf(found),
    ...(currentReplicas == null ? {} : { current: currentReplicas }),
    // The API always sends a number, and it is 0 until the controller has looked for the first time.
    ...(desiredReplicas == null || conditions.length === 0 ? {} : { desired: desiredReplicas }),
    conditions: conditions
      .map(({ type, status, reason = '' }) => ({ type, status, reason }))
      .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
  };
}

/** keda.sh, "Pause autoscaling": the annotation with a number goes before the one without. */
async function readScaledObject(
  reader: Reader,
  unknowns: Unknowns,
  target: Scaled,
): Promise<ScaledObject | undefined> {
  const { namespace } = target;
  const all = await unknowns.orUnknown(
    'scaled objects',
    reader.listIfServed(scaledObject, resourceOf('ScaledObject', { namespace })),
  );
  const found = all?.find(({ spec }) => isOf(target, spec.scaleTargetRef));
  if (found === undefined) return undefined;
  const { name, annotations } = found.metadata;
  const held = Number(annotations[pausedReplicas] ?? Number.NaN);
  return Number.isSafeInteger(held) && held >= 0
    ? { name, paused: true, pausedReplicas: held }
    : { name, paused: annotations[paused] === 'true' };
}

async function readVertical(
  reader: Reader,
  unknowns: Unknowns,
  target: Scaled,
): Promise<VerticalAutoscaler | undefined> {
  const { namespace } = target;
  const all = await unknowns.orUnknown(
    'vertical autoscalers',
    reader.listIfServed(verticalAutoscaler, resourceOf('VerticalPodAutoscaler', { namespace })),
  );
  const found = all?.find(({ spec }) => isOf(target, spec.targetRef));
  if (found === undefined) return undefined;
  return { name: found.metadata.name, mode: found.spec.updatePolicy?.updateMode ?? 'Auto' };
}
