import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { type Codes, charactersLike, endOfRun, isWithin, type Run } from './runs.ts';
import type { Finder, Span } from './span.ts';
import { eachTriplet, tripletsOf } from './triplets.ts';

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
 * is a whole address or misses the end of the secret, one whose time grows with the square of the text, and the number of
 * an account, which is none. Own finders know these.
 */
export const left: ReadonlySet<string> = new Set([
  'aws',
  'basicauth',
  'database-connection-string',
  'filter-comments',
  'gcp',
  'privatekey',
  'sendgrid',
  'slack',
]);

/**
 * What the tokens of the other rules begin with. The rules themselves would look for it all over the text, each again; a
 * test holds that none is without.
 */
export const beginnings: Readonly<Record<string, readonly string[]>> = {
  npm: ['npm_'],
  openai: ['sk-'],
  anthropic: ['sk-ant-'],
  groq: ['gsk_'],
  huggingface: ['hf_'],
  linear: ['lin_api_'],
  notion: ['ntn_'],
  shopify: ['shppa_', 'shpca_', 'shpat_', 'shpss_'],
  stripe: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
  github: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  gitlab: ['glpat-'],
  grafana: ['glc_', 'glsa_'],
  '1password': ['ops_ey'],
  'hashicorp-vault': ['hvs.', 'hvb.', 'hvr.'],
  vercel: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
  databricks: ['dapi'],
  docker: ['dckr_pat_'],
  figma: ['figd_'],
  cloudflare: ['cfk_', 'cfut_', 'cfat_'],
  tailscale: ['tskey-'],
};

const known = Object.values(beginnings).flat();
const beginning = new RegExp(known.join('|').replaceAll('.', '\\.'), 'g');
const places = tripletsOf(known);

/** What tokens are made of, and how long the shortest is. */
const ofTokens = charactersLike(/[\w.~+/=-]/);
const shortest = 20;

/** So many beginnings in one run of such characters have no meaning but to make the rules slow. */
const most = 8;

/** Stands between what is looked at. */
const apart = '\n';

/** Tokens of the vendors that secretlint's recommended rules know by their shape. */
export function createTokenRules(): Finder {
  const ask = createAsked();
  return (text, codes) => {
    const { windows, crowded } = windowsOf(text, codes);
    if (windows.length === 0) return crowded;
    const joined = windows.map(({ start, end }) => text.slice(start, end)).join(apart);
    return [...crowded, ...ask(joined).map((span) => moved(span, windows))];
  };
}

interface Window extends Run {
  /** Where it begins in the joined text. */
  readonly joined: number;
}

interface Windows {
  readonly windows: readonly Window[];
  /** Runs of so many beginnings that they are hidden whole. */
  readonly crowded: readonly Span[];
}

/** From where a token may begin to where its characters end. */
function windowsOf(text: string, codes: Codes): Windows {
  const windows: Window[] = [];
  const crowded: Span[] = [];
  let joined = 0;
  eachTriplet(places, codes, (at) => {
    if (isWithin(codes, at)) return at + 1;
    const end = endOfRun(ofTokens, codes, at);
    if (end - at < shortest) return Math.max(end, at + 1);
    const begun = beginningsOf(text.slice(at, end));
    if (begun > most) crowded.push({ start: at, end });
    else if (begun > 0) {
      windows.push({ start: at, end, joined });
      joined += end - at + apart.length;
    }
    return end;
  });
  return { windows, crowded };
}

/** How many there are in a run, as far as it matters. */
function beginningsOf(run: string): number {
  beginning.lastIndex = 0;
  let count = 0;
  while (count <= most && beginning.test(run)) count += 1;
  return count;
}

/** Where in the text it is what a rule found in the windows' joined text. */
function moved(span: Span, windows: readonly Window[]): Span {
  let [low, high] = [0, windows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((windows[middle]?.joined ?? 0) <= span.start) low = middle;
    else high = middle - 1;
  }
  const { start = 0, joined = 0 } = windows[low] ?? {};
  return { ...span, start: span.start - joined + start, end: span.end - joined + start };
}

/** Asks all rules about a text, in time that grows with it where no word has many beginnings. */
function createAsked(): (content: string) => readonly Span[] {
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
  return (content) => {
    spans = [];
    for (const { family, rule } of asked) {
      name = family;
      rule.file?.({ content, filePath: '', ext: '', contentType: 'text' });
    }
    return spans;
  };
}
