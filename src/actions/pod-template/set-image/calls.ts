import { describeTarget } from '../../../domain/action.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { jsonPointer } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, send, withWorkload } from '../../draft.ts';
import { unchangedSpec } from '../unchanged.ts';

interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The container's own JSON pointer parts. */
  readonly at: readonly (string | number)[];
}

/** By the index that was seen, tested by name and old image; init containers as kubectl does (cmd/set/set_image.go). */
export function calls(input: DraftInput<'set image'>): Draft {
  return withWorkload(input, (workload) => {
    const name = describeTarget(input.action.target);
    const { images } = input.action;
    const changes = images.flatMap(({ container, image }) => found(workload, container, image));
    const list = changes.map((change) => `${change.name} from ${change.from} to ${change.to}`).join(', ');
    return send(
      guardedPatch(input, {
        operations: [...unchangedSpec(input), ...changes.flatMap(operations)],
        done: changes.flatMap(({ name: container, at, to }) => [
          { path: jsonPointer(...at, 'name'), value: container },
          { path: jsonPointer(...at, 'image'), value: to },
        ]),
        sentence: `Set the image of ${list} in ${name}.`,
      }),
    );
  });
}

function found({ containers }: WorkloadSubject, container: string, to: string): Change[] {
  const live = containers.find(({ name }) => name === container);
  if (live === undefined) return [];
  const list = live.init ? 'initContainers' : 'containers';
  return [{ name: live.name, from: live.image, to, at: ['spec', 'template', 'spec', list, live.index] }];
}

function operations({ name, from, to, at }: Change): PatchOperation[] {
  return [
    { op: 'test', path: jsonPointer(...at, 'name'), value: name },
    { op: 'test', path: jsonPointer(...at, 'image'), value: from },
    { op: 'replace', path: jsonPointer(...at, 'image'), value: to },
  ];
}
