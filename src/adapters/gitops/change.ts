import type { LastingField } from '../../domain/manifest/lasting.ts';
import { type ChartValues, inHelmValues } from './charts/helm.ts';
import { inDirectory } from './directory.ts';
import { said } from './edit/fields.ts';
import { replaceInner } from './edit/inline.ts';
import { replaceValue } from './edit/scalar.ts';
import type { Files } from './files.ts';
import type { KustomizedFolder } from './kustomize/built.ts';
import { inKustomization, lookInKustomization } from './kustomize/kustomize.ts';
import { isImage } from './kustomize/trace.ts';
import type { Wanted, Write, Writes } from './writes.ts';

/** How the manifests of a repository become objects: read as they are, built by kustomize, or a chart's values. */
export type Form =
  | { readonly form: 'directory'; readonly path: string; readonly recurse: boolean }
  | ({ readonly form: 'kustomize' } & KustomizedFolder)
  | ({ readonly form: 'helm' } & ChartValues);

/** One line that changes; `line` counts from 1. */
export interface LineChange {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

export type RepositoryChange =
  | { readonly kind: 'changes'; readonly lines: readonly LineChange[]; readonly files: Files }
  | { readonly kind: 'already' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The smallest change of a repository after which its manifests make the object as wanted: for each field the bytes of
 * the one value that sets it, and nothing else.
 * @param files the text files of the commit
 * @param all what is wanted of this object and of others, which may be set in the same place
 * @returns the changed lines and the changed files whole; that the repository says so already; or why it cannot be
 * changed safely, as words that name the file
 */
export function changeRepository(
  files: Files,
  source: Form,
  wanted: Wanted,
  all: readonly Wanted[] = [wanted],
): RepositoryChange {
  let changed: Changed = { lines: [], files: new Map() };
  for (const field of wanted.fields) {
    const writes = writesFor(new Map([...files, ...changed.files]), source, { wanted, all }, field);
    if (writes.kind === 'refused') return refused(`${said(field.path)}: ${writes.reason}`);
    for (const write of writes.writes) {
      const next = written(files, changed, write);
      if (next.kind === 'refused') return next;
      changed = next.changed;
    }
    const now = new Map([...files, ...changed.files]);
    if (changed.lines.length > 0 && isSeenOtherwise(now, source, wanted, field))
      return refused(`${said(field.path)}: an entry of images finds the image by its new name as well`);
  }
  return changed.lines.length === 0 ? { kind: 'already' } : { kind: 'changes', ...changed };
}

interface Changed {
  readonly lines: readonly LineChange[];
  readonly files: Files;
}

type Written = { readonly kind: 'written'; readonly changed: Changed } | ReturnType<typeof refused>;

function written(files: Files, changed: Changed, { origin, value }: Write): Written {
  const { file, place, inner } = origin;
  const text = changed.files.get(file) ?? files.get(file) ?? '';
  const edited = inner ? replaceInner(text, place, inner, value) : replaceValue(text, place, value);
  if (edited.kind === 'refused') return refused(`${file}: ${edited.reason}`);
  if (edited.kind === 'already') return { kind: 'written', changed };
  const { line, before, after } = edited;
  return {
    kind: 'written',
    changed: {
      lines: [...changed.lines, { file, line, before, after }],
      files: new Map([...changed.files, [file, edited.text]]),
    },
  };
}

/** An image with another name may be found by entries that did not find the one before. */
function isSeenOtherwise(files: Files, source: Form, wanted: Wanted, { path, value }: LastingField): boolean {
  if (source.form !== 'kustomize' || !isImage(path)) return false;
  return lookInKustomization(files, source, wanted)(path) !== value;
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

function writesFor(
  files: Files,
  source: Form,
  asked: { readonly wanted: Wanted; readonly all: readonly Wanted[] },
  field: LastingField,
): Writes {
  switch (source.form) {
    case 'directory':
      return inDirectory(files, source, asked.wanted, field);
    case 'kustomize':
      return inKustomization(files, source, asked, field);
    case 'helm':
      return inHelmValues(files, source, field);
  }
}
