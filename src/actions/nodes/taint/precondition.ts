import type { ActionOf } from '../../../domain/action.ts';
import type { Taint } from '../../../domain/facts/node.ts';
import {
  block,
  type Finding,
  floor,
  nodeOf,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
} from '../../../stages/evaluate/rule.ts';
import { removes, sameTaint, taintText } from '../taints.ts';

/** Set and removed by the node lifecycle controller and the cloud's; what people write there is put back. */
const controlled = ['node.kubernetes.io/', 'node.cloudprovider.kubernetes.io/'];

/** The one of them that is set by hand, for a node that is off (kubernetes.io, "Non-graceful node shutdown"). */
const outOfService = 'node.kubernetes.io/out-of-service';

/** Block: what `kubectl taint` refuses too, what would change nothing, and taints that belong to a controller. */
export const taintPossible: Rule = (input) => {
  const { action } = input;
  const taints = nodeOf(input)?.taints;
  if (action.verb !== 'taint') return nothing;
  const source = sourceOf(input, 'spec.taints');
  if (taints === undefined) return [block(`The taints of ${input.name} are not known.`, source)];
  const said = [
    ...both(action),
    ...controlledOnes(input, action),
    ...inTheWay(input, action, taints),
    ...missing(input, action, taints),
  ];
  const blocks = said.map((sentence) => block(sentence, source));
  return [...(blocks.length === 0 ? unchanged(input, action, taints) : blocks), ...outage(input, action)];
};

function both({ add, remove }: ActionOf<'taint'>): string[] {
  const clash = add.filter((taint) => remove.some((each) => removes(each, taint)));
  return clash.map((taint) => `The taint ${taintText(taint)} cannot be set and removed by the same command.`);
}

function controlledOnes(input: RuleInput, { add, remove }: ActionOf<'taint'>): string[] {
  const keys = [...add, ...remove]
    .map(({ key }) => key)
    .filter((key) => key !== outOfService && controlled.some((prefix) => key.startsWith(prefix)));
  const said = [...new Set(keys)].map(
    (key) => `The taint ${key} belongs to a controller of the cluster, which puts it back as the node is.`,
  );
  if (!nodeOf(input)?.ready || !add.some(({ key }) => key === outOfService)) return said;
  const early = `${input.name} is ready: ${outOfService} is for a node that is off, and would detach the volumes of running pods.`;
  return [...said, early];
}

function inTheWay(
  { name }: RuleInput,
  { add, overwrite }: ActionOf<'taint'>,
  taints: readonly Taint[],
): string[] {
  if (overwrite) return [];
  const there = add.filter((taint) => taints.some((each) => sameTaint(each, taint)));
  return there.map(
    ({ key, effect }) => `${name} has a taint ${key}:${effect} already: --overwrite changes its value.`,
  );
}

function missing({ name }: RuleInput, { remove }: ActionOf<'taint'>, taints: readonly Taint[]): string[] {
  const absent = remove.filter((each) => !taints.some((taint) => removes(each, taint)));
  const known = taints.length === 0 ? 'it has none' : `it has ${taints.map(taintText).toSorted().join(', ')}`;
  return absent.map((each) => `${name} has no taint ${taintText(each)}; ${known}.`);
}

function unchanged(
  input: RuleInput,
  { add, remove }: ActionOf<'taint'>,
  taints: readonly Taint[],
): Finding[] {
  if (remove.length > 0) return [];
  const same = add.every((taint) =>
    taints.some((each) => sameTaint(each, taint) && (each.value ?? '') === (taint.value ?? '')),
  );
  const sentence = `${input.name} already has ${add.map(taintText).join(', ')}.`;
  return same ? [block(sentence, sourceOf(input, 'spec.taints'))] : [];
}

/** Pods of the node are deleted by force and their volumes detached: if it still runs, data is written twice. */
function outage(input: RuleInput, { add }: ActionOf<'taint'>): Finding[] {
  if (!add.some(({ key }) => key === outOfService)) return [];
  const sentence = `${outOfService} deletes the pods of ${input.name} by force and detaches their volumes: it must be known to be off.`;
  return [floor('dual', sentence, sourceOf(input, 'spec.taints'))];
}
