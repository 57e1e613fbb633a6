import { jsonPointer } from '../../../domain/text/json-pointer.ts';
import { isFields } from '../edit/objects.ts';
import type { Step } from '../edit/place.ts';
import { type Effect, hits, nothing, type Patched, type Target } from './patch-target.ts';

/** What a JSON patch (RFC 6902) does to the field. kustomize applies none that has no target. */
export function operations(list: readonly unknown[], patched: Patched, target: Target | undefined): Effect {
  const reach = target === undefined ? 'no' : hits(target, patched.object, patched.ids);
  if (reach === 'no') return nothing;
  const effects = list.map((operation, index) => effectOf(operation, index, patched));
  // What is written by an index after one of them has moved the elements of a list is not what stood there before.
  const effect =
    effects.find(({ kind }) => kind === 'doubt') ?? effects.findLast(({ kind }) => kind !== 'nothing');
  if (effect?.kind === 'set' && reach === 'perhaps')
    return { kind: 'doubt', reason: 'a patch chooses its objects by an expression, labels or annotations' };
  return effect ?? nothing;
}

function effectOf(operation: unknown, index: number, patched: Patched): Effect {
  if (!isFields(operation) || typeof operation['path'] !== 'string') return nothing;
  const { op, path, from } = operation;
  const known = pointerTo(patched);
  // Of another value the build would fail.
  if (op === 'test')
    return known !== undefined && isWithin(known, path)
      ? { kind: 'doubt', reason: `a JSON patch wants ${path} to be what it is now` }
      : nothing;
  // What is moved is not there any more, and of what is copied a change would be seen in the copy.
  if ((op === 'move' || op === 'copy') && typeof from === 'string' && isUnclear(op, from, known, patched))
    return { kind: 'doubt', reason: `a JSON patch takes what it writes to ${path} from ${from}` };
  const sets = (op === 'replace' || op === 'add') && Object.hasOwn(operation, 'value');
  if (path === known && sets) return { kind: 'set', path: [index, 'value'], value: operation['value'] };
  return isUnclear(String(op), path, known, patched)
    ? { kind: 'doubt', reason: `a JSON patch writes ${path}` }
    : nothing;
}

/** Above the field, or in a list that one of its elements is found in by its name: then its index may move. */
function isUnclear(op: string, path: string, known: string | undefined, { field, at }: Patched): boolean {
  if (known !== undefined && (path === known || known.startsWith(`${path}/`))) return true;
  if (known !== undefined && at !== undefined) return listsAbove(at).some((list) => moves(op, path, list));
  const list = listAbove(field);
  return list !== undefined && (isWithin(path, list) || isWithin(list, path));
}

const isWithin = (pointer: string, above: string): boolean =>
  pointer === above || pointer.startsWith(`${above}/`);

/** Another element of it is put in, taken out, replaced whole or given another name. */
function moves(op: string, path: string, list: string): boolean {
  if (!path.startsWith(`${list}/`)) return false;
  const [, key] = path.slice(list.length + 1).split('/');
  return key === undefined || key === 'name' || op === 'move';
}

/** The lists that the field is in, by their pointers. */
function listsAbove(at: readonly Step[]): string[] {
  return at.flatMap((step, index) => (typeof step === 'number' ? [jsonPointer(...at.slice(0, index))] : []));
}

/** Where the field is, by index; a field that the object has not can only be pointed to where it is in no list. */
function pointerTo({ at, field }: Patched): string | undefined {
  if (at !== undefined) return jsonPointer(...at);
  const keys = field.filter((step) => typeof step === 'string');
  return keys.length === field.length ? jsonPointer(...keys) : undefined;
}

function listAbove(field: Patched['field']): string | undefined {
  const index = field.findIndex((step) => typeof step !== 'string');
  return index < 0
    ? undefined
    : jsonPointer(...field.slice(0, index).filter((step) => typeof step === 'string'));
}
