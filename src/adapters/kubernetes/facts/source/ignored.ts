import { z } from 'zod';
import type { LastingField } from '../../../../domain/manifest/lasting.ts';
import { partsOf } from '../../../../domain/text/json-pointer.ts';
import { list } from '../../client/objects.ts';
import type { Held } from './held.ts';

/** An entry of `spec.ignoreDifferences` of an Application (argo-cd.readthedocs.io, "Diff Customization"). */
export const ignored = z.object({
  group: z.string().nullish(),
  kind: z.string().nullish(),
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  jsonPointers: list(z.string()),
  jqPathExpressions: list(z.string()),
  managedFieldsManagers: list(z.string()),
});
type Ignored = z.infer<typeof ignored>;

/**
 * Whether Argo CD does not see, or may not see, that a field differs from what the repository says: then a merged change makes
 * nothing out of sync, and with `RespectIgnoreDifferences=true` no sync writes it.
 */
export function mayIgnore(entry: Ignored, held: Held): boolean {
  const { jsonPointers, jqPathExpressions, managedFieldsManagers } = entry;
  if (!isFor(entry, held)) return false;
  const paths = [...jsonPointers.map(pointed), ...jqPathExpressions.map(selected)];
  return held.fields.some(
    ({ path, owners }) =>
      paths.some((each) => mayCover(each, path)) ||
      managedFieldsManagers.some((each) => owners.includes(each)),
  );
}

/** As its normaliser has it (argo-cd util/argo/normalizers/diff_normalizer.go): a group that is not named is the one of the core. */
function isFor({ group, kind, name, namespace }: Ignored, held: Held): boolean {
  return (
    (held.group === undefined || isLike(group ?? '', held.group)) &&
    isLike(kind ?? '', held.kind) &&
    (!name || name === held.name) &&
    (!namespace || held.namespace === undefined || namespace === held.namespace)
  );
}

/** One with a pattern may be any. */
const isLike = (glob: string, text: string): boolean => /[*?[{]/.test(glob) || glob === text;

/** A key, the element of this name, or any element. Of a path that is not read to its end the beginning is known. */
type Step = string | { readonly name: string } | undefined;

/** RFC 6901. An index says nothing of a name. */
function pointed(pointer: string): Step[] {
  return partsOf(pointer).map((part) => (/^(\d+|-)$/.test(part) ? undefined : part));
}

const step =
  /^(?:\|\s*)?(?:\.(?<key>[A-Za-z_]\w*)|\.?\["(?<quoted>[^"\\]*)"\]|\."(?<text>[^"\\]*)"|\.?(?<any>\[\d*\]))\??\s*/;
const choice = /^\|\s*select\(\s*\.name\s*==\s*"(?<name>[^"\\]*)"\s*\)\s*/;

/** The way of a jq expression as far as it is read: keys, elements, and those that are chosen by their name. */
function selected(expression: string): Step[] {
  // Of several at once, or of what may be anywhere, nothing is known.
  if (/,|\.\./.test(expression)) return [];
  const steps: Step[] = [];
  for (let rest = expression.trim(); rest !== ''; ) {
    const found = step.exec(rest) ?? (isElement(steps) ? choice.exec(rest) : null);
    if (found === null) break;
    const { key, quoted, text, name } = found.groups ?? {};
    if (name !== undefined) steps.splice(-1, 1, { name });
    else steps.push(key ?? quoted ?? text);
    rest = rest.slice(found[0].length);
  }
  return steps;
}

const isElement = (steps: readonly Step[]): boolean => steps.length > 0 && steps.at(-1) === undefined;

/** What is above a value has it, too. */
function mayCover(steps: readonly Step[], field: LastingField['path']): boolean {
  return (
    steps.length <= field.length &&
    steps.every((each, index) => {
      const own = field[index];
      if (each === undefined || own === undefined) return true;
      if (typeof each === 'string') return each === own;
      return typeof own === 'string' || each.name === own.name;
    })
  );
}
