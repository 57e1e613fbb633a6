import { type PatchableKind, patchable, patchableField, patchableKinds } from '../../../domain/patchable.ts';
import { atPath, badPatch, leafOf, type PatchLeaf } from '../../grammar/patch-leaf.ts';

/** As many fields as an Action may hold. */
const MOST_FIELDS = 10;

/** The fields that have no command of their own. */
export const fieldLeaves: readonly PatchLeaf[] = patchableKinds.flatMap((kind) =>
  Object.keys(patchable[kind]).map((path) => fieldLeaf(kind, path)),
);

function fieldLeaf(kind: PatchableKind, path: string): PatchLeaf {
  const leaf = leafOf({
    ...atPath(path),
    kinds: [kind],
    read: ({ value, valueSpan }) => {
      const read = patchableField(kind, path)?.safeParse(value);
      if (read?.success) return { fields: [{ path, value: read.data }] };
      const problem = read?.error.issues[0]?.message ?? 'is not valid';
      const reason = value === null ? 'a field cannot be taken away here; give it a value' : problem;
      return badPatch(
        valueSpan,
        `This cannot be the value of ${path}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}.`,
      );
    },
  });
  return { ...leaf, most: MOST_FIELDS, ordered: true };
}
