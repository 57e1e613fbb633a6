/** Nested as the API takes it: `spec.minReadySeconds` becomes `{"spec":{"minReadySeconds":5}}`. */
export function mergePatch(
  fields: readonly { readonly path: string; readonly value: string | number }[],
): string {
  const root: Tree = new Map();
  for (const { path, value } of fields) plant(root, path.split('.'), value);
  return JSON.stringify(plain(root));
}

type Tree = Map<string, Tree | string | number>;

function plant(tree: Tree, [step = '', ...deeper]: readonly string[], value: string | number): void {
  if (deeper.length === 0) {
    tree.set(step, value);
    return;
  }
  const found = tree.get(step);
  const branch: Tree = found instanceof Map ? found : new Map();
  tree.set(step, branch);
  plant(branch, deeper, value);
}

function plain(tree: Tree): object {
  return Object.fromEntries(
    [...tree].map(([key, value]) => [key, value instanceof Map ? plain(value) : value]),
  );
}
