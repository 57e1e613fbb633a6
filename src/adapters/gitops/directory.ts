import type { LastingField } from '../../domain/manifest/lasting.ts';
import { locate, namedTwice, said } from './edit/fields.ts';
import { isOfKind, type ManifestObject, objectsIn } from './edit/objects.ts';
import { type Files, folderOf } from './files.ts';
import type { Wanted, Writes } from './writes.ts';

/** What the manifests of a folder say of an object; undefined where none does, or several. */
export function lookInDirectory(
  files: Files,
  source: { readonly path: string; readonly recurse: boolean },
  wanted: Wanted,
): (path: readonly string[]) => unknown {
  const [object, second] = objectsOf(files, source, wanted).objects;
  return (path) => (object && second === undefined ? locate(object.content, path)?.value : undefined);
}

/** The one value in the manifests of a folder that sets a field of the object. Two objects of that name are refused. */
export function inDirectory(
  files: Files,
  source: { readonly path: string; readonly recurse: boolean },
  wanted: Wanted,
  field: LastingField,
): Writes {
  const found = objectsOf(files, source, wanted);
  const [object, second] = found.objects;
  const what = `${wanted.kind} ${wanted.name}`;
  if (object === undefined) {
    const unread = found.unread.length === 0 ? '' : ` (not read: ${found.unread.join('; ')})`;
    return refused(
      `no file in ${source.path === '' ? 'the top folder' : source.path} makes ${what}${unread}`,
    );
  }
  const [rival] = found.rivals;
  if (rival !== undefined)
    return refused(`${object.file} makes ${what}, and so may a file that cannot be read: ${rival}`);
  if (second !== undefined) return refused(`${object.file} and ${second.file} both make ${what}`);
  const twice = namedTwice(object.content, field.path);
  if (twice !== undefined) return refused(`${object.file}: ${twice}`);
  const at = locate(object.content, field.path);
  if (at === undefined) return refused(`${object.file} does not set ${said(field.path)}`);
  const place = { document: object.document, path: [...object.path, ...at.path] };
  return { kind: 'writes', writes: [{ origin: { file: object.file, place }, value: field.value }] };
}

function objectsOf(
  files: Files,
  source: { readonly path: string; readonly recurse: boolean },
  wanted: Wanted,
) {
  const objects: ManifestObject[] = [];
  const unread: string[] = [];
  /** Those of them that have its kind or its name: a file without either does not make it. */
  const rivals: string[] = [];
  for (const path of files.keys()) {
    if (!/\.(ya?ml|json)$/.test(path) || !isInside(path, source)) continue;
    const text = files.get(path) ?? '';
    if (!mayMake(text, wanted)) continue;
    const read = objectsIn(files, path);
    if (read.kind === 'refused') {
      unread.push(read.reason);
      if (text.includes(wanted.name) || text.includes(`kind: ${wanted.kind}`)) rivals.push(read.reason);
    }
    if (read.kind !== 'refused') objects.push(...read.objects.filter((object) => isWanted(object, wanted)));
  }
  return { objects, unread, rivals };
}

/**
 * Whether a file is worth reading, which takes milliseconds, and a repository may have thousands: it has both words, or a
 * template or escapes that may make them.
 */
export function mayMake(text: string, { kind, name }: Pick<Wanted, 'kind' | 'name'>): boolean {
  if (text.includes(kind) && hasWord(text, name)) return true;
  return /\{\{|\{%|\$\{|\\[uUx]/.test(text) && (text.includes(kind) || text.includes(name));
}

/** `web`, and not as part of `web-api` or `webhook`. */
function hasWord(text: string, word: string): boolean {
  const isPart = (index: number) => /[\w-]/.test(text[index] ?? '');
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isPart(at - 1) && !isPart(at + word.length)) return true;
  return false;
}

function isInside(
  path: string,
  { path: folder, recurse }: { readonly path: string; readonly recurse: boolean },
) {
  if (!recurse) return folderOf(path) === folder;
  return folder === '' || path.startsWith(`${folder}/`);
}

/** A manifest without a namespace goes where whoever applies it says. */
function isWanted(object: ManifestObject, wanted: Wanted): boolean {
  const { name, namespace } = object;
  const here = namespace === undefined || wanted.namespace === undefined || namespace === wanted.namespace;
  return isOfKind(object, wanted.kind) && name === wanted.name && here;
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
