import type { WorkloadSubject } from '../../domain/facts/facts.ts';

export type Container = WorkloadSubject['containers'][number];

/**
 * The containers that a verb is for, init containers too: the named ones, or all (kubectl/pkg/cmd/set/helper.go), in the
 * order of the template.
 */
export function chosen(
  { containers: named }: { readonly containers?: readonly string[] | undefined },
  { containers }: WorkloadSubject,
): Container[] {
  const inOrder = containers.toSorted((a, b) => Number(a.init) - Number(b.init) || a.index - b.index);
  return named === undefined ? inOrder : inOrder.filter(({ name }) => named.includes(name));
}

/** Names that no container has. */
export function unknownNames(
  { containers: named = [] }: { readonly containers?: readonly string[] | undefined },
  { containers }: WorkloadSubject,
): string[] {
  return named.filter((name) => !containers.some((each) => each.name === name));
}
