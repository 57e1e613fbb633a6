import type { Case } from '../../../domain/case.ts';
import type { Effect, PodsChanged, Readiness } from '../../../domain/effect.ts';
import type { UnreadyNode } from '../../../domain/facts/unready-node.ts';
import {
  allKnown,
  losingAll,
  needsNothing,
  noPods,
  nothingFollows,
  nothingToPutBack,
  sameContent,
} from '../../no-effect.ts';
import { confirmsNothing, endingUnknown, unconfirmedEnds } from '../../nodes/unready.ts';
import { nameOf } from '../../obstacle.ts';
import { podOf } from '../../subject.ts';

const onePod: PodsChanged = {
  ...noPods,
  deleted: 1,
  affected: { pods: 1, becomes: 'replaced', field: 'metadata.uid' },
};

const readinessUnknown: Effect['unknown'] = ['readiness'];

const oneTold: PodsChanged = { ...onePod, affected: { ...onePod.affected, becomes: 'told to end' } };

/** The pod's node, where nobody confirms that a pod has ended there. */
export function silentNodeOf(judged: Pick<Case, 'facts'>): UnreadyNode | undefined {
  return confirmsNothing(podOf(judged)?.unreadyNode);
}

/** One pod goes, and its controller starts another. No pod is in the source of a GitOps tool. */
export function effect(judged: Case<'delete pod'>): Effect {
  const node = silentNodeOf(judged);
  const ending = effectOn(judged.facts);
  return node === undefined
    ? ending
    : {
        ...ending,
        pods: oneTold,
        consequences: unconfirmedEnds(node, [endingOf(judged)], judged.facts),
        unknown: [...ending.unknown, ...endingUnknown],
      };
}

function endingOf(judged: Case<'delete pod'>) {
  const { controller } = podOf(judged) ?? {};
  return {
    name: nameOf(judged.action.target),
    owner: controller && `${controller.kind}/${controller.name}`,
    claim: (judged.facts.neighbourhood?.claims.length ?? 0) > 0,
  };
}

function effectOn(facts: Case['facts']): Effect {
  const readiness = readinessOf(facts);
  const unread = readiness === undefined && podOf({ facts })?.controller !== undefined;
  return {
    pods: onePod,
    readiness,
    endpoints: losingAll(facts),
    claims: undefined,
    size: undefined,
    most: undefined,
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
