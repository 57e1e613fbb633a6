import { type Codes, charactersLike, eachWord, endOfRun, isOf } from './runs.ts';
import { type Meaning, rememberedMeanings, shortestName } from './secret-names.ts';
import type { Finder, Span } from './span.ts';

/** What names are made of. A name begins where no part of one comes before, so each is looked at once. */
const ofNames = charactersLike(/[\w.-]/);

/** What a name may be followed by where it is assigned to. */
const beforeValues = charactersLike(/[\\"'` \t:=>]/);

/**
 * What assigns to a name: `DB_PASS=`, `password: `, `"token":`, `'pw' => `, `<secret>`, and the same with quotes escaped in
 * a line of JSON.
 */
const assigns = /\\{0,3}(?:["'`]\]?)?[ \t]{0,3}(?::=|=>|=|:(?!\/\/)|>(?=[^\s<]))[ \t]{0,3}/y;

/** What follows: in quotes, in escaped quotes, or bare up to the next separator. */
const values = [
  /(\\{1,3}["'])((?:(?!\\{1,3}["'])[^\n])+)/y,
  /(["'`])((?:\\[^\n]|(?!\1)[^\n\\])+)/y,
  /()([^\s"'`,;\\<>&]+(?:[,;&](?=[^\s"'`,;\\<>&=]{6,40}(?:\s|$))[^\s"'`,;\\<>&]+)?)/y,
];

/** A whole header's value: to the end of the line or of the quotes it is in. */
const headerValues = [/(\\{1,3}["'])((?:(?!\\{1,3}["'])[^\n])+)/y, /(["'])([^"'\n]+)/y, /()([^"'\n\\]+)/y];

/** The lines of a YAML block, deeper than what they belong to. */
const block = /[|>][+-]?[ \t]*\n((?:[ \t]+[^\s#][^\n]*(?:\n|$))+)/y;

export const assignments: Finder = (text, codes) => {
  const spans: Span[] = [];
  const meanings = rememberedMeanings();
  eachWord(ofNames, codes, (start, end) => {
    if (end - start < shortestName || !isOf(beforeValues, codes, end)) return undefined;
    const name = text.slice(start, end);
    const meaning = meanings(name);
    const separator = meaning === undefined ? undefined : matched(assigns, text, end);
    if (separator === undefined) return undefined;
    const span = secretAt(text, { name, meaning, separator }, end + separator.length);
    if (span !== undefined) spans.push(span);
    return span?.end;
  });
  return spans;
};

interface Assigned {
  readonly name: string;
  readonly meaning: Meaning | undefined;
  readonly separator: string;
}

function secretAt(text: string, { name, meaning, separator }: Assigned, at: number): Span | undefined {
  if (meaning === undefined) return undefined;
  if (meaning === 'header') return headerValue(text, at);
  const lines = matched(block, text, at);
  if (lines !== undefined) return { start: at + lines.indexOf('\n') + 1, end: at + lines.trimEnd().length };
  const value = first(values, text, at);
  if (value === undefined) return undefined;
  const { quote, start, end } = value;
  const said: Said = {
    name,
    meaning,
    separator,
    quote,
    value: text.slice(start, end),
    rest: text.slice(end, end + 40),
  };
  return isSecret(said) ? { start, end } : undefined;
}

interface Said {
  readonly name: string;
  readonly meaning: 'password' | 'token';
  readonly separator: string;
  readonly quote: string;
  readonly value: string;
  /** What follows the value. */
  readonly rest: string;
}

/** What no secret is: switches, placeholders, structures, and references to where a secret is kept. */
const plain =
  /^(?:(?:true|false|null|nil|none|undefined|yes|no|on|off|string|empty|unset|redacted|removed|hidden|masked|sensitive|required|missing|expired|disabled|enabled|malformed|rotated|invalid|failed|ok|denied|unauthorized|incorrect|wrong|mismatch|rejected|revoked|renewed|created|updated|deleted|changed|found|valid|absent|present|optional)[)}\]]{0,50}|<[^>]{0,100}>?|\$.{0,200}|\{\{.{0,200}|%[a-z({].{0,50}|[{[(].{0,4000}|\*{3,}|[xX]{3,}|\.{3}|-+|\[redacted.{0,80})$/is;

/** A place in the file system or in a secret store. */
const place = /^(?:\.{0,2}\/|~\/|arn:|vault:|projects\/|secret\/|file:|ssm:|kms:|env:|op:)/;

/** Numbers, sizes, durations and dates are of tokens, not tokens. */
const measure = /^[+-]?[0-9][0-9.,_]*(?:%|[a-zA-Zµ]{1,3}|[hms0-9]{1,12})?$|^[0-9]{4}-[0-9]{2}-[0-9]{2}/;

/** A word of a sentence: no digit, no sign inside, and the sentence goes on. */
const word = /^[A-Za-z][A-Za-z'-]*[.,:;!?)]?$/;

function isSecret(said: Said): boolean {
  const { name, meaning, value } = said;
  if (value === '' || plain.test(value)) return false;
  if (/^[A-Z]:\\/.test(value)) return false;
  if (place.test(value) && (meaning === 'token' || /pwd$/i.test(name))) return false;
  // Docker's and npm's `auth` is a user and a password in base64; elsewhere it is the kind of it.
  if (/^_?auth$|_AUTH$/i.test(name) && !/^(?=[^0-9A-Z]*[0-9A-Z])[\w+/=-]{8,}$/.test(value)) return false;
  if (session.test(name) && !/^(?=[^0-9]*[0-9])[\w.:%+/=~-]{16,}$/.test(value)) return false;
  if (meaning === 'token' && isWordKey(name) && identifier.test(value)) return false;
  return !(meaning === 'token' && isOfTokens(said)) && !isSentence(said);
}

/** Who has the number of a session is logged in. Short ones are numbers of rows. */
const session = /(?:sess(?:ion)?[-_.]?id|(?:^|[-_.])sid)$/i;

/** `sort_key=name`: keys of tables and maps are words; keys that only secrets are, and variables of a program, are not. */
const isWordKey = (name: string): boolean => key.test(name) && /[a-z]/.test(name) && !keyOfSecrets.test(name);
const key = /keys?$/i;
const keyOfSecrets =
  /(?:api|access|secret|private|priv|auth|account|sign|signing|encrypt|encryption|master|shared|ssh|tls|ssl|client|license|app|service|storage|deploy|webhook|jwt|token|password|crypt|cipher|aes|hmac|rsa|root)[-_.]?keys?$/i;
const identifier = /^(?:[a-z]{1,12}|[A-Z]{1,12})(?:[_.:-](?:[a-z]{1,12}|[A-Z]{1,12})){0,4}$/;

/** A number of tokens, or the name of a Secret. */
function isOfTokens({ name, quote, value }: Said): boolean {
  const bare = value.replace(/[)}\]]{1,9}$/, '');
  return value.length < 3 || measure.test(bare) || isReference(name, quote, value);
}

/** `secret: not found`, `secret: "web-tls" not found`: what goes on after the value is a sentence. */
function isSentence({ meaning, separator, quote, value, rest }: Said): boolean {
  if (!/^[^"'`=>]*:[^=]*$/.test(separator)) return false;
  const following =
    meaning === 'token' ? /^["'`]?[)\],]?[ \t]+[a-z(]{2,}/i : /^["'`]?[)\]]?[ \t]+[a-z(]{2,}/i;
  return following.test(rest) && (quote !== '' || word.test(value));
}

/** `secret: web-tls`, `secrets: web`: the name of an object, as Kubernetes' texts print it. */
function isReference(name: string, quote: string, value: string): boolean {
  return (
    /^(?:image[-_]?pull[-_]?)?secrets?$/i.test(name) &&
    quote === '' &&
    /^[a-z][a-z.-]*(?:-[a-z0-9]{1,5})?\/?[a-z-]*$/.test(value)
  );
}

/** `Authorization: Bearer x`: the scheme stays. */
function headerValue(text: string, at: number): Span | undefined {
  const value = first(headerValues, text, at);
  if (value === undefined) return undefined;
  const said = text.slice(value.start, value.end).trimEnd();
  const [scheme = ''] = /^[A-Za-z][\w-]{1,20} (?=\S)/.exec(said) ?? [];
  const start = value.start + scheme.length;
  const secret = said.slice(scheme.length);
  return secret.length < 3 || plain.test(secret) || secret.startsWith('[redacted')
    ? undefined
    : { start, end: value.start + said.length };
}

interface Value extends Span {
  readonly quote: string;
}

function first(patterns: readonly RegExp[], text: string, at: number): Value | undefined {
  for (const pattern of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const [whole, quote = ''] = match;
    return { quote, start: at + quote.length, end: at + whole.length };
  }
  return undefined;
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** `--token x`, `-password "x"`, and `token x` where it can be no word: a name with its value as the next word. */
const nextWord = /([ \t]{1,3})(?![-=:])(["'`]?)([^\s"'`]+|(?<=["'`])[^"'`\n]+)/y;

const dash = charactersLike(/-/);

/** A name stands behind at most two dashes. */
const dashesOf = (codes: Codes, start: number) => endOfRun(dash, codes, start) - start;

const blanks = charactersLike(/[ \t]/);

/** No word and no object's name has capitals, small letters and digits. */
const random = /^(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[\w.~+/!@#$%^*-]{10,}={0,2}$/;

export const flags: Finder = (text, codes) => {
  const spans: Span[] = [];
  const meanings = rememberedMeanings();
  eachWord(ofNames, codes, (start, end) => {
    if (end - start < shortestName || !isOf(blanks, codes, end)) return undefined;
    const dashes = dashesOf(codes, start);
    const name = text.slice(start + dashes, end);
    const meaning = dashes > 2 ? undefined : meanings(name);
    const span =
      meaning === undefined || meaning === 'header'
        ? undefined
        : flagged(text, { name, meaning, dashed: dashes > 0 }, end);
    if (span !== undefined) spans.push(span);
    return undefined;
  });
  return spans;
};

interface Flag {
  readonly name: string;
  readonly meaning: 'password' | 'token';
  readonly dashed: boolean;
}

function flagged(text: string, { name, meaning, dashed }: Flag, at: number): Span | undefined {
  nextWord.lastIndex = at;
  const [, before = '', quote = '', value = ''] = nextWord.exec(text) ?? [];
  if (value === '' || !(dashed || random.test(value))) return undefined;
  const start = at + before.length + quote.length;
  const said: Said = { name, meaning, separator: ' ', quote, value, rest: '' };
  return isSecret(said) ? { start, end: start + value.length } : undefined;
}

/** `name: DB_PASS` and `value: x` of a container's environment, in YAML and JSON. */
const named =
  /(?<![\w])(?:name|key|Name|Key)\\{0,3}["']?:[ \t]{0,3}\\{0,3}["']?([\w.-]{1,200})\\{0,3}["']?,?\s{1,60}\\{0,3}["']?(?:value|Value)\\{0,3}["']?:[ \t]{0,3}|(?<![\w])name\\{0,3}["']?:\\{0,3}["']([\w.-]{1,200})\\{0,3}["'],\\{0,3}["']value\\{0,3}["']?:/g;

export const variables: Finder = (text) => {
  const spans: Span[] = [];
  const meanings = rememberedMeanings();
  for (const { 0: whole, 1: spaced, 2: tight, index } of text.matchAll(named)) {
    const name = spaced ?? tight ?? '';
    const variable = { name, meaning: meanings(name), separator: '=' };
    const span = secretAt(text, variable, index + whole.length);
    if (span !== undefined) spans.push(span);
  }
  return spans;
};
