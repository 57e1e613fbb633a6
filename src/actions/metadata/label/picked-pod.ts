import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nameOf } from '../../obstacle.ts';
import { podOf } from '../../subject.ts';
import type { Selection } from './selection.ts';

/**
 * A label by which a controller or a Service picks the pod, or would. Without it the controller lets the pod go and
 * starts another, and this one runs on with nobody to replace or stop it: what people use as a quarantine.
 */
export function pickedPod(judged: Case<'label'>, { leaves, joins }: Selection): readonly Consequence[] {
  const pod = nameOf(judged.action.target);
  const sentences = [
    ...leaves.map((each) => without(judged, pod, each)),
    ...joins.map(
      ({ kind, name }) => `${kind}/${name} would pick ${pod} from then on: it gets requests if it is ready.`,
    ),
  ];
  return sentences.map((sentence) => ({
    rule: 'picked-pod',
    asks: 'human',
    sentence,
    field: 'metadata.labels',
  }));
}

function without(
  judged: Case<'label'>,
  pod: string,
  { kind, name }: { readonly kind: string; readonly name: string },
): string {
  if (kind === 'Service') return `Service/${name} would no longer pick ${pod}: it gets no more requests.`;
  const orphan = `${kind}/${name} would let ${pod} go: it runs on, and nobody replaces or stops it`;
  return podOf(judged)?.controller?.kind === 'StatefulSet'
    ? `${orphan}. Another cannot start while this one has its name.`
    : `${orphan}; another starts in its place.`;
}
