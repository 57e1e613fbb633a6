import type { TargetKind } from '../../../domain/action.ts';
import type { Files } from '../files.ts';
import { parseDocuments } from './documents.ts';
import type { Step } from './place.ts';

/** A Kubernetes object that stands in a file, and where. */
export interface ManifestObject {
  readonly file: string;
  readonly document: number;
  /** Empty, or into the items of a List. */
  readonly path: readonly Step[];
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly content: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

export type Read =
  | { readonly kind: 'objects'; readonly objects: readonly ManifestObject[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** The objects of a file of manifests: of each document, and of each item of a List. */
export function objectsIn(files: Files, file: string): Read {
  const text = files.get(file);
  if (text === undefined) return { kind: 'refused', reason: `${file} is not in the repository` };
  const parsed = parseDocuments(text, '1.1');
  if (parsed.kind === 'refused') return { kind: 'refused', reason: `${file}: ${parsed.reason}` };
  const objects = parsed.documents.flatMap((document, index) =>
    objectsOf(document.toJS({ maxAliasCount: 100 }), { file, document: index, path: [] }),
  );
  return { kind: 'objects', objects };
}

function objectsOf(value: unknown, at: Pick<ManifestObject, 'file' | 'document' | 'path'>): ManifestObject[] {
  if (!isFields(value)) return [];
  // `DeploymentList` too, as kustomize and Argo CD take it apart.
  const { kind, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items))
    return items.flatMap((item, index) => objectsOf(item, { ...at, path: ['items', index] }));
  const metadata = value['metadata'];
  if (typeof kind !== 'string' || !isFields(metadata)) return [];
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return [];
  return [{ ...at, kind, name, namespace: textOf(namespace), content: value }];
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The API groups of the kinds that Firebreak acts on, and of what holds the values of a chart: others use these names too. */
const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  StatefulSet: 'apps',
  DaemonSet: 'apps',
  Job: 'batch',
  CronJob: 'batch',
  Pod: '',
  Node: '',
  HorizontalPodAutoscaler: 'autoscaling',
  PodDisruptionBudget: 'policy',
  HelmRelease: 'helm.toolkit.fluxcd.io',
} satisfies Record<TargetKind | 'PodDisruptionBudget' | 'HelmRelease', string>;

/** Whether an object is of a kind of Kubernetes itself, and not of one that a custom resource has the same name for. */
export function isOfKind({ kind, content }: ManifestObject, wanted: string): boolean {
  const { apiVersion } = content;
  if (kind !== wanted || typeof apiVersion !== 'string' || !Object.hasOwn(groups, wanted))
    return kind === wanted;
  return (apiVersion.includes('/') ? apiVersion.split('/')[0] : '') === groups[wanted];
}

/** True for a mapping that came out of a parser. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
