import type { Remediation } from '../../../domain/remediation.ts';
import type { Proposal } from '../../../workflow/proposal.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../sql.ts';

/** The cluster that a remediation is for. */
export interface Home {
  readonly cluster: string;
  readonly clusterUid: string | undefined;
  /** The remediation that it comes of, whose cluster's identity it has. */
  readonly parent?: string;
}

/** What a new row is written with of the cluster that it is for. */
export function homeOf(
  context: Pick<Context, 'cluster' | 'clusters' | 'identity'>,
  proposal: Proposal,
  parent?: Remediation,
): Home {
  // What comes of a remediation is for the same cluster, whatever is called so by now.
  const inherited = context.clusters === undefined ? undefined : parent;
  const cluster = inherited?.cluster ?? proposal.cluster ?? context.cluster;
  const clusterUid = context.identity(cluster);
  return { cluster, clusterUid, ...(inherited === undefined ? {} : { parent: inherited.id }) };
}

/** The clusters at hand, for `elsewhere`. */
export const homesOf = ({
  cluster,
  clusters = [cluster],
  identity,
}: Pick<Context, 'cluster' | 'clusters' | 'identity'>) =>
  jsonText(clusters.map((name) => ({ name, uid: identity(name) ?? null })));
