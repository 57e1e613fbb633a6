import type { PodFact } from '../../../domain/facts/facts.ts';
import type { FactName } from '../../../domain/facts/unknown-fact.ts';
import type { Pod } from '../client/objects.ts';
import { pod } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { controllerOf, hasEnded, podFactOf, selectorText } from './pod.ts';
import type { History } from './revisions.ts';
import { readHistory } from './revisions.ts';
import type { Workload } from './workload.ts';

/** How to take a reading: note it as unknown when it fails, or insist on it. */
type Take = <T>(fact: FactName, reading: Promise<Read<T>>) => Promise<T | undefined>;

/**
 * The revisions of a workload and its living pods. A selector may match the pods of another owner as well: where
 * the revisions are known, the owner's uid decides.
 */
export async function readHistoryAndPods(
  reader: Reader,
  workload: Workload,
  take: Take,
): Promise<{ history: History | undefined; pods: PodFact[] | undefined }> {
  const { history, pods } = await readRawPods(reader, workload, take);
  return { history, pods: pods?.map(podFactOf) };
}

/** The same, with the pods as the API server describes them. */
export async function readRawPods(
  reader: Reader,
  workload: Workload,
  take: Take,
): Promise<{ history: History | undefined; pods: Pod[] | undefined }> {
  const { namespace } = workload.metadata;
  const query = { labelSelector: selectorText(workload.selector) };
  const [history, all] = await Promise.all([
    take('revisions', readHistory(reader, workload)),
    take('pods', reader.list(pod, resourceOf('Pod', { namespace }), query)),
  ]);
  const pods = all
    ?.filter((each) => !hasEnded(each))
    .filter((each) => history === undefined || history.podOwners.has(controllerOf(each)?.uid ?? ''));
  return { history, pods };
}
