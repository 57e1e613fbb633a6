import type { Action, ActionOf, TargetKind } from '../../../../domain/action.ts';
import {
  imageReference,
  jobKinds,
  labelledKinds,
  labelName,
  rolloutKinds,
  scalableKinds,
} from '../../../../domain/action.ts';
import { patchable, patchableField, patchableKinds } from '../../../../domain/patchable.ts';
import { quoted } from '../display.ts';
import { ANNOTATIONS, isPlaceholder, LABELS, placeholder } from '../pairs.ts';
import type { Objection, Span } from '../refusal.ts';
import { isObjection } from '../refusal.ts';

/** One leaf of a patch. */
export interface Change {
  readonly path: readonly string[];
  /** The element of the list at `path` whose image it is. */
  readonly container?: string;
  /** Null takes the field away; undefined is a list or an object where a plain value belongs. */
  readonly value: string | number | boolean | null | undefined;
  /** A condition instead of a change. */
  readonly test?: boolean;
  readonly span: Span;
  readonly valueSpan: Span;
}

/** A patch as a verb of the closed set with its details, without the target. */
export type Meaning = Untargeted<Action>;
type Untargeted<A> = A extends Action ? Omit<A, 'target'> : never;

/** What one leaf means. Leaves of one verb go together, others are several changes. */
type Meant =
  | { readonly verb: 'scale'; readonly replicas: number }
  | { readonly verb: 'test'; readonly replicas: number }
  | { readonly verb: 'rollout pause' | 'rollout resume' | 'suspend' | 'resume' | 'cordon' | 'uncordon' }
  | { readonly verb: 'label' | 'annotate'; readonly key: string; readonly value: string | undefined }
  | { readonly verb: 'set image'; readonly container: string; readonly image: string }
  | { readonly verb: 'patch'; readonly path: string; readonly value: string | number };

type MeantAs<V extends Meant['verb']> = Extract<Meant, { verb: V }>;

/** As many as an Action may hold: pairs to set and to remove, images, and fields. */
const MOST_PAIRS = 20;
const MOST_FIELDS = 10;

/** The one change that all leaves of a patch make together, or why they cannot be taken. */
export function meaningOfPatch(
  kind: TargetKind,
  changes: readonly Change[],
  whole: Span,
): Meaning | Objection {
  const tooMany = changes[2 * MOST_PAIRS];
  if (tooMany) return bad(tooMany.span, `At most ${2 * MOST_PAIRS} values are read in one patch.`);
  const meant: Meant[] = [];
  const places = new Set<string>();
  let verb: string | undefined;
  for (const change of changes) {
    const one = meaningOf(kind, change);
    if (isObjection(one)) return one;
    if (one.verb !== 'test') {
      verb ??= one.verb;
      if (one.verb !== verb) return bad(change.span, severalChanges(verb, one.verb));
    }
    if (places.has(placeOf(one))) return bad(change.span, 'The patch writes this field twice.');
    places.add(placeOf(one));
    meant.push(one);
  }
  return together(meant) ?? bad(whole, emptyOrTooMuch(verb));
}

const severalChanges = (one: string, other: string): string =>
  `One change at a time: this means "${other}", what stands before it "${one}".`;

const emptyOrTooMuch = (verb: string | undefined): string =>
  verb === undefined
    ? 'The patch changes nothing.'
    : `At most ${verb === 'patch' ? MOST_FIELDS : MOST_PAIRS} values can be changed in one command.`;

/** What a leaf writes: two of the same place are a contradiction. */
function placeOf(meant: Meant): string {
  if (meant.verb === 'label' || meant.verb === 'annotate') return `${meant.verb} ${meant.key}`;
  if (meant.verb === 'set image') return meant.container;
  return meant.verb === 'patch' ? meant.path : meant.verb;
}

function meaningOf(kind: TargetKind, change: Change): Meant | Objection {
  const path = change.path.join('.');
  const reader = change.container === undefined ? readerOf(kind, change.path, path) : imageOf;
  const applies = change.container === undefined || has(rolloutKinds, kind);
  if (reader === undefined || !applies) return bad(change.span, notPatched(kind, path));
  const meant = reader(change);
  const conditional = change.test === true && !isObjection(meant);
  if (!conditional) return meant;
  if (meant.verb === 'scale') return { verb: 'test', replicas: meant.replicas };
  return bad(
    change.span,
    'Only the number of replicas can be made a condition; Firebreak guards the rest itself.',
  );
}

