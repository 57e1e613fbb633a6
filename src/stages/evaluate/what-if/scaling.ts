import { effectOf, type Family, onDependents, onFacts } from './situation.ts';

export const roomToScale: Family = (situation) => {
  const { autoscaler, subject } = situation.facts;
  const { size } = effectOf(situation);
  // What an autoscaler is asked to do does not depend on how near its limit it is.
  if (autoscaler === undefined || subject.kind !== 'workload' || size?.by === 'autoscaler') return [];
  if (size?.by === 'person') {
    const change = onFacts(({ autoscaler: _, ...facts }) => facts);
    return [{ say: `no HorizontalPodAutoscaler/${autoscaler.name}`, change }];
  }
  if (subject.desired < autoscaler.max) return [];
  const change = onFacts((facts) =>
    facts.subject.kind === 'workload' && facts.autoscaler !== undefined
      ? { ...facts, autoscaler: { ...facts.autoscaler, max: facts.subject.desired + 1 } }
      : facts,
  );
  return [{ say: `HorizontalPodAutoscaler/${autoscaler.name} not at its limit`, change }];
};

/** A ScaledObject takes the autoscaler that it has made with it. */
export const unscaled: Family = (situation) => {
  const { scaledObject } = situation.facts;
  if (scaledObject === undefined || effectOf(situation).size?.by !== 'person') return [];
  const change = onFacts(({ scaledObject: _, autoscaler: __, ...facts }) => facts);
  return [{ say: `no ScaledObject/${scaledObject.name}`, change }];
};

/** It sets requests without taking pods away. */
export const gentleResizing: Family = ({ facts: { verticalAutoscaler } }) => {
  if (verticalAutoscaler === undefined || verticalAutoscaler.mode === 'Initial') return [];
  const { name, mode } = verticalAutoscaler;
  const change = onFacts((facts) => ({ ...facts, verticalAutoscaler: { name, mode: 'Initial' } }));
  return [{ say: `VerticalPodAutoscaler/${name} in mode Initial instead of ${mode}`, change }];
};

export const roomInQuota: Family = (situation) => {
  const quotas = situation.facts.neighbourhood?.quotas ?? [];
  if (quotas.length === 0) return [];
  const { size } = effectOf(situation);
  const enough = size?.by === 'person' ? size.to : Number.MAX_SAFE_INTEGER;
  const change = onDependents((dependents) => ({
    ...dependents,
    quotas: dependents.quotas.map((each) => ({ ...each, podsLeft: Math.max(each.podsLeft, enough) })),
  }));
  return [{ say: `room in ${quotas.map(({ name }) => `ResourceQuota/${name}`).join(' and ')}`, change }];
};
