import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';

/** What kwok should do to a pod, as far as this file must know it (sigs.k8s.io/kwok, pkg/apis/v1alpha1, Stage). */
const stage = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    selector: z.looseObject({ matchExpressions: z.array(z.unknown()) }),
    delay: z.looseObject({ durationMilliseconds: z.number() }).optional(),
  }),
});

/** Holds for pods that none of our own stages keeps from becoming Ready or Completed. */
const noFailureWanted = {
  key: '.spec.containers.[].image | select(test(":(crash|oom|never-ready|bad)$"))',
  operator: 'DoesNotExist',
};

/**
 * The configuration of kwok as YAML: its own fast stages from the file `kwokStages`, then the stages of failing
 * pods in the folder stages/, which go by the image tag (`:crash`, `:crash-later`, `:oom`, `:never-ready`, `:bad`).
 *
 * Kwok picks among matching stages by chance, so its own two must not match where ours do.
 *
 * A pod takes a moment to end, as with a kubelet. Kwok deletes it by its name at each change that it sees of a
 * pod on its way out, and without a delay (0.8.0, pod_controller.go) a second time after it is gone: on a busy
 * machine that reaches the new pod of a StatefulSet, which has the same name, and so on without an end. What waits
 * is forgotten once the end of the pod is seen, and replaced by what the new one needs.
 */
export function stageConfiguration(kwokStages: string): string {
  const own = parseStages(readFileSync(kwokStages, 'utf8'));
  for (const { metadata, spec } of own) {
    if (['pod-ready', 'pod-complete'].includes(metadata.name))
      spec.selector.matchExpressions.push(noFailureWanted);
    if (metadata.name === 'pod-delete') spec.delay = { durationMilliseconds: 300 };
  }
  const folder = join(import.meta.dirname, 'stages');
  const failing = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  return [...own, ...failing.flatMap(parseStages)].map((each) => stringify(each)).join('---\n');
}

function parseStages(text: string): z.infer<typeof stage>[] {
  return parseAllDocuments(text).map((document) => stage.parse(document.toJS()));
}
