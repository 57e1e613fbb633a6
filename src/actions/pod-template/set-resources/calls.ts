import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { isJsonObject, type Json } from '../../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, send, withWorkload } from '../../draft.ts';
import { type Container, chosen } from '../containers.ts';
import { containerAt, containerPath } from '../template.ts';
import { unchangedSpec } from '../unchanged.ts';
import { type Amount, amountsOf, changedAmounts, sides } from './amounts.ts';

type ResourcesInput = DraftInput<'set resources'>;

/** Merges into what a container has, as kubectl does (cmd/set/set_resources.go), by index and tested by name and old values. */
export function calls(input: ResourcesInput): Draft {
  return withWorkload(input, (workload) => {
    const { action } = input;
    const name = describeTarget(action.target);
    const containers = chosen(action, workload);
    const changed = containers.filter((container) => changedAmounts(action, container).length > 0);
    return send(
      guardedPatch(input, {
        operations: [
          ...unchangedSpec(input),
          ...changed.flatMap((container) => operations(input, container)),
        ],
        done: containers.flatMap((container) => done(action, container)),
        sentence: `Set ${changed.map((container) => saidOf(action, container)).join('; ')} in ${name}.`,
      }),
    );
  });
}

function operations({ action, snapshot }: ResourcesInput, container: Container): PatchOperation[] {
  const at = containerPath(container);
  const live = containerAt(snapshot, container);
  const changes = changedAmounts(action, container);
  const missing = isJsonObject(valueAt(live, 'resources')) ? [] : madeAt([...at, 'resources']);
  return [
    { op: 'test', path: jsonPointer(...at, 'name'), value: container.name },
    ...missing,
    ...sides.flatMap((side) => {
      const own = changes.filter((change) => change.side === side);
      if (own.length === 0) return [];
      const there = isJsonObject(valueAt(live, 'resources', side));
      return [...(there ? [] : madeAt([...at, 'resources', side])), ...own.flatMap(changeAt(at))];
    }),
  ];
}

/** `add` needs what holds the field to be there. */
function madeAt(path: readonly (string | number)[]): PatchOperation[] {
  return [
    { op: 'test', path: jsonPointer(...path), value: null },
    { op: 'add', path: jsonPointer(...path), value: {} },
  ];
}

const changeAt =
  (at: readonly (string | number)[]) =>
  ({ side, resource, from, to }: Amount): PatchOperation[] => {
    const path = jsonPointer(...at, 'resources', side, resource);
    return [
      { op: 'test', path, value: from ?? null },
      { op: 'add', path, value: to },
    ];
  };

function done(action: ActionOf<'set resources'>, container: Container): { path: string; value: Json }[] {
  const at = containerPath(container);
  return [
    { path: jsonPointer(...at, 'name'), value: container.name },
    ...amountsOf(action, container).map(({ side, resource, to }) => ({
      path: jsonPointer(...at, 'resources', side, resource),
      value: to,
    })),
  ];
}

/** `cpu limit from 100m to 500m, memory request 64Mi for web`. */
function saidOf(action: ActionOf<'set resources'>, container: Container): string {
  const told = changedAmounts(action, container).map(({ side, resource, from, to }) => {
    const what = `${resource} ${side === 'limits' ? 'limit' : 'request'}`;
    return from === undefined ? `${what} ${to}` : `${what} from ${from} to ${to}`;
  });
  return `${told.join(', ')} for ${container.name}`;
}
