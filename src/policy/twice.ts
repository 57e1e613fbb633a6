import type { Flaw } from './flaw.ts';

interface Named {
  readonly name: string;
}

/** Names that two entries of some lists have: what a card says of one could be said of either. */
export function twiceFlaws(lists: Readonly<Record<string, readonly Named[]>>, what: string): Flaw[] {
  const first = new Map<string, Flaw['path']>();
  return Object.entries(lists).flatMap(([list, entries]) =>
    entries.flatMap(({ name }, index): Flaw[] => {
      const path = [list, index, 'name'];
      const before = first.get(name);
      if (before === undefined) first.set(name, path);
      return before === undefined
        ? []
        : [
            {
              path,
              message: `two ${what} are named "${name}"; give one of them another name`,
              first: before,
            },
          ];
    }),
  );
}
