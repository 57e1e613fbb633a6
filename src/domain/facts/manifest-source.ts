import { z } from 'zod';

/** The object of a GitOps tool that makes the target: `Application argocd/shop`. */
export const sourceOwner = z.strictObject({
  kind: z.enum(['Application', 'Kustomization', 'HelmRelease']),
  namespace: z.string(),
  name: z.string(),
});
export type SourceOwner = z.infer<typeof sourceOwner>;

/**
 * What is followed of a repository. `named`: a branch, tag or commit, which only the repository tells apart (Argo CD's
 * targetRevision). `fixed`: nothing that a change can be pushed to, such as HEAD, a tag or a range of versions.
 */
const revision = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('branch'), name: z.string() }),
  z.strictObject({ kind: z.literal('named'), name: z.string() }),
  z.strictObject({ kind: z.literal('fixed'), text: z.string() }),
]);

/**
 * One of the sources of an Application that has several: what of the Application changes what its files say, and the files of
 * chart values, of which `$name/` begins those of another source.
 */
const oneSource = z.strictObject({
  repository: z.string(),
  /** `.` for the top of one with `ref` that makes something itself. */
  path: z.string(),
  /** The name by which others call its files. */
  ref: z.string().optional(),
  valueFiles: z.array(z.string()),
  overrides: z.array(z.string()),
});
export type OneSource = z.infer<typeof oneSource>;

/**
 * Where the manifest of an object lives, as the GitOps tool's own object in the cluster says. `unclear`: why that is not
 * known, or not one place. Absent from facts where no GitOps tool holds the object, and in older rows.
 */
export const manifestSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('git'),
    owner: sourceOwner,
    repository: z.string(),
    revision,
    /** Folder from the top of the repository; empty for the top. */
    path: z.string(),
    /** Whether manifests of folders below are read where nothing builds them. */
    recurse: z.boolean(),
    /** How the folder becomes objects, where the owner says it: then what is in the folder does not count. */
    form: z.enum(['directory', 'kustomize', 'helm']).optional(),
    /** What of the repository is left out, as a file `.sourceignore` would say it; only where the owner names it. */
    ignore: z.string().optional(),
    /** The namespace that the owner gives to all that the folder makes; only where it names one. */
    namespace: z.string().optional(),
    /** Files of chart values, as seen from the folder; only where the owner names them. */
    valueFiles: z.array(z.string()).optional(),
    /** Fields of the owner that change what the repository makes: nobody can tell from a file alone. */
    overrides: z.array(z.string()),
    /** Whether a change in the cluster is undone without anybody's doing. */
    selfHeal: z.boolean(),
    /** How often the owner looks by itself, as it is written there, such as `10m`; absent for Argo CD, and in older rows. */
    interval: z.string().optional(),
    /** The owner is a HelmRelease: its own manifest is what this place holds, with the values in `spec.values`. */
    release: z.literal(true).optional(),
    /** What of the repository was applied last, as the owner says. */
    applied: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('unclear'),
    owner: sourceOwner.optional(),
    reason: z.string(),
    /** As for `git`, where they are known all the same. Absent in older rows. */
    overrides: z.array(z.string()).optional(),
    sources: z.array(oneSource).optional(),
  }),
]);
export type ManifestSource = z.infer<typeof manifestSource>;
export type GitSource = Extract<ManifestSource, { kind: 'git' }>;

/** `Application argocd/shop`: as cards name it. */
export const ownerText = ({ kind, namespace, name }: SourceOwner): string => `${kind} ${namespace}/${name}`;

/** Of the fields of an owner those by which it does not see that an object differs from the files, and those that change what these say. */
export function byEffect(overrides: readonly string[]): {
  readonly unseen: readonly string[];
  readonly written: readonly string[];
} {
  const isUnseen = (each: string) => each.startsWith('spec.ignoreDifferences[');
  return {
    unseen: overrides.filter(isUnseen),
    written: overrides.filter((each) => !isUnseen(each)),
  };
}
