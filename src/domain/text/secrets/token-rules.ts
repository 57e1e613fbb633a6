import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { charactersLike, runsOf } from './runs.ts';
import type { Finder, Span } from './span.ts';

/** What is used of a rule of secretlint (github.com/secretlint/secretlint, docs/secretlint-rule.md). */
interface Rule {
  readonly meta: { readonly id: string };
  create(context: Context, options: object): { file?(source: Source): unknown };
}

interface Source {
  readonly content: string;
  readonly filePath: string;
  readonly ext: string;
  readonly contentType: 'text';
}

interface Context {
  readonly createTranslator: () => (messageId: string) => { messageId: string };
  readonly report: (found: {
    readonly message: { readonly messageId: string };
    readonly range: readonly [number, number];
  }) => void;
  readonly ignore: () => void;
  readonly sharedOptions: object;
}

const familyOf = (id: string): string => id.replace('@secretlint/secretlint-rule-', '');

/**
 * Rules that are not asked: those that look at the kind of a file, one that obeys comments in the text, those whose range
 * is a whole address or misses the end of the secret, and the number of an account, which is none. Own finders know these.
 */
const left = new Set([
  'aws',
  'basicauth',
  'database-connection-string',
  'filter-comments',
  'gcp',
  'privatekey',
  'slack',
]);

/** What is shorter than the shortest token is not looked at; most texts are. */
const ofTokens = charactersLike(/[\w.~+/=-]/);
const shortest = 16;

/** Tokens of the vendors that secretlint's recommended rules know by their shape. */
export function createTokenRules(): Finder {
  let spans: Span[] = [];
  let name = '';
  const context: Context = {
    createTranslator: () => (messageId) => ({ messageId }),
    report: ({ range: [start, end] }) => spans.push({ start, end, name: `${name} token` }),
    ignore: () => undefined,
    sharedOptions: {},
  };
  const creators: readonly Rule[] = rules;
  const asked = creators
    .map((rule) => ({ family: familyOf(rule.meta.id), rule: rule.create(context, {}) }))
    .filter(({ family }) => !left.has(family));
  return (text, codes) => {
    if (runsOf(ofTokens, codes, shortest).length === 0) return [];
    spans = [];
    for (const { family, rule } of asked) {
      name = family;
      rule.file?.({ content: text, filePath: '', ext: '', contentType: 'text' });
    }
    return spans;
  };
}
