import type { PatchOperation } from '../../domain/plan.ts';
import { jsonPointer, valueAt } from '../../domain/text/json-pointer.ts';
import type { DraftInput } from '../draft.ts';
import { movingWithin } from '../scaling/kept-replicas.ts';
import { workloadOf } from '../subject.ts';
import { containerPath } from './template.ts';

/**
 * Tests that the spec is still the one that was seen. The generation guards all of it; where an autoscaler moves the
 * replicas, which raises the generation too, what the decision relied on is tested piece by piece. Of a kind that has no
 * generation nothing is tested here.
 */
export function unchangedSpec(input: DraftInput): PatchOperation[] {
  const { facts } = input;
  const { generation } = facts.identity;
  if (movingWithin(facts) !== undefined) return piecesOf(input);
  return generation > 0 ? [test('/metadata/generation', generation)] : [];
}

const test = (path: string, value: string | number | boolean | null) =>
  ({ op: 'test', path, value }) as const;

const revision = 'deployment.kubernetes.io/revision';

function piecesOf({ action, facts, snapshot }: DraftInput): PatchOperation[] {
  const workload = workloadOf({ facts });
  if (workload === undefined) return [];
  const { paused, containers } = workload;
  const isDeployment = action.target.kind === 'Deployment';
  const asSeen = (...path: readonly string[]) => {
    const value = valueAt(snapshot, ...path);
    return typeof value === 'string' ? [test(jsonPointer(...path), value)] : [];
  };
  return [
    ...containers.flatMap((container) => [
      test(jsonPointer(...containerPath(container), 'name'), container.name),
      test(jsonPointer(...containerPath(container), 'image'), container.image),
    ]),
    ...(isDeployment ? [test('/spec/paused', paused ? true : null)] : []),
    ...asSeen('spec', isDeployment ? 'strategy' : 'updateStrategy', 'type'),
    // Written by the Deployment's controller for every new template.
    ...asSeen('metadata', 'annotations', revision),
  ];
}
