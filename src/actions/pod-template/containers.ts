import type { Action } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { WorkloadSubject } from '../../domain/facts/facts.ts';
import { nearestWord } from '../../domain/text/nearest.ts';
import { forContainer } from '../grammar/instead.ts';
import { nameOf, type Obstacle, obstacles } from '../obstacle.ts';

export type Container = WorkloadSubject['containers'][number];

/** Where a template has its containers: what people read as the source of what is said of them. */
export const containersField = 'spec.template.spec.containers';

interface Naming {
  /** All containers, init containers too, if absent. */
  readonly containers?: readonly string[] | undefined;
}

/**
 * The containers that a verb is for, init containers too: the named ones, or all (kubectl/pkg/cmd/set/helper.go), in the
 * order of the template.
 */
export function chosen({ containers: named }: Naming, { containers }: WorkloadSubject): Container[] {
  const inOrder = containers.toSorted((a, b) => Number(a.init) - Number(b.init) || a.index - b.index);
  return named === undefined ? inOrder : inOrder.filter(({ name }) => named.includes(name));
}

/** An obstacle for each name that no container has. */
export function missingContainers(
  rule: string,
  judged: Pick<Case, 'action'>,
  { containers }: WorkloadSubject,
  named: readonly string[] = [],
): readonly Obstacle[] {
  const missing = named.filter((name) => !containers.some((each) => each.name === name));
  if (missing.length === 0) return [];
  const known = [...new Set(containers.map(({ name }) => name))].sort().join(', ');
  const target = nameOf(judged.action.target);
  return missing.flatMap((name) => {
    const instead = meantInstead(judged.action, name, containers);
    const sentence = `${target} has no container ${name}; it has ${known}.`;
    return obstacles(rule, judged, containersField, sentence).map((each) => ({ ...each, instead }));
  });
}

/** The only one there is, or the one of nearly the same name. */
function meantInstead(action: Action, name: string, containers: readonly Container[]): Action | undefined {
  const own = containers.filter(({ init }) => !init).map((each) => each.name);
  const near = nearestWord(name, own) ?? (own.length === 1 ? own[0] : undefined);
  return near === undefined ? undefined : forContainer(action, name, near);
}

/** `spec.template.spec.containers[web]`: how people read the place of a container. */
export function fieldOf({ name, init }: Pick<Container, 'name' | 'init'>): string {
  return `spec.template.spec.${init ? 'initContainers' : 'containers'}[${name}]`;
}
