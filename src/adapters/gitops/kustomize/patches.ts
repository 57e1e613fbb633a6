import type { ManifestStep } from '../../../domain/manifest/lasting.ts';
import { parseDocuments } from '../edit/documents.ts';
import { locate } from '../edit/fields.ts';
import { isFields, type ManifestObject } from '../edit/objects.ts';
import type { Step } from '../edit/place.ts';
import { type Files, joined } from '../files.ts';
import { operations } from './json-patch.ts';
import type { Kustomization } from './kustomization.ts';
import { type Origin, ownOrigin, type Traced } from './origin.ts';
import { type Effect, hits, nothing, type Patched, type Target } from './patch-target.ts';

interface Patch {
  readonly text: string;
  /** The file that the patch is, or the text of the kustomization that it stands in. */
  readonly from: { readonly file: string } | { readonly within: Origin };
  readonly target: Target | undefined;
}

/** What the patches of a kustomization leave of a traced value, in the order in which kustomize applies them. */
export function throughPatches(
  files: Files,
  kustomization: Kustomization,
  patched: Patched,
  traced: Traced | undefined,
): Traced | undefined {
  let now = traced;
  for (const patch of patchesOf(files, kustomization)) {
    now =
      'missing' in patch
        ? doubted(now, patch.missing, { kustomization, layer: patched.layer })
        : apply(patch, patched, now, kustomization);
  }
  return now;
}

type Found = Patch | { readonly missing: string };

function patchesOf(files: Files, kustomization: Kustomization): readonly Found[] {
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
  return [...merges, ...patches.map(listed('patches')), ...patchesJson6902.map(listed('patchesJson6902'))];
}

function inFile(files: Files, { folder }: Kustomization, entry: string, target: Target | undefined): Found {
  const path = joined(folder, entry);
  const text = path === undefined ? undefined : files.get(path);
  if (path === undefined || text === undefined)
    return { missing: `the patch ${entry} is not in the repository` };
  return { text, from: { file: path }, target };
}

function apply(
  patch: Patch,
  patched: Patched,
  traced: Traced | undefined,
  kustomization: Kustomization,
): Traced | undefined {
  const parsed = parseDocuments(patch.text, '1.1');
  const here = { kustomization, layer: patched.layer };
  if (parsed.kind === 'refused') return doubted(traced, `a patch cannot be read: ${parsed.reason}`, here);
  let now = traced;
  for (const [document, node] of parsed.documents.entries()) {
    const content: unknown = node.toJS({ maxAliasCount: 100 });
    const effect = Array.isArray(content)
      ? operations(content, patched, patch.target)
      : merge(content, patched, patch.target);
    if (effect.kind === 'doubt') now = doubted(now, effect.reason, here);
    if (effect.kind === 'set')
      now = { value: effect.value, origin: originOf(patch, document, effect.path), by: setBy(here) };
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
function merge(content: unknown, { object, names, field }: Patched, target: Target | undefined): Effect {
  if (!isFields(content)) return nothing;
  const reach = target === undefined ? itself(content, object, names) : hits(target, object, names);
  if (reach === 'no') return nothing;
  const special = directive(content, field);
  if (special !== undefined) return { kind: 'doubt', reason: special };
  const found = locate(content, field);
  if (found === undefined) return nothing;
  if (reach === 'perhaps')
    return { kind: 'doubt', reason: 'a patch chooses its objects by labels or annotations' };
  return { kind: 'set', path: found.path, value: found.value };
}

function itself(
  content: Readonly<Record<string, unknown>>,
  object: ManifestObject,
  names: readonly string[],
) {
  const { kind, metadata } = content;
  const name = isFields(metadata) ? metadata['name'] : undefined;
  return kind === object.kind && typeof name === 'string' && names.includes(name) ? 'yes' : 'no';
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
