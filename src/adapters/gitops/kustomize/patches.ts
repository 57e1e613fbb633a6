import type { ManifestStep } from '../../../domain/manifest/lasting.ts';
import { joinedPath } from '../../../domain/manifest/path.ts';
import { parseDocuments } from '../edit/documents.ts';
import { locate } from '../edit/fields.ts';
import { type Fields, isFields, type ManifestObject } from '../edit/objects.ts';
import type { Step } from '../edit/place.ts';
import type { Files } from '../files.ts';
import type { Passage } from './built.ts';
import { operations } from './json-patch.ts';
import type { Kustomization } from './kustomization.ts';
import { effective, type ObjectIds } from './object-id.ts';
import { type Origin, ownOrigin, type Traced } from './origin.ts';
import { type Effect, hits, nothing, type Patched, type Target } from './patch-target.ts';

interface Patch {
  readonly text: string;
  /** The file that the patch is, or the text of the kustomization that it stands in. */
  readonly from: { readonly file: string } | { readonly within: Origin };
  readonly target: Target | undefined;
}

/** A value on its way through patches, and where the object has the field by then. */
export interface OnItsWay {
  readonly traced: Traced | undefined;
  readonly at: Patched['at'];
}

/** What the patches of a kustomization leave of a traced value, in the order in which kustomize applies them. */
export function throughPatches(
  files: Files,
  { kustomization, before, after }: Passage,
  patched: Omit<Patched, 'ids' | 'at'>,
  way: OnItsWay,
): OnItsWay {
  let now = way;
  for (const { ids, patch } of patchesOf(files, kustomization, before, after)) {
    const here = { ...patched, ids, at: now.at };
    now =
      'missing' in patch
        ? { ...now, traced: doubted(now.traced, patch.missing, { kustomization, layer: patched.layer }) }
        : apply(patch, here, now.traced, kustomization);
  }
  return now;
}

type Found = Patch | { readonly missing: string };

/** Those of `patchesJson6902` come after the object has been renamed. */
function patchesOf(
  files: Files,
  kustomization: Kustomization,
  before: ObjectIds,
  after: ObjectIds,
): readonly { readonly ids: ObjectIds; readonly patch: Found }[] {
  const { file, patchesStrategicMerge, patches, patchesJson6902 } = kustomization;
  const merges = patchesStrategicMerge.map(
    (entry, index): Found =>
      entry.includes('\n')
        ? {
            text: entry,
            from: { within: ownOrigin(file, 'patchesStrategicMerge', index) },
            target: undefined,
          }
        : inFile(files, kustomization, entry, undefined),
  );
  const listed =
    (key: 'patches' | 'patchesJson6902') => (entry: Kustomization['patches'][number], index: number) =>
      entry.path === undefined
        ? {
            text: entry.patch ?? '',
            from: { within: ownOrigin(file, key, index, 'patch') },
            target: entry.target,
          }
        : inFile(files, kustomization, entry.path, entry.target);
  const early = [...merges, ...patches.map(listed('patches'))];
  return [
    ...early.map((patch) => ({ ids: before, patch })),
    ...patchesJson6902.map(listed('patchesJson6902')).map((patch) => ({ ids: after, patch })),
  ];
}

function inFile(files: Files, { folder }: Kustomization, entry: string, target: Target | undefined): Found {
  const path = joinedPath(folder, entry);
  const text = path === undefined ? undefined : files.get(path);
  if (path === undefined || text === undefined)
    return { missing: `the patch ${entry} is not in the repository` };
  return { text, from: { file: path }, target };
}

/** By the kustomization of one build: it is asked for each of its objects, and reading takes far longer than applying. */
const alreadyRead = new WeakMap<Kustomization, Map<string, readonly unknown[] | string>>();

/** The documents of a patch, or why it cannot be read. */
function contentsOf({ text }: Patch, kustomization: Kustomization): readonly unknown[] | string {
  const known = alreadyRead.get(kustomization) ?? new Map<string, readonly unknown[] | string>();
  alreadyRead.set(kustomization, known);
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = parseDocuments(text, '1.1');
  const read =
    parsed.kind === 'refused'
      ? parsed.reason
      : parsed.documents.map((node): unknown => node.toJS({ maxAliasCount: 100 }));
  known.set(text, read);
  return read;
}

