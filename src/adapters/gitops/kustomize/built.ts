import { joinedPath } from '../../../domain/manifest/path.ts';
import { type ManifestObject, objectsIn } from '../edit/objects.ts';
import type { Files } from '../files.ts';
import { type Kustomization, kustomizationOf } from './kustomization.ts';
import { firstId, type ObjectIds, renamed } from './object-id.ts';

/** What an object was called when the patches of a kustomization were applied to it, and once that had renamed it. */
export interface Passage {
  readonly kustomization: Kustomization;
  readonly before: ObjectIds;
  readonly after: ObjectIds;
}

/**
 * One kustomization on the way from the top to an object. `passages`: through its components, as far as they see it, and itself.
 * `configurations`: the files of all that it builds, which count for each object of it
 * (kustomize api/internal/accumulator/resaccumulator.go, MergeAccumulator).
 */
interface Layer {
  readonly kustomization: Kustomization;
  readonly components: readonly Kustomization[];
  readonly passages: readonly Passage[];
  readonly configurations: readonly string[];
}

/** An object as the top of a tree of kustomizations makes it. `layers` begins at the one nearest to the file. */
export interface BuiltObject {
  readonly object: ManifestObject;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly ids: ObjectIds;
  readonly layers: readonly Layer[];
}

export type Built =
  | {
      readonly kind: 'built';
      readonly objects: readonly BuiltObject[];
      /** What the tree takes in from elsewhere, and so was not read: remote bases, charts, generators. */
      readonly unread: readonly string[];
      readonly configurations: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** A folder that is built. `namespace`: given to all of it by whoever builds it, in the place of what its kustomization says. */
export interface KustomizedFolder {
  readonly path: string;
  readonly namespace?: string;
}

/** Deeper than any tree that people keep; a cycle ends here. */
const deepest = 20;

/**
 * All objects that a folder's kustomization takes from files, with their names and namespaces as `kustomize build` gives
 * them (kustomize api/internal/target/kusttarget.go: resources, then components, then transformers).
 */
export function build(files: Files, { path: folder, namespace }: KustomizedFolder, depth = 0): Built {
  if (depth > deepest) return refused(`${folder}: more than ${deepest} kustomizations deep`);
  const read = kustomizationOf(files, folder);
  if (read.kind === 'refused') return read;
  if (read.kind === 'none')
    return refused(`${folder === '' ? 'the top folder' : folder} has no kustomization.yaml`);
  const kustomization = namespace === undefined ? read.kustomization : { ...read.kustomization, namespace };
  const components = componentsOf(files, kustomization, depth);
  if (components.kind === 'refused') return components;
  const own = [kustomization, ...components.components.map((each) => each.kustomization)];
  const configurations = own.flatMap(configurationsOf);
  const found: { readonly object: BuiltObject; readonly first: number }[] = [];
  const unread = unreadOf(kustomization);
  for (const { first, ...entry } of entriesOf(kustomization, components.components)) {
    const taken = take(files, entry, depth);
    if (taken.kind === 'refused') return taken;
    found.push(...taken.objects.map((object) => ({ object, first })));
    unread.push(...taken.unread);
    configurations.push(...taken.configurations);
  }
  const layer = { kustomization, configurations };
  return {
    kind: 'built',
    objects: found.map(({ object, first }) => through(object, layer, components, first)),
    unread,
    configurations,
  };
}

/** `first`: the index of the first component that is applied to what the entry makes. */
interface Entry {
  readonly from: Kustomization;
  readonly resource: string;
  readonly first: number;
}

function entriesOf(kustomization: Kustomization, components: readonly Component[]): Entry[] {
  return [{ kustomization, first: 0 }, ...components].flatMap(({ kustomization: from, first }) =>
    [...from.resources, ...from.bases].map((resource) => ({ from, resource, first })),
  );
}

/** From the top of the repository. What is outside of it is not read, and has the path that it has there. */
const configurationsOf = ({ configurations, folder }: Kustomization): string[] =>
  configurations.map((each) => joinedPath(folder, String(each)) ?? String(each));

function take(files: Files, { from, resource }: Omit<Entry, 'first'>, depth: number): Built {
  if (isRemote(resource))
    return { kind: 'built', objects: [], unread: [`${resource} (${from.file})`], configurations: [] };
  const path = joinedPath(from.folder, resource);
  if (path === undefined) return refused(`${from.file}: ${resource} is outside the repository`);
  if (!files.has(path)) return build(files, { path }, depth + 1);
  const read = objectsIn(files, path);
  if (read.kind === 'refused') return read;
  return {
    kind: 'built',
    objects: read.objects.map((object) => ({
      object,
      name: object.name,
      namespace: object.namespace,
      ids: firstId(object),
      layers: [],
    })),
    unread: [],
    configurations: [],
  };
}

/** kustomize's remote targets: URLs, `host/org/repo`, and whatever names a reference. */
function isRemote(resource: string): boolean {
  return /:\/\/|^git@|\?(ref|version)=|^(github\.com|gitlab\.com|bitbucket\.org)\//.test(resource);
}

/** `first`: the index of the first of all components that is applied to its own resources: those that it has itself. */
interface Component {
  readonly kustomization: Kustomization;
  readonly first: number;
}

type Components =
  | { readonly kind: 'components'; readonly components: readonly Component[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** With those that they have themselves, in the order in which they are applied. */
export function componentsOf(
  files: Files,
  { components, folder, file }: Kustomization,
  depth = 0,
): Components {
  const found: Component[] = [];
  for (const component of components) {
    if (isRemote(component)) return refused(`${file}: the component ${component} is not in the repository`);
    const path = joinedPath(folder, component);
    const read = path === undefined ? undefined : kustomizationOf(files, path);
    if (read?.kind === 'refused') return read;
    if (read?.kind !== 'kustomization') return refused(`${file}: there is no component ${component}`);
    if (depth > deepest) return refused(`${file}: more than ${deepest} kustomizations deep`);
    const inner = componentsOf(files, read.kustomization, depth + 1);
    if (inner.kind === 'refused') return inner;
    const first = found.length;
    found.push(...inner.components.map((each) => ({ ...each, first: first + each.first })));
    found.push({ kustomization: read.kustomization, first });
  }
  return { kind: 'components', components: found };
}

function unreadOf({ file, generators, helmCharts }: Kustomization): string[] {
  return [
    ...(generators.length > 0 ? [`the generators of ${file}`] : []),
    ...(helmCharts.length > 0 ? [`the Helm charts of ${file}`] : []),
  ];
}

/** Components rename before the kustomization that takes them in. One sees nothing of what later ones bring. */
function through(
  built: BuiltObject,
  { kustomization, configurations }: Pick<Layer, 'kustomization' | 'configurations'>,
  { components: all }: Extract<Components, { kind: 'components' }>,
  first: number,
): BuiltObject {
  const components = all.slice(first).map((each) => each.kustomization);
  const passages: Passage[] = [];
  let { name, namespace, ids } = built;
  for (const each of [...components, kustomization]) {
    const after = renamed(ids, each);
    passages.push({ kustomization: each, before: ids, after });
    name = `${each.namePrefix}${name}${each.nameSuffix}`;
    namespace = each.namespace || namespace;
    ids = after;
  }
  const layer = { kustomization, components, passages, configurations };
  return { object: built.object, name, namespace, ids, layers: [...built.layers, layer] };
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