type LeafReader = (change: Change) => Meant | Objection;

function readerOf(kind: TargetKind, steps: readonly string[], path: string): LeafReader | undefined {
  const field = has(patchableKinds, kind) ? patchableField(kind, path) : undefined;
  if (field) return (change) => fieldOf(path, field, change);
  return (
    metadataReader(kind, steps) ??
    SPEC_READERS.find((each) => each.path === path && has(each.kinds, kind))?.read
  );
}

function metadataReader(
  kind: TargetKind,
  [root, list, key, more]: readonly string[],
): LeafReader | undefined {
  if (root !== 'metadata' || key === undefined || more !== undefined || !has(LABELLED, kind))
    return undefined;
  if (list === 'labels') return (change) => pairOf('label', key, change);
  return list === 'annotations' ? (change) => pairOf('annotate', key, change) : undefined;
}

const LABELLED: readonly TargetKind[] = [...labelledKinds, 'Node'];

function replicasOf({ value, valueSpan }: Change): Meant | Objection {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647)
    return { verb: 'scale', replicas: value };
  return bad(valueSpan, 'The number of replicas is a whole number from 0 to 2147483647.');
}

type Switch = 'rollout pause' | 'rollout resume' | 'suspend' | 'resume' | 'cordon' | 'uncordon';

/** The API server takes a switch that is taken away for one that is off. */
function switchOf(on: Switch, off: Switch): LeafReader {
  return ({ value, valueSpan }) => {
    if (value === true) return { verb: on };
    return value === false || value === null ? { verb: off } : bad(valueSpan, 'This field is true or false.');
  };
}

/** The fields that have a verb of their own. */
const SPEC_READERS: readonly {
  readonly path: string;
  readonly kinds: readonly TargetKind[];
  readonly read: LeafReader;
}[] = [
  { path: 'spec.replicas', kinds: scalableKinds, read: replicasOf },
  { path: 'spec.paused', kinds: ['Deployment'], read: switchOf('rollout pause', 'rollout resume') },
  { path: 'spec.suspend', kinds: jobKinds, read: switchOf('suspend', 'resume') },
  { path: 'spec.unschedulable', kinds: ['Node'], read: switchOf('cordon', 'uncordon') },
];

function pairOf(
  verb: 'label' | 'annotate',
  key: string,
  { value, span, valueSpan }: Change,
): Meant | Objection {
  const rule = verb === 'label' ? LABELS : ANNOTATIONS;
  if (!rule.key.safeParse(key).success)
    return bad(span, `${quoted(key)} cannot name a ${rule.thing}: names are ${rule.keyForm}.`);
  if (value === null) return { verb, key, value: undefined };
  if (typeof value === 'string' && isPlaceholder(value)) return placeholder(valueSpan);
  if (typeof value === 'string' && rule.value.safeParse(value).success) return { verb, key, value };
  return bad(valueSpan, `This cannot be the value of a ${rule.thing}: a text, ${rule.valueForm}.`);
}

function imageOf({ container = '', value, span, valueSpan }: Change): Meant | Objection {
  if (!labelName.safeParse(container).success)
    return bad(span, `${quoted(container)} is not a container name.`);
  const image = imageReference.safeParse(value);
  if (image.success) return { verb: 'set image', container, image: image.data };
  return bad(valueSpan, 'This is not an image such as registry.example/app:1.2.');
}

function fieldOf(
  path: string,
  field: NonNullable<ReturnType<typeof patchableField>>,
  { value, valueSpan }: Change,
): Meant | Objection {
  const read = field.safeParse(value);
  if (read.success) return { verb: 'patch', path, value: read.data };
  const problem = read.error.issues[0]?.message ?? 'is not valid';
  const reason = value === null ? 'a field cannot be taken away here; give it a value' : problem;
  return bad(
    valueSpan,
    `This cannot be the value of ${path}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}.`,
  );
}

