import { z } from 'zod';
import { sourceOwner } from '../facts/manifest-source.ts';

const helmKey = z.strictObject({
  field: z.string(),
  key: z.string(),
  part: z.enum(['whole', 'registry', 'repository', 'tag', 'digest']),
});

/** One place of a repository whose manifests make an object. `form` is absent where the folder itself says it. */
const gitPlace = z.strictObject({
  repository: z.string(),
  branch: z.string(),
  /** Folder from the top; empty for the top. */
  path: z.string(),
  recurse: z.boolean(),
  form: z.enum(['directory', 'kustomize', 'helm']).optional(),
  values: z.string().optional(),
  keys: z.array(helmKey),
  /**
   * Files of values that the chart takes as well, from the top of the repository, weakest first: `under` before those of the
   * place, `over` after them. Absent where they are not known, and in older rows.
   */
  under: z.array(z.string()).optional(),
  over: z.array(z.string()).optional(),
  /** The owner names the file of values itself. Absent in older rows. */
  isNamed: z.literal(true).optional(),
  /** What the owner leaves out of the repository, besides its files `.sourceignore`. */
  ignore: z.string().optional(),
  /** The namespace that the owner gives to all that it makes. Absent where it gives none, and in older rows. */
  namespace: z.string().optional(),
  /** The values stand in `spec.values` of this HelmRelease, whose manifest lives here. */
  release: z.strictObject({ namespace: z.string(), name: z.string() }).optional(),
  /** Who applies it, and whether a change in the cluster is undone without anybody's doing. */
  owner: sourceOwner.optional(),
  selfHeal: z.boolean(),
  /**
   * The Application that takes it as one of several sources: files of others override nothing here. It is not known to apply
   * it, unlike `owner`. Absent in older rows.
   */
  application: z.strictObject({ namespace: z.string(), name: z.string() }).optional(),
  /** How often the owner looks by itself. Absent where it does not say, and in older rows. */
  interval: z.string().optional(),
  /** What its host calls a request, if that is not a pull request. Absent in older rows. */
  calls: z.literal('merge request').optional(),
});
export type GitPlace = z.infer<typeof gitPlace>;

/** One line that changes; `line` counts from 1. */
const gitLine = z.strictObject({
  file: z.string(),
  line: z.number().int().positive(),
  before: z.string(),
  after: z.string(),
});
export type GitLine = z.infer<typeof gitLine>;

const commit = z.string().regex(/^[0-9a-f]{40}$/);

/**
 * What a change means for the repository that the object is made from. `request`: a pull request of these lines is the way
 * it is carried out. `already`: the repository says so; the cluster has drifted. `by hand`: why it has to be changed there by
 * people, while the change itself goes to the cluster. Absent where no repository is read, and in older rows.
 */
export const gitChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    place: gitPlace,
    base: commit,
    lines: z.array(gitLine).min(1),
  }),
  z.strictObject({ kind: z.literal('already'), place: gitPlace, base: commit }),
  z.strictObject({ kind: z.literal('by hand'), reason: z.string() }),
]);
export type GitChange = z.infer<typeof gitChange>;
export type RequestedChange = Extract<GitChange, { kind: 'request' }>;

/** How far a request has come. `opening`: its branch and itself are being made, which may be done twice. */
export const pullRequest = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('opening') }),
  z.strictObject({
    step: z.literal('open'),
    branch: z.string(),
    commit,
    openedAt: z.iso.datetime(),
    /** Absent where only a branch was pushed. */
    number: z.number().int().positive().optional(),
    url: z.string().optional(),
    /** What it waits for, in words. */
    waitsFor: z.string().optional(),
    /**
     * Whether it is made anew, once, on a base that has changed the same file since. `told`: it is left to people, who know.
     * Absent where there was no need, and in older rows.
     */
    rebase: z.enum(['wanted', 'done', 'told']).optional(),
  }),
  z.strictObject({
    step: z.literal('merged'),
    branch: z.string(),
    /** The commit of the branch that is followed, which has the change. */
    commit,
    mergedAt: z.iso.datetime(),
    number: z.number().int().positive().optional(),
    url: z.string().optional(),
    waitsFor: z.string().optional(),
  }),
]);
export type PullRequest = z.infer<typeof pullRequest>;
