import type { Case } from '../../../domain/case.ts';
import type { Consequence, Effect, EndpointsLeft, PodsChanged, Readiness } from '../../../domain/effect.ts';
import type { Facts, PodSubject } from '../../../domain/facts/facts.ts';
import { allKnown, noEndpoints, noPods, quietEffect } from '../../no-effect.ts';
import { podOf } from '../../subject.ts';
import { driftOf } from '../drift.ts';
import { pickedPod } from './picked-pod.ts';
import { placedByLabel } from './placed-by-label.ts';
import { reservedLabels } from './reserved-labels.ts';
import { isController, isReleased, type Selection, selectionOf } from './selection.ts';

/** Labels of the object itself: they move no pod but one that is picked by them. */
export function effect(judged: Case<'label'>): Effect {
  switch (judged.action.target.kind) {
    case 'Pod':
      return podEffect(judged);
    case 'Node': {
      const unknown: Effect['unknown'] = judged.facts.placements === undefined ? ['placement'] : allKnown;
      return labelled(judged, placedByLabel(judged), unknown);
    }
    default:
      return labelled(judged, [], allKnown);
  }
}

function labelled(
  judged: Case<'label'>,
  consequences: readonly Consequence[],
  unknown: Effect['unknown'],
): Effect {
  return quietEffect({
    rollout: 'apart',
    drift: driftOf(judged.action.target),
    consequences: [...reservedLabels(judged), ...consequences],
    unknown,
  });
}

function podEffect(judged: Case<'label'>): Effect {
  const { facts } = judged;
  const selection = selectionOf(judged);
  const released = isReleased(selection);
  const pod = podOf(judged);
  const readiness = released && pod !== undefined ? readinessWithout(pod) : undefined;
  return {
    ...labelled(judged, pickedPod(judged, selection), unknownOf(judged, released)),
    pods: podsChanged(selection, released),
    readiness,
    endpoints: losingPod(facts, selection),
  };
}

function podsChanged({ leaves }: Selection, released: boolean): PodsChanged {
  if (!leaves.some((each) => isController(each) || each.kind === 'Service')) return noPods;
  return {
    ...noPods,
    released: released ? 1 : 0,
    affected: { pods: 1, becomes: 'taken out', field: 'metadata.labels' },
  };
}

/** Its controller's ready pods, as long as another has not started. */
function readinessWithout({ pod, controller }: PodSubject): Readiness | undefined {
  const before = controller?.ready;
  return before === undefined ? undefined : { before, left: Math.max(0, before - (pod.ready ? 1 : 0)) };
}

function unknownOf(judged: Case<'label'>, released: boolean): Effect['unknown'] {
  if (judged.facts.pickers === undefined) return ['selection'];
  const controller = podOf(judged)?.controller;
  return released && controller !== undefined && controller.ready === undefined ? ['readiness'] : allKnown;
}

/** Only a Service that no longer picks it loses its endpoint. */
function losingPod({ neighbourhood }: Facts, { leaves }: Selection): readonly EndpointsLeft[] {
  if (neighbourhood === undefined || leaves.length === 0) return noEndpoints;
  return neighbourhood.services
    .filter(({ name }) => leaves.some((each) => each.kind === 'Service' && each.name === name))
    .map(({ name, ready, own }) => ({ service: name, ready, left: Math.max(0, ready - own) }));
}
