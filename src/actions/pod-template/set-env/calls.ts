import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { ListEntry, PatchOperation } from '../../../domain/plan.ts';
import { canonicalJson, isJsonObject, type Json } from '../../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send, withWorkload } from '../../draft.ts';
import { alreadySo } from '../../sentence.ts';
import { type Container, chosen } from '../containers.ts';
import { containerAt, containerPath } from '../template.ts';
import { unchangedSpec } from '../unchanged.ts';

type EnvInput = DraftInput<'set env'>;

/**
 * A variable is replaced wholesale, `valueFrom` too, in its place; a second one of its name goes (updateEnv in
 * kubectl/pkg/cmd/set/env/env_resolve.go). By the index that was seen, tested by the names of container and variable
 * and by what guards every value: an old one may be a secret and must not stand in a plan.
 */
export function calls(input: EnvInput): Draft {
  return withWorkload(input, (workload) => {
    const { action } = input;
    const name = describeTarget(action.target);
    const containers = chosen(action, workload);
    const changes = containers.flatMap((container) => operations(input, container));
    if (changes.length === 0)
      return refuse(
        `${name} ${alreadySo(
          'variable',
          action.set.map((each) => each.name),
          action.remove,
        )}.`,
      );
    return send(
      guardedPatch(input, {
        operations: [...unchangedSpec(input), ...changes],
        done: containers.map((container) => ({
          path: jsonPointer(...containerPath(container), 'name'),
          value: container.name,
        })),
        entries: containers.flatMap((container) => entries(action, container)),
        sentence: `${saidOf(action)} in ${containers.map((each) => each.name).join(', ')} of ${name}.`,
      }),
    );
  });
}

function operations({ action, snapshot }: EnvInput, container: Container): PatchOperation[] {
  const at = containerPath(container);
  const found = valueAt(containerAt(snapshot, container), 'env');
  const live = Array.isArray(found) ? found : [];
  const list = jsonPointer(...at, 'env');
  const [replaced, removed] = [replacements(action, live), removals(action, live)];
  const names = live.map(nameOf);
  const added = action.set.filter(({ name }) => !names.includes(name)).map(entryOf);
  if (replaced.length + removed.length + added.length === 0) return [];
  const here: PatchOperation = { op: 'test', path: jsonPointer(...at, 'name'), value: container.name };
  if (live.length === 0) {
    return [here, { op: 'test', path: list, value: null }, { op: 'add', path: list, value: added }];
  }
  const tests = [...replaced.map(({ index }) => index), ...removed];
  return [
    here,
    ...tests.map((index): PatchOperation => {
      return { op: 'test', path: `${list}/${index}/name`, value: nameOf(live[index] ?? null) };
    }),
    ...replaced.map(
      ({ index, value }): PatchOperation => ({ op: 'replace', path: `${list}/${index}`, value }),
    ),
    // From the end, so that no index moves before it is used.
    ...removed.toReversed().map((index): PatchOperation => ({ op: 'remove', path: `${list}/${index}` })),
    ...added.map((value): PatchOperation => ({ op: 'add', path: `${list}/-`, value })),
  ];
}

/** The first of each name that is not yet as it should be. */
function replacements({ set }: ActionOf<'set env'>, live: readonly Json[]) {
  return set.flatMap((variable) => {
    const index = live.findIndex((entry) => nameOf(entry) === variable.name);
    const value = entryOf(variable);
    return index < 0 || canonicalJson(live[index] ?? null) === canonicalJson(value) ? [] : [{ index, value }];
  });
}

/** Those that are to go and the repeats of those that are set, in order. */
function removals({ set, remove }: ActionOf<'set env'>, live: readonly Json[]): number[] {
  const names = live.map(nameOf);
  const isSet = (name: string) => set.some((variable) => variable.name === name);
  return names.flatMap((name, index) => {
    const repeats = isSet(name) && names.indexOf(name) < index;
    return repeats || remove.includes(name) ? [index] : [];
  });
}

function nameOf(entry: Json): string {
  const name = isJsonObject(entry) ? entry['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** The API server leaves an empty value out. */
function entryOf({ name, value }: { name: string; value: string }): Json {
  return value === '' ? { name } : { name, value };
}

function entries({ set, remove }: ActionOf<'set env'>, container: Container): ListEntry[] {
  const path = jsonPointer(...containerPath(container), 'env');
  return [
    ...set.map((variable) => ({ path, where: { name: variable.name }, value: entryOf(variable) })),
    ...remove.map((name) => ({ path, where: { name }, value: null })),
  ];
}

/** Names only: a new value may be as secret as an old one. */
function saidOf({ set, remove }: ActionOf<'set env'>): string {
  const names = set.map(({ name }) => name).join(', ');
  if (set.length === 0) return `Remove ${remove.join(', ')}`;
  return remove.length === 0 ? `Set ${names}` : `Set ${names} and remove ${remove.join(', ')}`;
}
