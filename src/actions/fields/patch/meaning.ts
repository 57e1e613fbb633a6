import type { TargetKind, Verb } from '../../../domain/action.ts';
import { quoted } from '../../grammar/display.ts';
import type { Change, Fields, PatchLeaf, PatchLeafOf } from '../../grammar/patch-leaf.ts';
import { badPatch } from '../../grammar/patch-leaf.ts';
import type { Objection, Span } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';

/** A patch as a verb of the closed set with its details, without the target. */
export interface Meaning {
  readonly verb: Verb;
  readonly fields: Fields;
}

/** What one leaf means. Leaves of one verb go together, others are several changes. */
interface Meant extends Meaning {
  /** What the leaf writes: two of the same place are a contradiction. */
  readonly place: string;
  readonly condition: boolean;
  readonly leaf: PatchLeaf;
}

/** Leaves of one patch. No command takes more than 20 values to set and 20 to remove. */
const MOST_LEAVES = 40;

/** The one change that all leaves of a patch make together, or why they cannot be taken. */
export function meaningOfPatch(
  kind: TargetKind,
  changes: readonly Change[],
  whole: Span,
  leaves: readonly PatchLeafOf[],
): Meaning | Objection {
  const tooMany = changes[MOST_LEAVES];
  if (tooMany) return badPatch(tooMany.span, `At most ${MOST_LEAVES} values are read in one patch.`);
  const ofKind = leaves.filter(({ leaf }) => leaf.kinds.includes(kind));
  const meant: Meant[] = [];
  const places = new Set<string>();
  let verb: Verb | undefined;
  for (const change of changes) {
    const one = meaningOf(kind, change, ofKind);
    if (isObjection(one)) return one;
    if (!one.condition) {
      verb ??= one.verb;
      if (one.verb !== verb) return badPatch(change.span, severalChanges(verb, one.verb));
    }
    if (places.has(one.place)) return badPatch(change.span, 'The patch writes this field twice.');
    places.add(one.place);
    meant.push(one);
  }
  return together(verb, meant, whole);
}

const severalChanges = (one: string, other: string): string =>
  `One change at a time: this means "${other}", what stands before it "${one}".`;

function meaningOf(kind: TargetKind, change: Change, leaves: readonly PatchLeafOf[]): Meant | Objection {
  const found = leaves.filter(({ leaf }) => leaf.isAt(change));
  // A switch is two commands at one place, and its value tells which.
  const leaf = found.find((each) => !isObjection(each.leaf.read(change))) ?? found[0];
  return leaf === undefined
    ? badPatch(change.span, notPatched(kind, change.path.join('.'), leaves))
    : readLeaf(change, leaf);
}

function readLeaf(change: Change, { verb, leaf }: PatchLeafOf): Meant | Objection {
  const fields = leaf.read(change);
  if (isObjection(fields)) return fields;
  const place = change.container ?? change.path.join('.');
  const { condition } = leaf;
  if (change.test !== true) return { verb, fields, place, leaf, condition: false };
  if (condition) return { verb, fields: condition(fields), place: `${place} before`, leaf, condition: true };
  return badPatch(
    change.span,
    'Only the number of replicas can be made a condition; Firebreak guards the rest itself.',
  );
}

/** The leaves of one verb as its details: not when there are none, or more than an Action holds. */
function together(verb: Verb | undefined, meant: readonly Meant[], whole: Span): Meaning | Objection {
  const own = meant.filter((one) => one.verb === verb);
  const [first] = own;
  if (verb === undefined || first === undefined) return badPatch(whole, 'The patch changes nothing.');
  const { most, ordered } = first.leaf;
  const sorted = ordered ? own.toSorted((a, b) => (a.place < b.place ? -1 : 1)) : own;
  const fields = joined(sorted.map((one) => one.fields));
  const tooMany = Object.values(fields).some((value) => Array.isArray(value) && value.length > most);
  return tooMany
    ? badPatch(whole, `At most ${most} values can be changed in one command.`)
    : { verb, fields };
}

/** Details side by side; of a list that several have, all items. */
function joined(all: readonly Fields[]): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of all.flatMap((each) => Object.entries(each))) {
    const before = fields[name];
    fields[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return fields;
}

/** Why a path is refused: what to do instead where there is something, and what may be patched. */
function notPatched(kind: TargetKind, path: string, leaves: readonly PatchLeafOf[]): string {
  const hint = HINTS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
  const shown = path.length > 80 ? `${path.slice(0, 80)}...` : path;
  return `${quoted(shown)} of a ${kind} cannot be patched here.${hint === undefined ? '' : ` ${hint}`} What can: ${choices(leaves).join(', ')}.`;
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

/** Each once: fields of the spec first, those that most kinds have before the others. */
function choices(leaves: readonly PatchLeafOf[]): readonly string[] {
  const rank = ({ leaf: { shown, kinds } }: PatchLeafOf) => (shown.startsWith('spec.') ? -kinds.length : 0);
  return [...new Set(leaves.toSorted((a, b) => rank(a) - rank(b)).map(({ leaf }) => leaf.shown))];
}
