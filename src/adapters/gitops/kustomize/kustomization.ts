import { z } from 'zod';
import { parseDocuments } from '../edit/documents.ts';
import { isFields } from '../edit/objects.ts';
import { type Files, folderOf } from '../files.ts';

/** A key without a value is null, which kustomize reads as nothing (encoding/json, Unmarshal). */
export const withoutNulls = (read: unknown): unknown =>
  isFields(read) ? Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null)) : read;

const texts = z.array(z.string()).default([]);
const selector = z.preprocess(
  withoutNulls,
  z.looseObject({
    group: z.string().optional(),
    version: z.string().optional(),
    kind: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
    labelSelector: z.string().optional(),
    annotationSelector: z.string().optional(),
  }),
);
const patch = z.preprocess(
  withoutNulls,
  z.looseObject({
    path: z.string().optional(),
    patch: z.string().optional(),
    target: selector.optional(),
  }),
);
/** Unquoted tags such as `1.20` are numbers to a parser. */
const word = z.union([z.string(), z.number()]);
const others = z.array(z.unknown()).default([]);

/** What is read of a kustomization file (kubectl.docs.kubernetes.io, "kustomization"). */
const content = z.looseObject({
  resources: texts,
  bases: texts,
  components: texts,
  namePrefix: z.string().default(''),
  nameSuffix: z.string().default(''),
  namespace: z.string().optional(),
  images: z
    .array(
      z.preprocess(
        withoutNulls,
        z.looseObject({
          name: z.string(),
          newName: z.string().optional(),
          newTag: word.optional(),
          digest: z.string().optional(),
          tagSuffix: z.string().optional(),
        }),
      ),
    )
    .default([]),
  replicas: z.array(z.looseObject({ name: z.string(), count: word })).default([]),
  patches: z.array(patch).default([]),
  patchesStrategicMerge: texts,
  patchesJson6902: z.array(patch).default([]),
  commonLabels: z.record(z.string(), z.unknown()).default({}),
  commonAnnotations: z.record(z.string(), z.unknown()).default({}),
  labels: z
    .array(
      z.preprocess(withoutNulls, z.looseObject({ pairs: z.record(z.string(), z.unknown()).default({}) })),
    )
    .default([]),
  replacements: others,
  transformers: others,
  vars: others,
  configurations: others,
  generators: others,
  helmCharts: others,
});

export interface Kustomization extends z.infer<typeof content> {
  readonly file: string;
  readonly folder: string;
}

export type KustomizationRead =
  | { readonly kind: 'kustomization'; readonly kustomization: Kustomization }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The names that kustomize looks for; it refuses a folder that has two of them. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** The kustomization of a folder. */
export function kustomizationOf(files: Files, folder: string): KustomizationRead {
  const [file, second] = kustomizationNames
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .filter((path) => files.has(path));
  if (file === undefined) return { kind: 'none' };
  if (second !== undefined)
    return { kind: 'refused', reason: `${file} and ${second} are in one folder; kustomize takes one` };
  const parsed = parseDocuments(files.get(file) ?? '', '1.1');
  if (parsed.kind === 'refused') return { kind: 'refused', reason: `${file}: ${parsed.reason}` };
  if (parsed.documents.length > 1) return { kind: 'refused', reason: `${file} has several documents` };
  const read = content.safeParse(withoutNulls(parsed.documents[0]?.toJS({ maxAliasCount: 100 }) ?? {}));
  if (!read.success) {
    const [issue] = read.error.issues;
    return {
      kind: 'refused',
      reason: `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
    };
  }
  return { kind: 'kustomization', kustomization: { ...read.data, file, folder } };
}

/** The folders of a repository that have a kustomization. */
export function kustomizedFolders(files: Files): readonly string[] {
  const names: readonly string[] = kustomizationNames;
  return [...files.keys()].filter((path) => names.includes(path.split('/').at(-1) ?? '')).map(folderOf);
}
