import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nameOf } from '../../obstacle.ts';
import { listed } from '../../sentence.ts';
import { podOf } from '../../subject.ts';
import { isController, type Selection } from './selection.ts';

type Picker = Selection['leaves'][number];

/**
 * A label by which something picks the pod, or would. Without it a controller lets the pod go and starts another, and this
 * one runs on with nobody to replace or stop it: what people use as a quarantine. Policies and meshes say by labels who may
 * reach it, and whom it may reach; whoever changes one of those changes that.
 */
export function pickedPod(
  judged: Case<'label'>,
  { leaves, joins, stays }: Selection,
): readonly Consequence[] {
  const pod = nameOf(judged.action.target);
  const sentences = [
    ...leaves.map((each) => without(judged, pod, each)),
    ...joins.map((each) => within(pod, each)),
    ...asking(pod, stays),
  ];
  return [...new Set(sentences)].map((sentence) => ({
    rule: 'picked-pod',
    asks: 'human',
    sentence,
    field: 'metadata.labels',
  }));
}

const serves = (kind: string): boolean => kind === 'Service';

const nameOfPicker = ({ kind, name, namespace }: Picker): string =>
  `${kind}/${name}${namespace === undefined ? '' : ` in ${namespace}`}`;

function within(pod: string, picker: Picker): string {
  const who = nameOfPicker(picker);
  return serves(picker.kind) || isController(picker)
    ? `${who} would pick ${pod} from then on: it gets requests if it is ready.`
    : `${who} would start to select ${pod}.`;
}

/** Those for which nothing changes that is seen here are told together: a namespace may have many that go by the same key. */
function asking(pod: string, stays: readonly Picker[]): readonly string[] {
  const [open, known] = [stays.filter(isOpen), stays.filter((each) => !isOpen(each))];
  const go = (all: readonly Picker[]) => (all.length === 1 ? 'goes' : 'go');
  const names = (all: readonly Picker[]) => listed(all.map(nameOfPicker));
  const said: string[] = [];
  if (known.length > 0)
    said.push(`${names(known)} ${go(known)} by this label too, and nothing changes there.`);
  if (open.length > 0)
    said.push(
      `${names(open)} ${go(open)} by this label: whether ${pod} is selected then is not worked out here.`,
    );
  return said;
}

const isOpen = ({ expression }: Picker): boolean => expression !== undefined;

function without(judged: Case<'label'>, pod: string, picker: Picker): string {
  const { kind, name } = picker;
  if (!serves(kind) && !isController(picker)) return `${nameOfPicker(picker)} would stop selecting ${pod}.`;
  if (serves(kind)) return `Service/${name} would no longer pick ${pod}: it gets no more requests.`;
  const orphan = `${kind}/${name} would let ${pod} go: it runs on, and nobody replaces or stops it`;
  return podOf(judged)?.controller?.kind === 'StatefulSet'
    ? `${orphan}. Another cannot start while this one has its name.`
    : `${orphan}; another starts in its place.`;
}
