import { isScalar } from 'yaml';
import { changedPaths } from './differences.ts';
import { parseDocuments } from './documents.ts';
import type { Place } from './place.ts';
import { type Edited, replaceValue } from './scalar.ts';
import type { Value } from './written.ts';

/**
 * Replaces one value of a patch that is itself a text of a file (`patch: |-`). Only a literal block can be edited: its
 * lines are the patch's own behind their indentation.
 * @param outer where in the file the patch stands
 * @param inner where in the patch the value is
 */
export function replaceInner(text: string, outer: Place, inner: Place, value: Value): Edited {
  const parsed = parseDocuments(text);
  if (parsed.kind === 'refused') return parsed;
  const node: unknown = parsed.documents[outer.document]?.getIn(outer.path, true);
  if (!isScalar<string>(node) || typeof node.value !== 'string' || !node.range)
    return refused('the patch is not one plain text');
  if (node.type !== 'BLOCK_LITERAL') return refused('the patch stands in quotes, or in folded lines');
  const edited = replaceValue(node.value, inner, value);
  const header = text.slice(0, node.range[0]).split('\n').length;
  if (edited.kind === 'refused') return edited;
  if (edited.kind === 'already') return { kind: 'already', line: header + edited.line };
  const line = header + edited.line;
  const lines = text.split('\n');
  const before = lines[line - 1] ?? '';
  const end = before.endsWith('\r') ? '\r' : '';
  const bare = before.slice(0, before.length - end.length);
  if (!bare.endsWith(edited.before)) return refused('the patch cannot be found line by line');
  const after = bare.slice(0, bare.length - edited.before.length) + edited.after;
  const result = lines.with(line - 1, after + end).join('\n');
  if (!isOnlyThat(text, result, outer, edited.text))
    return refused('the change would be seen in other places of the file as well');
  return { kind: 'edited', text: result, line, before: bare, after };
}

function isOnlyThat(before: string, after: string, outer: Place, wanted: string): boolean {
  const [old, now] = [before, after].map((text) => {
    const parsed = parseDocuments(text);
    return parsed.kind === 'refused' ? undefined : parsed.documents.map((each): unknown => each.toJS());
  });
  const [only, ...others] = changedPaths(old, now);
  if (only === undefined || others.length > 0 || only.now !== wanted) return false;
  const path = [outer.document, ...outer.path];
  return only.path.length === path.length && only.path.every((step, index) => step === path[index]);
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