function apply(
  patch: Patch,
  patched: Patched,
  traced: Traced | undefined,
  kustomization: Kustomization,
): OnItsWay {
  const parsed = contentsOf(patch, kustomization);
  const here = { kustomization, layer: patched.layer };
  let now: OnItsWay = { traced, at: patched.at };
  if (typeof parsed === 'string')
    return { ...now, traced: doubted(traced, `a patch cannot be read: ${parsed}`, here) };
  for (const [document, content] of parsed.entries()) {
    const seen = { ...patched, at: now.at };
    const effect = Array.isArray(content)
      ? operations(content, seen, patch.target)
      : merge(content, seen, patch.target);
    if (effect.kind === 'doubt') {
      const doubtfulPatches = [...(now.traced?.doubtfulPatches ?? []), originOf(patch, document, [])];
      now = { traced: { ...doubted(now.traced, effect.reason, here), doubtfulPatches }, at: undefined };
    }
    if (effect.kind !== 'doubt' && effect.moves === true) now = { ...now, at: undefined };
    if (effect.kind === 'set') {
      const origin = originOf(patch, document, effect.path);
      now = { ...now, traced: { value: effect.value, origin, by: setBy(here) } };
    }
  }
  return now;
}

interface Here {
  readonly kustomization: Kustomization;
  readonly layer: number;
}

const setBy = ({ kustomization, layer }: Here) => ({ layer, folders: [kustomization.folder] });

const doubted = (traced: Traced | undefined, reason: string, here: Here): Traced => ({
  ...(traced ?? { value: undefined, origin: ownOrigin(here.kustomization.file), by: setBy(here) }),
  doubt: `${here.kustomization.file}: ${reason}`,
});

function originOf({ from }: Patch, document: number, path: readonly Step[]): Origin {
  const place = { document, path };
  return 'within' in from ? { ...from.within, inner: place } : { file: from.file, place };
}

/** A strategic merge patch names its object itself unless it has a target. */
function merge(content: unknown, patched: Patched, target: Target | undefined): Effect {
  const { object, ids, field } = patched;
  if (!isFields(content)) return nothing;
  const reach = target === undefined ? itself(content, object, ids) : hits(target, object, ids);
  if (reach === 'no') return nothing;
  const special = directive(content, field);
  if (special !== undefined) return { kind: 'doubt', reason: special };
  const found = locate(content, field);
  const moved = movesElements(content, patched) ? ({ moves: true } as const) : {};
  if (found === undefined) return { kind: 'nothing', ...moved };
  if (reach === 'perhaps')
    return { kind: 'doubt', reason: 'a patch chooses its objects by an expression, labels or annotations' };
  return { kind: 'set', path: found.path, value: found.value, ...moved };
}

/** Any id that the object has had, whole (kustomize api/resmap/reswrangler.go, GetById). */
function itself(content: Fields, object: ManifestObject, ids: ObjectIds): 'yes' | 'no' {
  const { kind, metadata } = content;
  if (kind !== object.kind || !isFields(metadata)) return 'no';
  const [theirs, own] = [content, object.content].map((each) => each['apiVersion']);
  if (theirs !== undefined && own !== undefined && theirs !== own) return 'no';
  const { name, namespace } = metadata;
  const called = effective(typeof namespace === 'string' ? namespace : undefined);
  return ids.some((id) => id.name === name && id.namespace === called) ? 'yes' : 'no';
}

/** Elements that a patch names come first, in its order; those that it does not name follow. */
function movesElements(content: unknown, { object, field }: Patched): boolean {
  return field.some((step, depth) => {
    if (typeof step === 'string') return false;
    const [theirs, own] = [content, object.content].map((each) => locate(each, field.slice(0, depth))?.value);
    if (!Array.isArray(theirs)) return false;
    const nameOf = (element: unknown) => (isFields(element) ? element['name'] : undefined);
    const known: readonly unknown[] = Array.isArray(own) ? own : [];
    return theirs.some((element, index) => nameOf(element) !== nameOf(known[index]));
  });
}

/** `$patch: delete`, or null: what a patch takes away on the way to the field. */
function directive(content: unknown, field: readonly ManifestStep[]): string | undefined {
  for (let depth = 0; depth <= field.length; depth += 1) {
    const found = locate(content, field.slice(0, depth));
    if (found === undefined) return undefined;
    if (found.value === null) return 'a patch removes it';
    const has = (value: unknown) => isFields(value) && Object.hasOwn(value, '$patch');
    if (has(found.value) || (Array.isArray(found.value) && found.value.some(has)))
      return 'a patch has a $patch directive';
  }
  return undefined;
}
