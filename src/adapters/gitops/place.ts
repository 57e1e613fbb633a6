import type { GitPlace } from '../../domain/manifest/git-change.ts';
import { joinedPath } from '../../domain/manifest/path.ts';
import type { WantedManifest } from '../../workflow/repositories-port.ts';
import { changeRepository, type Form, type LineChange } from './change.ts';
import { type ChartValues, valuesOf } from './charts/helm.ts';
import { lookInDirectory, mayMake } from './directory.ts';
import { type Files, folderOf } from './files.ts';
import { kustomizationNames } from './kustomize/kustomization.ts';
import { lookInKustomization } from './kustomize/kustomize.ts';
import { withoutIgnored } from './source-ignore.ts';

/** What a place of a repository comes to, by the files of one commit. */
export type PlaceChange =
  | { readonly kind: 'changes'; readonly lines: readonly LineChange[]; readonly files: Files }
  | { readonly kind: 'already' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The smallest change of a place for several objects, one after the other, so that each sees the lines of those before. What
 * Flux leaves out of the repository must make no difference.
 */
export function changePlace(files: Files, place: GitPlace, wanted: readonly WantedManifest[]): PlaceChange {
  const change = changeOf(files, place, wanted);
  if (change.kind === 'refused' || !isOfFlux(place)) return change;
  const { files: kept, left } = withoutIgnored(files, place.ignore);
  if (left.length === 0) return change;
  const applied = changeOf(kept, place, wanted);
  if (isSame(change, applied)) return change;
  const such = telling(files, left, place, wanted);
  return {
    kind: 'refused',
    reason: `Flux leaves out files by .sourceignore or spec.ignore${such === undefined ? '' : `, such as ${such}`}; without them the result is another one`,
  };
}

/** Of the files that are left out one by which people see why: it makes what is wanted, or is of the place. */
function telling(
  files: Files,
  left: readonly string[],
  { path, release }: GitPlace,
  wanted: readonly WantedManifest[],
): string | undefined {
  const made = release === undefined ? wanted : [{ kind: 'HelmRelease', ...release }];
  const inside = path === '' ? '' : `${path}/`;
  return (
    left.find((file) => made.some((each) => mayMake(files.get(file) ?? '', each))) ??
    left.find((file) => file.startsWith(inside) && !file.startsWith('.'))
  );
}

const isOfFlux = ({ owner }: GitPlace): boolean => owner !== undefined && owner.kind !== 'Application';

const isSame = (some: PlaceChange, other: PlaceChange): boolean => {
  const linesOf = (each: PlaceChange) => [each.kind, each.kind === 'changes' ? each.lines : []];
  return JSON.stringify(linesOf(some)) === JSON.stringify(linesOf(other));
};

function changeOf(all: Files, place: GitPlace, wanted: readonly WantedManifest[]): PlaceChange {
  const override = overriding(all, place);
  if (override !== undefined)
    return { kind: 'refused', reason: `Argo CD takes ${override} over what the other files say` };
  // Of nothing at all every repository says so already.
  if (wanted.length === 0) return { kind: 'refused', reason: 'what it has to say is not known' };
  const { files, form } = madeOf(all, place, wanted);
  if (typeof form === 'string') return { kind: 'refused', reason: form };
  const manifests: WantedManifest[] = [];
  for (const each of wanted) {
    const manifest = inRelease(files, form, place, each);
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
function overriding(files: Files, { path, values, owner, application }: GitPlace): string | undefined {
  if (owner !== undefined && owner.kind !== 'Application') return undefined;
  const known = owner ?? application;
  const names = ['', `-${known?.name}`, `-${known?.namespace}_${known?.name}`];
  const folders = [path, ...(values === undefined ? [] : [folderOf(values)])];
  return [...files.keys()].find((file) => {
    const [, of] = /^\.argocd-source(.*)\.yaml$/.exec(file.split('/').at(-1) ?? '') ?? [];
    return (
      of !== undefined && folders.includes(folderOf(file)) && (known === undefined || names.includes(of))
    );
  });
}

interface Made {
  readonly files: Files;
  /** A text: why it is not known. */
  readonly form: Form | string;
}

/** As Argo CD and Flux choose: a kustomization is built, a chart is rendered, anything else is read as it is. */
function madeOf(files: Files, place: GitPlace, wanted: readonly WantedManifest[]): Made {
  const { path, form, recurse, values, keys, release, namespace } = place;
  const namespaced = namespace === undefined ? {} : { namespace };
  const has = (name: string) => files.has(joinedPath(path, name) ?? name);
  const isBuilt = kustomizationNames.some(has);
  const isChart = release === undefined && has('Chart.yaml');
  if (form === undefined && isBuilt && isChart && keys.length > 0)
    return {
      files,
      form: `${path || 'the top folder'} has a chart and a kustomization: the policy has to say which form it has`,
    };
  if (form === 'kustomize' || (form === undefined && isBuilt))
    return { files, form: { form: 'kustomize', path, ...namespaced } };
  if (form === 'helm' || (form === undefined && isChart))
    return { files, form: { form: 'helm', ...chartOf(files, { path, values }), keys, ...overOf(place) } };
  if (isOfFlux(place) && form === undefined)
    return {
      files: generated(files, path, release === undefined ? wanted : [{ kind: 'HelmRelease', ...release }]),
      form: { form: 'kustomize', path, ...namespaced },
    };
  return { files: rendered(files), form: { form: 'directory', path, recurse } };
}

/** The file of values, and the chart's own where that is another one. */
function chartOf(
  files: Files,
  { path, values }: Pick<GitPlace, 'path' | 'values'>,
): Pick<ChartValues, 'file' | 'under' | 'chart'> {
  const own = joinedPath(path, 'values.yaml') ?? 'values.yaml';
  const file = values ?? own;
  const chart = joinedPath(path, 'Chart.yaml') ?? 'Chart.yaml';
  if (!files.has(chart)) return { file };
  return { file, chart, ...(file === own ? {} : { under: [own] }) };
}

const overOf = ({
  under,
  over,
  isNamed,
}: GitPlace): Pick<ChartValues, 'under' | 'over' | 'isTold' | 'isNamed'> => ({
  ...(under === undefined ? {} : { under, isTold: true }),
  ...(over === undefined ? {} : { over }),
  ...(isNamed === undefined ? {} : { isNamed }),
});

/** Argo CD leaves out what has this mark (argo-cd.readthedocs.io, "Skipping File Rendering"). */
const rendered = (files: Files): Files =>
  new Map([...files].filter(([, text]) => !text.includes('+argocd:skip-file-rendering')));

/**
 * With the kustomization that Flux makes of a folder without one: of all manifests in it and below, and of a folder below that
 * has one the kustomization (github.com/fluxcd/pkg, kustomize/kustomize_generator.go). Files that do not make what is wanted are
 * left out: reading them would take long.
 */
function generated(
  files: Files,
  path: string,
  wanted: readonly Pick<WantedManifest, 'kind' | 'name'>[],
): Files {
  const inside = path === '' ? '' : `${path}/`;
  const resources = new Set<string>();
  for (const [file, text] of files) {
    if (!file.startsWith(inside)) continue;
    const steps = file.slice(inside.length).split('/');
    const built = steps
      .slice(0, -1)
      .map((_, depth) => steps.slice(0, depth + 1).join('/'))
      .find((folder) => kustomizationNames.some((name) => files.has(`${inside}${folder}/${name}`)));
    if (built !== undefined) resources.add(built);
    else if (/\.ya?ml$/.test(file) && wanted.some((each) => mayMake(text, each)))
      resources.add(steps.join('/'));
  }
  return new Map([...files, [`${inside}kustomization.yaml`, JSON.stringify({ resources: [...resources] })]]);
}

/** Of what a HelmRelease makes, the release's own manifest holds the values. */
function inRelease(
  files: Files,
  form: Form,
  { release, keys }: GitPlace,
  wanted: WantedManifest,
): WantedManifest | { readonly reason: string } {
  if (release === undefined) return wanted;
  const own = { kind: 'HelmRelease', ...release, fields: [] };
  const seen =
    form.form === 'kustomize'
      ? lookInKustomization(files, form, own)
      : form.form === 'directory'
        ? lookInDirectory(files, form, own)
        : () => undefined;
  const fields = [];
  for (const field of wanted.fields) {
    const look = (key: string) => seen(['spec', 'values', ...key.split('.')]);
    const values = valuesOf('spec.values', keys, field, look);
    if (values.kind === 'refused') return { reason: values.reason };
    for (const { key, value } of values.values)
      fields.push({ path: ['spec', 'values', ...key.split('.')], value });
  }
  return { ...own, fields };
}