/** The leaves of one verb as its details; undefined when there are none, or more than an Action holds. */
function together(meant: readonly Meant[]): Meaning | undefined {
  const all = <V extends Meant['verb']>(...verbs: readonly V[]) =>
    meant.filter((one): one is MeantAs<V> => verbs.some((verb) => verb === one.verb));
  const [first] = meant.filter(({ verb }) => verb !== 'test');
  const [condition] = all('test');
  if (first === undefined) return undefined;
  switch (first.verb) {
    case 'test':
      return undefined;
    case 'scale':
      return {
        verb: 'scale',
        replicas: first.replicas,
        ...(condition ? { currentReplicas: condition.replicas } : {}),
      };
    case 'label':
    case 'annotate':
      return pairs(first.verb, all('label', 'annotate'));
    case 'set image':
      return images(all('set image'));
    case 'patch':
      return fields(all('patch'));
    default:
      return { verb: first.verb };
  }
}

function pairs(
  verb: 'label' | 'annotate',
  meant: readonly MeantAs<'label' | 'annotate'>[],
): Meaning | undefined {
  const set = meant.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
  const remove = meant.flatMap(({ key, value }) => (value === undefined ? [key] : []));
  if (set.length > MOST_PAIRS || remove.length > MOST_PAIRS) return undefined;
  return { verb, set, remove, overwrite: true };
}

function images(meant: readonly MeantAs<'set image'>[]): ActionOfMeaning<'set image'> | undefined {
  if (meant.length > MOST_PAIRS) return undefined;
  return { verb: 'set image', images: meant.map(({ container, image }) => ({ container, image })) };
}

/** In the order of their paths, so that one change has one form. */
function fields(meant: readonly MeantAs<'patch'>[]): ActionOfMeaning<'patch'> | undefined {
  if (meant.length > MOST_FIELDS) return undefined;
  const sorted = meant.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { verb: 'patch', fields: sorted.map(({ path, value }) => ({ path, value })) };
}

type ActionOfMeaning<V extends Action['verb']> = Omit<ActionOf<V>, 'target'>;

/** Why a path is refused: what to do instead where there is something, and what may be patched. */
function notPatched(kind: TargetKind, path: string): string {
  const hint = HINTS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
  const shown = path.length > 80 ? `${path.slice(0, 80)}...` : path;
  return `${quoted(shown)} of a ${kind} cannot be patched here.${hint === undefined ? '' : ` ${hint}`} What can: ${choices(kind).join(', ')}.`;
}

const HINTS: readonly (readonly [string, string])[] = [
  [
    'spec.template.metadata.annotations',
    'Of the pod template\'s annotations only "rollout restart" writes one.',
  ],
  ['spec.template', 'What its pods run is changed with set image, set env or set resources.'],
  ['spec.containers', 'A pod is not changed in place; its workload is, with "set image".'],
  ['spec.selector', 'A selector cannot be changed once it is there.'],
  ['spec.taints', 'Taints are changed with "taint".'],
  ['metadata.finalizers', 'A finalizer stands for a clean-up that would then never happen.'],
  ['metadata.labels', 'Labels are patched one by one, each with its key.'],
  ['metadata.annotations', 'Annotations are patched one by one, each with its key.'],
  ['status', 'A status is what a controller reports, not a setting.'],
];

function choices(kind: TargetKind): readonly string[] {
  return [
    ...SPEC_READERS.filter(({ kinds }) => has(kinds, kind)).map(({ path }) => path),
    ...(has(patchableKinds, kind) ? Object.keys(patchable[kind]) : []),
    ...(has(rolloutKinds, kind) ? ['container images by name'] : []),
    ...(has(LABELLED, kind) ? ['metadata.labels', 'metadata.annotations'] : []),
  ];
}

/** Whether a kind is one of these; the compiler knows it too then. */
function has<K extends TargetKind>(kinds: readonly K[], kind: TargetKind): kind is K {
  return kinds.some((each) => each === kind);
}

export function bad({ start, end }: Span, reason: string): Objection {
  return { code: 'bad-patch', reason, span: { start, end } };
}
