import { type ManifestObject, objectsIn } from '../edit/objects.ts';
import { type Files, joined } from '../files.ts';
import { type Kustomization, kustomizationOf } from './kustomization.ts';

/** One kustomization on the way from the top to an object, with the names by which its patches may call the object. */
export interface Layer {
  readonly kustomization: Kustomization;
  readonly components: readonly Kustomization[];
  readonly names: readonly string[];
}

/** An object as the top of a tree of kustomizations makes it. `layers` begins at the one nearest to the file. */
export interface BuiltObject {
  readonly object: ManifestObject;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly names: readonly string[];
  readonly layers: readonly Layer[];
}

export type Built =
  | {
      readonly kind: 'built';
      readonly objects: readonly BuiltObject[];
      /** What the tree takes in from elsewhere, and so was not read: remote bases, charts, generators. */
      readonly unread: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Deeper than any tree that people keep; a cycle ends here. */
const deepest = 20;

/**
 * All objects that a folder's kustomization takes from files, with their names and namespaces as `kustomize build` gives
 * them (kustomize api/internal/target/kusttarget.go: resources, then components, then transformers).
 */
export function build(files: Files, folder: string, depth = 0): Built {
  if (depth > deepest) return refused(`${folder}: more than ${deepest} kustomizations deep`);
  const read = kustomizationOf(files, folder);
  if (read.kind === 'refused') return read;
  if (read.kind === 'none')
    return refused(`${folder === '' ? 'the top folder' : folder} has no kustomization.yaml`);
  const { kustomization } = read;
  const components = componentsOf(files, kustomization, depth);
  if (components.kind === 'refused') return components;
  const objects: BuiltObject[] = [];
  const unread = unreadOf(kustomization);
  for (const entry of entriesOf(kustomization, components.kustomizations)) {
    const taken = take(files, entry, depth);
    if (taken.kind === 'refused') return taken;
    objects.push(...taken.objects);
    unread.push(...taken.unread);
  }
  const layer = { kustomization, components: components.kustomizations };
  return { kind: 'built', objects: objects.map((object) => through(object, layer)), unread };
}

interface Entry {
  readonly from: Kustomization;
  readonly resource: string;
}

function entriesOf(kustomization: Kustomization, components: readonly Kustomization[]): Entry[] {
  return [kustomization, ...components].flatMap((from) =>
    [...from.resources, ...from.bases].map((resource) => ({ from, resource })),
  );
}

function take(files: Files, { from, resource }: Entry, depth: number): Built {
  if (isRemote(resource)) return { kind: 'built', objects: [], unread: [`${resource} (${from.file})`] };
  const path = joined(from.folder, resource);
  if (path === undefined) return refused(`${from.file}: ${resource} is outside the repository`);
  if (!files.has(path)) return build(files, path, depth + 1);
  const read = objectsIn(files, path);
  if (read.kind === 'refused') return read;
  return {
    kind: 'built',
    objects: read.objects.map((object) => ({
      object,
      name: object.name,
      namespace: object.namespace,
      names: [object.name],
      layers: [],
    })),
    unread: [],
  };
}

/** kustomize's remote targets: URLs, `host/org/repo`, and whatever names a reference. */
function isRemote(resource: string): boolean {
  return /:\/\/|^git@|\?(ref|version)=|^(github\.com|gitlab\.com|bitbucket\.org)\//.test(resource);
}

type Components =
  | { readonly kind: 'components'; readonly kustomizations: readonly Kustomization[] }
  | { readonly kind: 'refused'; readonly reason: string };

function componentsOf(files: Files, { components, folder, file }: Kustomization, depth: number): Components {
  const found: Kustomization[] = [];
  for (const component of components) {
    if (isRemote(component)) return refused(`${file}: the component ${component} is not in the repository`);
    const path = joined(folder, component);
    const read = path === undefined ? undefined : kustomizationOf(files, path);
    if (read?.kind === 'refused') return read;
    if (read?.kind !== 'kustomization') return refused(`${file}: there is no component ${component}`);
    if (depth > deepest) return refused(`${file}: more than ${deepest} kustomizations deep`);
    const inner = componentsOf(files, read.kustomization, depth + 1);
    if (inner.kind === 'refused') return inner;
    found.push(...inner.kustomizations, read.kustomization);
  }
  return { kind: 'components', kustomizations: found };
}

function unreadOf({ file, generators, helmCharts }: Kustomization): string[] {
  return [
    ...(generators.length > 0 ? [`the generators of ${file}`] : []),
    ...(helmCharts.length > 0 ? [`the Helm charts of ${file}`] : []),
  ];
}

/** Components rename before the kustomization that takes them in; each rename keeps the older names for patches. */
function through(built: BuiltObject, { kustomization, components }: Omit<Layer, 'names'>): BuiltObject {
  let { name, namespace } = built;
  const names = [...built.names];
  for (const { namePrefix, nameSuffix, namespace: own } of [...components, kustomization]) {
    name = `${namePrefix}${name}${nameSuffix}`;
    namespace = own ?? namespace;
    if (!names.includes(name)) names.push(name);
  }
  const layer = { kustomization, components, names };
  return { object: built.object, name, namespace, names, layers: [...built.layers, layer] };
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
