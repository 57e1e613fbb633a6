import type { ActionOf } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Taint } from '../../../domain/facts/node.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { nodeOf } from '../../subject.ts';
import { lastNode } from '../schedulable.ts';
import { isHard, removes, sameTaint, taintText } from '../taints.ts';
import { outOfService } from './out-of-service.ts';

type TaintAction = ActionOf<'taint'>;

/** Set and removed by the node lifecycle controller and the cloud's; what people write there is put back. */
const controlled = ['node.kubernetes.io/', 'node.cloudprovider.kubernetes.io/'];

/** What `kubectl taint` refuses too, what would change nothing, and taints that belong to a controller. */
export function precondition(judged: Case<'taint'>): readonly Obstacle[] {
  const closed = judged.action.add.some(isHard) ? lastNode(judged) : noObstacle;
  return [...closed, ...obstacles('taint-possible', judged, 'spec.taints', ...inTheWay(judged))];
}

function inTheWay(judged: Case<'taint'>): readonly string[] {
  const { action } = judged;
  const name = nameOf(action.target);
  const taints = nodeOf(judged)?.taints;
  if (taints === undefined) return [`The taints of ${name} are not known.`];
  const said = [
    ...both(action),
    ...controlledOnes(action),
    ...tooEarly(judged),
    ...present(name, action, taints),
    ...missing(name, action, taints),
  ];
  return said.length === 0 ? unchanged(name, action, taints) : said;
}

function both({ add, remove }: TaintAction): string[] {
  const clash = add.filter((taint) => remove.some((each) => removes(each, taint)));
  return clash.map((taint) => `The taint ${taintText(taint)} cannot be set and removed by the same command.`);
}

function controlledOnes({ add, remove }: TaintAction): string[] {
  const keys = [...add, ...remove]
    .map(({ key }) => key)
    .filter((key) => key !== outOfService && controlled.some((prefix) => key.startsWith(prefix)));
  return [...new Set(keys)].map(
    (key) => `The taint ${key} belongs to a controller of the cluster, which puts it back as the node is.`,
  );
}

function tooEarly(judged: Case<'taint'>): string[] {
  const { add, target } = judged.action;
  if (!nodeOf(judged)?.ready || !add.some(({ key }) => key === outOfService)) return [];
  return [
    `${nameOf(target)} is ready: ${outOfService} is for a node that is off, and would detach the volumes of running pods.`,
  ];
}

function present(name: string, { add, overwrite }: TaintAction, taints: readonly Taint[]): string[] {
  if (overwrite) return [];
  const there = add.filter((taint) => taints.some((each) => sameTaint(each, taint)));
  return there.map(
    ({ key, effect }) => `${name} has a taint ${key}:${effect} already: --overwrite changes its value.`,
  );
}

function missing(name: string, { remove }: TaintAction, taints: readonly Taint[]): string[] {
  const absent = remove.filter((each) => !taints.some((taint) => removes(each, taint)));
  const known = taints.length === 0 ? 'it has none' : `it has ${taints.map(taintText).toSorted().join(', ')}`;
  return absent.map((each) => `${name} has no taint ${taintText(each)}; ${known}.`);
}

function unchanged(name: string, { add, remove }: TaintAction, taints: readonly Taint[]): string[] {
  if (remove.length > 0) return [];
  const same = add.every((taint) =>
    taints.some((each) => sameTaint(each, taint) && (each.value ?? '') === (taint.value ?? '')),
  );
  return same ? [`${name} already has ${add.map(taintText).join(', ')}.`] : [];
}
