import type { Case } from '../../../domain/case.ts';
import type { Effect, PodsChanged, Readiness } from '../../../domain/effect.ts';
import {
  allKnown,
  losingAll,
  needsNothing,
  noPods,
  nothingFollows,
  nothingToPutBack,
  sameContent,
} from '../../no-effect.ts';
import { podOf } from '../../subject.ts';

const onePod: PodsChanged = {
  ...noPods,
  deleted: 1,
  affected: { pods: 1, becomes: 'replaced', field: 'metadata.uid' },
};

const readinessUnknown: Effect['unknown'] = ['readiness'];

/** One pod goes, and its controller starts another. No pod is in the source of a GitOps tool. */
export function effect({ facts }: Case<'delete pod'>): Effect {
  const readiness = readinessOf(facts);
  const unread = readiness === undefined && podOf({ facts })?.controller !== undefined;
  return {
    pods: onePod,
    readiness,
    endpoints: losingAll(facts),
    claims: undefined,
    size: undefined,
    content: sameContent,
    node: undefined,
    run: undefined,
    rollout: 'apart',
    drift: nothingToPutBack,
    needs: needsNothing,
    consequences: nothingFollows,
    unknown: unread ? readinessUnknown : allKnown,
  };
}

function readinessOf(facts: Case['facts']): Readiness | undefined {
  const subject = podOf({ facts });
  const before = subject?.controller?.ready;
  if (subject === undefined || before === undefined) return undefined;
  return { before, left: Math.max(0, before - (subject.pod.ready ? 1 : 0)) };
}
