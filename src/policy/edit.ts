import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, isSeq, type ParsedNode, parseDocument } from 'yaml';
import type { Trusted } from '../domain/policy/proposal.ts';
import { asJson, canonicalJson } from '../domain/text/json.ts';
import { unifiedDiff } from './unified-diff.ts';

/** The change of the policy's file that names one more playbook, as a unified diff; or why there is none. */
export function policyDiff(
  file: string | undefined,
  entry: Trusted,
): { readonly kind: 'diff'; readonly text: string } | { readonly kind: 'none'; readonly reason: string } {
  if (file === undefined) return { kind: 'none', reason: 'The policy is not read from a file.' };
  try {
    const edited = withTrusted(basename(file), readFileSync(file, 'utf8'), entry);
    return edited.kind === 'edited'
      ? { kind: 'diff', text: edited.diff }
      : { kind: 'none', reason: edited.reason };
  } catch (fault) {
    return { kind: 'none', reason: `The file of the policy could not be read: ${String(fault)}.` };
  }
}

type PolicyEdit =
  | { readonly kind: 'edited'; readonly text: string; readonly diff: string }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): PolicyEdit => ({ kind: 'refused', reason });

/**
 * Adds one entry to `trust.alone` of a policy file and leaves every other byte as it is: nothing is serialised anew. The result
 * is parsed again and must differ from what was there in that entry alone.
 */
export function withTrusted(file: string, text: string, entry: Trusted): PolicyEdit {
  const document = parseDocument(text);
  if (document.errors.length > 0) return refused(`${file} is no YAML that can be read.`);
  const list = document.getIn(['trust', 'alone'], true);
  if (!isSeq(list)) return refused(`${file} has no list trust.alone.`);
  const value = `{ playbook: ${scalar(entry.playbook)}, environment: ${scalar(entry.environment)} }`;
  const edited =
    list.flow === true ? inFlow(text, list.range, list.items.length, value) : inBlock(text, list, value);
  if (edited === undefined) return refused(`trust.alone of ${file} cannot be added to on a line of its own.`);
  if (!isThatAlone(text, edited, entry))
    return refused(`Adding to trust.alone of ${file} would change more than that.`);
  return { kind: 'edited', text: edited, diff: unifiedDiff(file, text, edited) };
}

/** JSON is YAML: whatever is not a plain word is quoted so. */
const scalar = (value: string): string =>
  /^[A-Za-z][A-Za-z0-9._-]*( [a-z]+)*$/.test(value) ? value : JSON.stringify(value);

type Range = readonly [number, number, number] | null | undefined;

/** Before the closing bracket. */
function inFlow(text: string, range: Range, items: number, value: string): string | undefined {
  if (!range) return undefined;
  const close = range[1] - 1;
  if (text[close] !== ']') return undefined;
  const inside = text.slice(range[0] + 1, close);
  const head = inside.trimEnd();
  const isOpen = items === 0 || head.endsWith(',');
  const tail = inside.slice(head.length);
  return `${text.slice(0, range[0] + 1)}${head}${isOpen ? (items === 0 ? '' : ' ') : ', '}${value}${tail}${text.slice(close)}`;
}

/** After the last entry, with its indentation. */
function inBlock(
  text: string,
  list: { readonly items: readonly unknown[] },
  value: string,
): string | undefined {
  const last = list.items.at(-1);
  const range = isNodeWithRange(last) ? last.range : undefined;
  if (!range) return undefined;
  const lineStart = text.lastIndexOf('\n', startOf(text, range[0])) + 1;
  const [indent = ''] = /^[ ]*/.exec(text.slice(lineStart)) ?? [];
  if (text[lineStart + indent.length] !== '-') return undefined;
  const end = text.indexOf('\n', range[1] - 1);
  const at = end < 0 ? text.length : end + 1;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = end < 0 ? `${text}${newline}` : text.slice(0, at);
  return `${before}${indent}- ${value}${newline}${text.slice(at)}`;
}

/** The dash of an entry may be on the line before it; usually it is on its own. */
const startOf = (_text: string, offset: number): number => offset - 1;

const isNodeWithRange = (node: unknown): node is ParsedNode =>
  typeof node === 'object' && node !== null && 'range' in node;

function isThatAlone(before: string, after: string, entry: Trusted): boolean {
  const expected = parseDocument(before);
  expected.addIn(['trust', 'alone'], { playbook: entry.playbook, environment: entry.environment });
  const found = parseDocument(after);
  if (found.errors.length > 0 || !isMap(found.contents)) return false;
  return canonicalJson(asJson(found.toJS())) === canonicalJson(asJson(expected.toJS()));
}
