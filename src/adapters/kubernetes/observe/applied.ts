import type { SourceOwner } from '../../../domain/facts/manifest-source.ts';
import type { AppliedRevisions } from '../../../workflow/applied.ts';
import { insist, type Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { type Application, application } from '../facts/source/argo.ts';
import { kustomization } from '../facts/source/flux.ts';

/**
 * The commits that a GitOps tool says it has applied, and what keeps it from applying others. What it has merely seen or
 * compared is not applied (argo-cd.readthedocs.io, "Application Specification"; fluxcd.io, "Kustomization", status).
 */
export async function applied(
  reader: Reader,
  { kind, namespace, name }: SourceOwner,
): Promise<AppliedRevisions> {
  if (kind === 'HelmRelease') return { revisions: [] };
  if (kind === 'Application')
    return ofArgo(
      insist(await reader.get(application, resourceOf('Application', { namespace, name }))).value,
    );
  const { value } = insist(await reader.get(kustomization, resourceOf('Kustomization', { namespace, name })));
  const commit = commitOf(value.status.lastAppliedRevision ?? '');
  const ready = value.status.conditions.find(({ type }) => type === 'Ready');
  const trouble = ready?.status === 'False' ? ready.message : undefined;
  return { revisions: commit === undefined ? [] : [commit], ...(trouble ? { trouble } : {}) };
}

function ofArgo({ status }: Application): AppliedRevisions {
  const { sync, operationState: operation } = status;
  const synced = sync.status === 'Synced' ? [sync.revision, ...sync.revisions] : [];
  const result = operation?.phase === 'Succeeded' ? operation.syncResult : undefined;
  const found = [...synced, result?.revision, ...(result?.revisions ?? [])];
  const revisions = [...new Set(found.flatMap((each) => (each ? [each] : [])))];
  const isBroken = operation?.phase === 'Failed' || operation?.phase === 'Error';
  return { revisions, ...(isBroken && operation.message ? { trouble: operation.message } : {}) };
}

/** The commit in `main@sha1:5a3...`, `main/5a3...` and `sha1:5a3...`: Flux has written them all. */
function commitOf(revision: string): string | undefined {
  return /(?:^|[:/])([0-9a-f]{40})$/.exec(revision)?.[1];
}
