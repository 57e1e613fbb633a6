import type { JsonObject } from '../json.ts';
import { at, isTrueAt, objectAt, put, textAt } from '../tree.ts';

const controllerUidLabel = 'batch.kubernetes.io/controller-uid';
export const jobNameLabel = 'batch.kubernetes.io/job-name';

/**
 * A new Job selects its own pods: its uid and name become labels of its template, in both spellings, and of the Job
 * itself where it has none (generateSelector in kubernetes/pkg/registry/batch/job/strategy.go).
 */
export function selectOwnPods(draft: JsonObject): void {
  if (isTrueAt(draft, 'spec', 'manualSelector')) return;
  const uid = textAt(draft, 'metadata', 'uid') ?? '';
  const name = textAt(draft, 'metadata', 'name') ?? '';
  const own = { 'controller-uid': uid, [controllerUidLabel]: uid, 'job-name': name, [jobNameLabel]: name };
  const labels = { ...own, ...objectAt(draft, 'spec', 'template', 'metadata', 'labels') };
  put(draft, ['spec', 'template', 'metadata', 'labels'], labels);
  if (at(draft, 'metadata', 'labels') === undefined) put(draft, ['metadata', 'labels'], { ...labels });
  put(draft, ['spec', 'selector'], { matchLabels: { [controllerUidLabel]: uid } });
}
