import type { Refusal, Span } from '../../actions/grammar/refusal.ts';
import type { Word } from '../../actions/grammar/word.ts';
import { tokenise } from './grammar/tokenise.ts';
import { unwrapped } from './grammar/wrapping.ts';

/** The cluster that a command is for, where it says so. */
export type ClusterChoice =
  /** `text` is the rest, with blanks in the place of the choice: places in it are places in what was typed. */
  | { readonly kind: 'read'; readonly text: string; readonly cluster?: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** kubectl's word for it first; `--cluster` is kubectl's word for what a context has of it. */
const flag = /^--(?:context|cluster)(=|$)/;
const spoken = /^cluster:/i;

interface Chosen {
  readonly name: string;
  /** Of the name alone. */
  readonly at: Span;
  readonly whole: Span;
}

/**
 * Takes the choice of a cluster out of a command: `--context NAME`, `--context=NAME` or `cluster:NAME`, wherever it stands.
 * Linear in the text.
 *
 * @param names of the clusters that there are; with fewer than two there is nothing to choose, and the text is as it was
 * @param wordsIn how the text is read where it is no command: those of a shell end at the first sign that it would object to
 */
export function takeCluster(
  text: string,
  names: readonly string[],
  wordsIn = (plain: string): readonly Word[] => tokenise(plain).words,
): ClusterChoice {
  if (names.length < 2) return { kind: 'read', text };
  const words = wordsIn(unwrapped(text));
  const found: Chosen[] = [];
  for (const [index, word] of words.entries()) {
    const chosen = chosenBy(word, words[index + 1]);
    if (chosen === 'nothing') return refused('flag-value', word, `Say which cluster: ${list(names)}.`);
    if (chosen !== undefined) found.push(chosen);
  }
  const [first] = found;
  if (first === undefined) return { kind: 'read', text };
  const wrong = found.find(({ name }) => !names.includes(name));
  if (wrong !== undefined) {
    // No nearest form: of clusters that are called alike the wrong one is one click away.
    const reason = `There is no cluster "${wrong.name}" here; there are ${list(names)}.`;
    return refused('other-cluster', wrong.at, reason);
  }
  const other = found.find(({ name }) => name !== first.name);
  if (other !== undefined) {
    const reason = `A command is for one cluster; this one says ${first.name} and ${other.name}.`;
    return refused('flag-repeated', other.whole, reason);
  }
  const rest = found.reduce((before, { whole }) => blanked(before, whole), text);
  return { kind: 'read', text: rest, cluster: first.name };
}

/** In prose: a flag with its dashes, or spelled with a colon; at the beginning without either. */
const inReason = [
  /(?<=^|\s)[-\u2010-\u2015\u2212]{1,2}(?:context|cluster)(?:=|\s+|$)(\S*)/gi,
  /(?<=^|\s)cluster:\s*(\S+)/gi,
  /^(?:context|cluster)[=:\s]\s*(\S+)/gi,
];

/**
 * Objects to a cluster that is chosen in the reason, as in `-- it hangs --context prod-us`: without it the command would be
 * carried out in another one. Without dashes it has to be one that there is, or it is prose. Places are places in the reason.
 *
 * @param chosen what the command itself says
 */
export function clusterInReason(
  reason: string,
  names: readonly string[],
  chosen: string | undefined,
): Refusal | undefined {
  if (names.length < 2) return undefined;
  for (const { 0: whole, 1: said = '', index } of inReason.flatMap((form) => [...reason.matchAll(form)])) {
    const name = said.replace(/^["'`]+/, '').replace(/["'`.,;:)!?]+$/, '');
    if (name === chosen || (!/^[-\u2010-\u2015\u2212]/.test(whole) && !names.includes(name))) continue;
    const sentence = `A lone "--" starts the reason, and a cluster in it is not heard; write --context ${names.includes(name) ? name : 'NAME'} before the "--".`;
    return {
      code: 'other-cluster',
      reason: sentence,
      span: { start: index, end: index + whole.trimEnd().length },
    };
  }
  return undefined;
}

/** A command with its cluster, as it can be typed. */
export const forCluster = (command: string, cluster: string | undefined): string =>
  cluster === undefined ? command : `${command} --context ${cluster}`;

function chosenBy(word: Word, next: Word | undefined): Chosen | 'nothing' | undefined {
  const said = flag.exec(word.text) ?? spoken.exec(word.text);
  if (said === null) return undefined;
  const own = word.text.slice(said[0].length);
  const isWhole = own !== '' || said[0].endsWith('=');
  if (isWhole)
    return own === ''
      ? 'nothing'
      : { name: own, at: { start: word.end - own.length, end: word.end }, whole: word };
  if (next === undefined || next.text === '' || next.text.startsWith('-')) return 'nothing';
  return {
    name: next.text,
    at: { start: next.start, end: next.end },
    whole: { start: word.start, end: next.end },
  };
}

const refused = (code: Refusal['code'], { start, end }: Span, reason: string): ClusterChoice => ({
  kind: 'refused',
  refusal: { code, reason, span: { start, end } },
});

const blanked = (text: string, { start, end }: Span): string =>
  text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);

const list = (names: readonly string[]): string => names.join(', ');
