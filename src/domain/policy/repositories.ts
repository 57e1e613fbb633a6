import { z } from 'zod';
import { labelName } from '../action.ts';
import { labelKey, labelValue } from '../values.ts';
import { clusterName } from './clusters.ts';

const path = z.string().regex(/^(?!\/)(?!.*\.\.)/, {
  error: 'must be a path from the top of the repository, without a leading slash',
});

/** A host that Firebreak may read repositories of and push branches to: its credentials go nowhere else. */
const gitHost = z.strictObject({
  host: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, { error: 'must be a host name, such as github.com' }),
  /**
   * `github`, `gitlab`, `gitea` (Forgejo too): pull requests are opened and followed. `git`: a branch is pushed, and somebody
   * merges it.
   */
  kind: z.enum(['github', 'gitlab', 'gitea', 'git']),
  /** Where it answers, if that is not `https://` and the host. */
  address: z.url({ protocol: /^https?$/ }).optional(),
  /** Where its API answers, if that is not the usual place of its kind. */
  api: z.url({ protocol: /^https?$/ }).optional(),
  /** Merges a request once the host says that checks and reviews are done; otherwise people do. */
  autoMerge: z.boolean().default(false),
});
export type GitHost = z.infer<typeof gitHost>;

/** What Git takes for the name of a branch (git-check-ref-format). */
const branch = z
  .string()
  .min(1)
  .regex(/^(?!refs\/)(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\]+(?<![/.])$/, {
    error: 'must be the name of a branch such as main, without refs/heads/',
  });

const helmKey = z.strictObject({
  field: z.string().min(1),
  key: z.string().regex(/^[^.]+(\.[^.]+)*$/, { error: 'must be a key such as image.tag' }),
  part: z.enum(['whole', 'registry', 'repository', 'tag', 'digest']).default('whole'),
});

/**
 * Where manifests live that the cluster does not tell, or not whole: a branch where a tag is followed, one of several
 * sources, the values of a chart. Goes before what the cluster says.
 */
const repository = z.strictObject({
  match: z
    .strictObject({
      /** In this one of several clusters; absent: in all of them. */
      cluster: clusterName.optional(),
      namespaces: z.array(labelName).default([]),
      kinds: z.array(z.string().min(1)).default([]),
      labels: z.record(labelKey, labelValue).default({}),
    })
    .refine(
      ({ cluster, namespaces, kinds, labels }) =>
        cluster !== undefined || namespaces.length + kinds.length + Object.keys(labels).length > 0,
      { error: 'must name a cluster, a namespace, a kind or a label; what matches nothing is a mistake' },
    ),
  repository: z.string().min(1),
  branch,
  path: path.default(''),
  /** How the folder becomes objects; absent: by what is in it. */
  form: z.enum(['directory', 'kustomize', 'helm']).optional(),
  /** The file of chart values, from the top of the repository, and which key of it sets which field. */
  values: path.optional(),
  keys: z.array(helmKey).default([]),
});
export type RepositoryMapping = z.infer<typeof repository>;

/** Changes that last: where manifests live, and how a change gets there. Without hosts no repository is read. */
export const gitOpsPolicy = z.strictObject({
  hosts: z.array(gitHost).default([]),
  repositories: z.array(repository).default([]),
  /** How long an open request is followed. Hours. */
  mergeHours: z.number().int().min(1).max(720).default(24),
  /** How long a merged commit may take until the cluster has it. Minutes. */
  applyMinutes: z.number().int().min(1).max(1440).default(30),
  /** For how long whoever applies a repository is paused in an emergency, where people ask for it. Minutes; 0: never. */
  pauseMinutes: z.number().int().min(0).max(720).default(60),
});
export type GitOpsPolicy = z.infer<typeof gitOpsPolicy>;
