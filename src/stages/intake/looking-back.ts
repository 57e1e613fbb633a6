import { askedWords, timeWord, typedParts } from './asked-words.ts';
import { forCluster } from './cluster-choice.ts';

/** What somebody wants to see of what was done: words that all occur, whose it was, since when, and which page. */
export interface HistoryAsked {
  /** Of the command, the reasons and what was answered; of several words in one, one after the other. */
  readonly terms: readonly string[];
  readonly playbook?: string;
  /** A Slack user id: who asked or decided. */
  readonly person?: string;
  /** As it was typed: `7d`, a day. */
  readonly since?: string;
  /** Of several, the one that it says. */
  readonly cluster?: string;
  /** From 1. */
  readonly page: number;
  /** As it was typed, without the page. */
  readonly text: string;
}

/** Pages that are shown; who looks further back names what they look for. */
export const mostPages = 100;

/** A mention as Slack sends it, with or without the name, or the id alone. */
const mention = /^(?:<@)?([UW][A-Z0-9]{2,30})(?:\|[^>]*)?>?$/;

type Naming = 'namespace' | 'playbook' | 'person' | 'workload';

const namers: Readonly<Record<string, Naming>> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  namespace: 'namespace',
  ns: 'namespace',
  playbook: 'playbook',
  person: 'person',
  by: 'person',
  workload: 'workload',
};

/** What a word, or two of them, say. */
interface Said {
  readonly kind: 'since' | 'playbook' | 'person' | 'term';
  readonly value: string;
}

/** Reads what follows `history`: filters, free words, a time, `page N`, in any order. The cluster was taken out before. Never refuses. */
export function readHistory(words: readonly string[], cluster?: string): HistoryAsked {
  const { page, rest } = withoutPage(typedParts(words));
  const said = saidBy(askedWords(rest));
  const last = (kind: Said['kind']) => said.findLast((each) => each.kind === kind)?.value;
  const [since, playbook, person] = [last('since'), last('playbook'), last('person')];
  return {
    terms: said.flatMap((each) => (each.kind === 'term' ? [each.value] : [])),
    page,
    text: forCluster(rest.join(' '), cluster).trim(),
    ...(cluster === undefined ? {} : { cluster }),
    ...(since === undefined ? {} : { since }),
    ...(playbook === undefined ? {} : { playbook }),
    ...(person === undefined ? {} : { person }),
  };
}

/** The page that is named last, and the words without any: a page is asked for by adding one. */
function withoutPage(words: readonly string[]): { readonly page: number; readonly rest: readonly string[] } {
  const at = words.findLastIndex(
    (word, index) => word.toLowerCase() === 'page' && isNumber(words[index + 1]),
  );
  if (at < 0) return { page: 1, rest: words };
  const { rest } = withoutPage([...words.slice(0, at), ...words.slice(at + 2)]);
  return { page: Math.min(mostPages, Math.max(1, Number(words[at + 1]))), rest };
}

const isNumber = (word = ''): boolean => /^\d{1,6}$/.test(word);

function saidBy(words: readonly string[]): readonly Said[] {
  const all: Said[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [word = '', next] = [words[at], words[at + 1]];
    const pair = next === undefined ? undefined : pairOf(word, next);
    all.push(pair ?? wordOf(word));
    if (pair !== undefined) at += 1;
  }
  return all;
}

/** What a word says together with the one after it; undefined where it says something by itself. */
function pairOf(word: string, next: string): Said | undefined {
  switch (namers[word.toLowerCase()]) {
    case 'playbook':
      return { kind: 'playbook', value: next };
    case 'person':
      return { kind: 'person', value: mention.exec(next)?.[1] ?? next };
    // As the command has it.
    case 'namespace':
      return { kind: 'term', value: `n ${next}` };
    case 'workload':
      return { kind: 'term', value: next };
    default:
      return undefined;
  }
}

function wordOf(word: string): Said {
  const user = mention.exec(word)?.[1];
  if (timeWord.test(word)) return { kind: 'since', value: word };
  return user === undefined ? { kind: 'term', value: word } : { kind: 'person', value: user };
}
