/** What vitest holds of a file that it has loaded. */
interface Loaded {
  readonly id: string;
  readonly file: string;
  readonly imports: ReadonlySet<string>;
  readonly importers: Set<string>;
  promise?: unknown;
  exports?: unknown;
  evaluated: boolean;
}

/** The part of vitest's module runner that is used here. */
interface Loader {
  readonly evaluatedModules: { readonly idToModuleMap: ReadonlyMap<string, Loaded> };
}

/** What is loaded in this process. */
export interface Modules {
  /** Whether a file imports another, itself or through what it imports. */
  reaches(from: string, to: string): boolean;
  /** Lets a file and all that import it be evaluated anew when they are next imported; without a file, everything. */
  forget(file?: string): void;
}

export function modulesOf({ evaluatedModules }: Loader): Modules {
  const all = () => [...evaluatedModules.idToModuleMap.values()].filter(({ id }) => !isVitest.test(id));
  const importersOf = (file: string) => {
    const byImport = new Map<string, string[]>();
    for (const { id, imports } of all())
      for (const each of imports) byImport.set(each, [...(byImport.get(each) ?? []), id]);
    const found = new Set(all().flatMap(({ id, file: of }) => (of === file ? [id] : [])));
    for (const id of found) for (const importer of byImport.get(id) ?? []) found.add(importer);
    return found;
  };
  return {
    reaches: (from, to) => {
      const reached = importersOf(to);
      return all().some(({ id, file }) => file === from && reached.has(id));
    },
    forget: (file) => {
      const concerned = file === undefined ? undefined : importersOf(file);
      for (const node of all()) {
        if (concerned?.has(node.id) === false) continue;
        [node.promise, node.exports, node.evaluated] = [undefined, undefined, false];
        node.importers.clear();
      }
    },
  };
}

/** These hold what is going on. */
const isVitest = /\/vitest\/dist\/|\/@vitest\/|\/test\/mutation\//;
