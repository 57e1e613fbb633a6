import type { GitPlace } from '../../domain/manifest/git-change.ts';
import type { WantedManifest } from '../../workflow/repositories-port.ts';
import { changeRepository, type Form, type LineChange } from './change.ts';
import { type Files, joined } from './files.ts';
import { valuesOf } from './helm.ts';
import { kustomizationNames } from './kustomize/kustomization.ts';

/** What a place of a repository comes to, by the files of one commit. */
export type PlaceChange =
  | { readonly kind: 'changes'; readonly lines: readonly LineChange[]; readonly files: Files }
  | { readonly kind: 'already' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The smallest change of a place for several objects, one after the other, so that each sees the lines of those before. */
export function changePlace(files: Files, place: GitPlace, wanted: readonly WantedManifest[]): PlaceChange {
  const override = overriding(files, place);
  if (override !== undefined)
    return { kind: 'refused', reason: `Argo CD takes ${override} over what the other files say` };
  const form = formOf(files, place);
  if ('reason' in form) return { kind: 'refused', reason: form.reason };
  // Of nothing at all every repository says so already.
  if (wanted.length === 0) return { kind: 'refused', reason: 'what it has to say is not known' };
  const manifests: WantedManifest[] = [];
  for (const each of wanted) {
    const manifest = inRelease(place, each);
    if ('reason' in manifest) return { kind: 'refused', reason: manifest.reason };
    manifests.push(manifest);
  }
  let lines: readonly LineChange[] = [];
  let changed: Files = new Map();
  for (const manifest of manifests) {
    const next = changeRepository(new Map([...files, ...changed]), form, manifest, manifests);
    if (next.kind === 'refused') return next;
    if (next.kind === 'already') continue;
    lines = [...lines, ...next.lines];
    changed = new Map([...changed, ...next.files]);
  }
  return lines.length === 0 ? { kind: 'already' } : { kind: 'changes', lines, files: changed };
}

/**
 * The file of a folder by which Argo CD changes what its Application says, as its image updater writes it
 * (argo-cd.readthedocs.io, "Parameter Overrides"). Applications of other namespaces have theirs in the name.
 */
function overriding(files: Files, { path, owner }: GitPlace): string | undefined {
  if (owner !== undefined && owner.kind !== 'Application') return undefined;
  const own = owner === undefined ? [] : [`-${owner.name}`, `-${owner.namespace}_${owner.name}`];
  return ['', ...own]
    .map((each) => joined(path, `.argocd-source${each}.yaml`) ?? '')
    .find((each) => files.has(each));
}

type Undecided = { readonly reason: string };

/** As Argo CD and Flux choose: a kustomization is built, a chart is rendered, anything else is read as it is. */
function formOf(files: Files, { path, form, recurse, values, keys, release }: GitPlace): Form | Undecided {
  const has = (name: string) => files.has(joined(path, name) ?? name);
  const isBuilt = kustomizationNames.some(has);
  if (form === 'helm' || (form === undefined && release === undefined && has('Chart.yaml'))) {
    const file = values ?? joined(path, 'values.yaml') ?? 'values.yaml';
    return { form: 'helm', file, keys };
  }
  if (form === 'kustomize' || (form === undefined && isBuilt)) return { form: 'kustomize', path };
  return { form: 'directory', path, recurse };
}

/** Of what a HelmRelease makes, the release's own manifest holds the values. */
function inRelease({ release, keys }: GitPlace, wanted: WantedManifest): WantedManifest | Undecided {
  if (release === undefined) return wanted;
  const fields = [];
  for (const field of wanted.fields) {
    const values = valuesOf('spec.values', keys, field);
    if (values.kind === 'refused') return { reason: values.reason };
    for (const { key, value } of values.values)
      fields.push({ path: ['spec', 'values', ...key.split('.')], value });
  }
  return { kind: 'HelmRelease', ...release, fields };
}
