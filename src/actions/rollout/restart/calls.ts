import { describeTarget } from '../../../domain/action.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { isJsonObject, type Json } from '../../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, send } from '../../draft.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';

const annotation = 'kubectl.kubernetes.io/restartedAt';
const annotations = ['spec', 'template', 'metadata', 'annotations'] as const;

/**
 * As `kubectl rollout restart` (polymorphichelpers/objectrestarter.go): an annotation on the template. The value is
 * the stamp of this execution, so that sending it again changes nothing.
 */
export function calls(input: DraftInput<'rollout restart'>): Draft {
  const name = describeTarget(input.action.target);
  return send(
    guardedPatch(input, {
      operations: [
        ...unchangedSpec(input),
        ...annotate(valueAt(input.snapshot, ...annotations), input.stamp),
      ],
      done: [{ path: jsonPointer(...annotations, annotation), value: input.stamp }],
      sentence: `Restart ${name} by the annotation ${annotation}=${input.stamp}.`,
    }),
  );
}

/** `add` needs the map to be there. */
function annotate(live: Json | undefined, stamp: string): PatchOperation[] {
  if (isJsonObject(live)) return [{ op: 'add', path: jsonPointer(...annotations, annotation), value: stamp }];
  return [
    { op: 'test', path: jsonPointer(...annotations), value: null },
    { op: 'add', path: jsonPointer(...annotations), value: { [annotation]: stamp } },
  ];
}
