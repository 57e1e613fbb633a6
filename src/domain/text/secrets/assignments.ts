import { type Codes, charactersLike, endOfRun, isOf, type Run } from './runs.ts';
import { eachName, rememberedNames, type SecretName } from './secret-names.ts';
import type { Finder, Span } from './span.ts';

/** What a name may be followed by where it is assigned to. */
const beforeValues = charactersLike(/[\\"'` \t:=>]/);

/**
 * What assigns to a name: `DB_PASS=`, `password: `, `"token":`, `'pw' => `, `<secret>`, and the same with quotes escaped in
 * a line of JSON. A value may stand alone on the next line, or have a tag or an anchor of YAML before it.
 */
const assigns =
  /\\{0,3}(?:["'`]\]?)?[ \t]{0,3}(?::=|=>|=|(?<=[ \t])->|:(?!\/\/)|>(?=[^\s<]))[ \t]{0,3}(?:\\\r?\n[ \t]{0,40}|\r?\n[ \t]{1,40}(?=["']?[^\s:="'[{|>-][^\s:="']{7,}["']?[ \t]*(?:[\r\n]|$))|!!str[ \t]|&\w{1,40}[ \t])?/y;

/** What follows: in escaped quotes, in quotes, or bare up to the next separator. */
const values: Values = {
  escaped: /\\{1,3}["'](?:(?!\\{1,3}["'])[^\n])+/y,
  quoted: /(["'`])(?:\\[^\n]|(?!\1)[^\n\\])+/y,
  bare: /[^\s"'`,;\\<>&]+(?:[,;&](?=[^\s"'`,;\\<>&=]{6,40}(?:\s|$))[^\s"'`,;\\<>&]+)?/y,
};

/** A whole header's value: to the end of the line or of the quotes it is in. */
const headerValues: Values = {
  escaped: values.escaped,
  quoted: /(["'])[^"'\n]+/y,
  bare: /(?:[^"'\n\\=]|=(?:"[^"\s\\]*")?)+/y,
};

/** The lines of a YAML block, deeper than what they belong to. */
const beforeBlocks = charactersLike(/[|>]/);
const block = /[|>][+-]?[ \t]*\n((?:[ \t]+[^\s#][^\n]*(?:\n|$))+)/y;

/** What is assigned to a name of a secret, or follows one on a command line. */
export const assignments: Finder = (text, codes) => {
  const spans: Span[] = [];
  const names = rememberedNames();
  eachName(codes, (start, end) => {
    if (!isOf(beforeValues, codes, end)) return undefined;
    const assigned = assignedAt(text, codes, start, end, names);
    const span = assigned ?? flagAt(text, codes, start, end, names);
    if (span !== undefined) spans.push(span);
    return assigned?.end;
  });
  return spans;
};

type Names = ReturnType<typeof rememberedNames>;

function assignedAt(text: string, codes: Codes, start: number, end: number, names: Names): Span | undefined {
  const name = names(text.slice(start, end));
  if (name === undefined) return undefined;
  const at = endOf(assigns, text, end);
  return at === undefined ? undefined : secretAt(text, codes, { name, separator: { start: end, end: at } });
}

interface Assigned {
  readonly name: SecretName;
  readonly separator: Run;
}

function secretAt(text: string, codes: Codes, { name, separator }: Assigned): Span | undefined {
  const at = separator.end;
  if (name.meaning === 'header') return headerValue(text, codes, at);
  const lines = isOf(beforeBlocks, codes, at) ? endOf(block, text, at) : undefined;
  if (lines !== undefined) return linesOf(text, at, lines);
  const value = valueAt(values, text, codes, at);
  return value !== undefined && isSecret(text, { name, separator, ...value }) ? value : undefined;
}

function linesOf(text: string, at: number, end: number): Span {
  const lines = text.slice(at, end).trimEnd();
  return { start: at + lines.indexOf('\n') + 1, end: at + lines.length };
}

interface Said extends Value {
  readonly name: SecretName;
  readonly separator: Run;
}

/** What no secret is: switches, placeholders, structures, and references to where a secret is kept. */
const plain =
  /^(?:(?:true|false|null|nil|none|undefined|yes|no|on|off|string|empty|unset|redacted|removed|hidden|masked|sensitive|required|missing|expired|disabled|enabled|malformed|rotated|invalid|failed|ok|denied|unauthorized|incorrect|wrong|mismatch|rejected|revoked|renewed|created|updated|deleted|changed|found|valid|absent|present|optional|include|omit|same-origin|(?:password|token|secret):)[)}\]]{0,50}|<[^>]{0,100}>?|\$.{0,200}|\{\{.{0,200}|%[a-z({].{0,50}|[{[(].{0,4000}|\*{3,}|[xX]{3,}|\.{3}|-+|[a-z_][\w.]{0,100}[[(]|\[redacted.{0,80})$/is;

/** A place in the file system or in a secret store. */
const place = /^(?:\.{0,2}\/|~\/|arn:|vault:|projects\/|secret\/|file:|ssm:|kms:|env:|op:)/;

/** Numbers, sizes, durations and dates are of tokens, not tokens. */
const measure = /^[+-]?[0-9][0-9.,_]*(?:%|[a-zA-Zµ]{1,3}|[hms0-9]{1,12})?$|^[0-9]{4}-[0-9]{2}-[0-9]{2}/;

/** A word of a sentence: no digit, no sign inside, and the sentence goes on. */
const word = /^[A-Za-z][A-Za-z'-]*[.,:;!?)]?$/;

function isSecret(text: string, said: Said): boolean {
  const { name, start, end } = said;
  const value = text.slice(start, end);
  if (plain.test(value) || /^[A-Z]:\\/.test(value)) return false;
  if (/^[0-9]+$/.test(value) && text.startsWith(' bytes', end)) return false;
  if (name.isPlace && place.test(value)) return false;
  // Docker's and npm's `auth` is a user and a password in base64; elsewhere it is the kind of it.
  if (name.isAuth && !/^(?=[^0-9A-Z]*[0-9A-Z])[\w+/=-]{8,}$/.test(value)) return false;
  if (name.isSession && !/^(?=[^0-9]*[0-9])[\w.:%+/=~-]{16,}$/.test(value)) return false;
  if (name.isWordKey && identifier.test(value)) return false;
  return !(name.meaning === 'token' && isOfTokens(said, value)) && !isSentence(text, said, value);
}

const identifier = /^(?:[a-z]{1,12}|[A-Z]{1,12})(?:[_.:-](?:[a-z]{1,12}|[A-Z]{1,12})){0,4}$/;

/** A number of tokens, or the name of a Secret. */
function isOfTokens({ name, isQuoted }: Said, value: string): boolean {
  if (value.length < 3 || measure.test(value.replace(/[)}\]]{1,9}$/, ''))) return true;
  return name.isReference && !isQuoted && reference.test(value);
}

/** `secret: web-tls`, `secrets: web`: the name of an object, as Kubernetes' texts print it. */
const reference = /^[a-z][a-z.-]*(?:-[a-z0-9]{1,5})?\/?[a-z-]*$/;

/** `secret: not found`, `secret: "web-tls" not found`: what goes on after the value is a sentence. */
function isSentence(text: string, { name, separator, isQuoted, end }: Said, value: string): boolean {
  if (!isQuoted && !word.test(value)) return false;
  if (!/^[^"'`=>]*:[^=]*$/.test(text.slice(separator.start, separator.end))) return false;
  const sign = following.exec(text.slice(end, end + 40))?.[1];
  return sign !== undefined && (sign !== ',' || name.meaning === 'token');
}

/** The next word of a sentence. What has digits or an underscore in it may be a secret itself, and is no word. */
const following = /^["'`]?([)\],]?)[ \t]+(?:[a-z(]{2,}(?![\w-]{0,60}[0-9_])|\([0-9])/i;

/** `Authorization: Bearer x`: the scheme stays. */
function headerValue(text: string, codes: Codes, at: number): Span | undefined {
  const value = valueAt(headerValues, text, codes, at);
  if (value === undefined) return undefined;
  const said = text.slice(value.start, value.end).trimEnd();
  const [scheme = ''] = /^\[?(?:[A-Za-z][\w-]{1,20} (?=\S)|(?<=\[)(?!redacted|hidden))/.exec(said) ?? [];
  const start = value.start + scheme.length;
  const secret = said.slice(scheme.length);
  return secret.length < 3 || plain.test(secret) ? undefined : { start, end: value.start + said.length };
}

interface Values {
  readonly escaped: RegExp;
  readonly quoted: RegExp;
  readonly bare: RegExp;
}

interface Value extends Run {
  readonly isQuoted: boolean;
}

const quotes = charactersLike(/["'`]/);
const backslash = charactersLike(/\\/);

function valueAt(patterns: Values, text: string, codes: Codes, at: number): Value | undefined {
  const opening = endOfRun(backslash, codes, at);
  const isQuoted = isOf(quotes, codes, opening);
  const pattern = opening > at ? patterns.escaped : patterns.quoted;
  const end = isQuoted ? endOf(pattern, text, at) : undefined;
  if (end !== undefined) return { isQuoted, start: opening + 1, end };
  const bare = endOf(patterns.bare, text, at);
  return bare === undefined ? undefined : { isQuoted: false, start: at, end: bare };
}

/** Where what a sticky pattern matches there ends. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** `--token x`, `-password "x"`, and `token x` where it can be no word: a name with its value as the next word. */
const nextWord = /[^\s"'`]+/y;

/** The same where a flag tells that it is a value: in quotes all of it. */
const nextValue = /(?<=["'`])[^"'`\n]+|[^\s"'`]+/y;

const dash = charactersLike(/-/);
const blanks = charactersLike(/[ \t]/);

/** What no next word begins with: it belongs to the name. */
const noWords = charactersLike(/[-=:]/);

/** No word and no object's name has capitals, small letters and digits. */
const random = /^(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[\w.~+/!@#$%^*-]{10,}={0,2}$/;

function flagAt(text: string, codes: Codes, start: number, end: number, names: Names): Span | undefined {
  const dashes = endOfRun(dash, codes, start) - start;
  const at = behindBlanks(codes, end);
  // A name stands behind at most two dashes.
  if (dashes > 2 || at === undefined || isOf(noWords, codes, at)) return undefined;
  const value = wordAt(dashes === 0 ? nextWord : nextValue, text, codes, at);
  if (value === undefined) return undefined;
  if (dashes === 0 && !random.test(text.slice(value.start, value.end))) return undefined;
  const name = names(text.slice(start + dashes, end));
  if (name === undefined || name.meaning === 'header') return undefined;
  const said = { name, separator: { start: end, end: at } };
  const isTaken = [value, firstWord(text, codes, value)].some((each) => isSecret(text, { ...said, ...each }));
  return isTaken ? value : undefined;
}

/** No token has a blank in it: what stands in quotes with more behind it is judged by its first word, too. */
function firstWord(text: string, codes: Codes, value: Value): Value {
  const start = endOfRun(blanks, codes, value.start);
  return { ...value, start, end: endOf(nextWord, text, start) ?? value.end };
}

/** Where the next word is, on the next line where this one goes on there. A value stands near its name. */
function behindBlanks(codes: Codes, end: number): number | undefined {
  const at = endOfRun(blanks, codes, end);
  if (at === end || at - end > 3) return undefined;
  return codes[at] === 92 && codes[at + 1] === 10 ? endOfRun(blanks, codes, at + 2) : at;
}

function wordAt(pattern: RegExp, text: string, codes: Codes, at: number): Value | undefined {
  const isQuoted = isOf(quotes, codes, at);
  const start = isQuoted ? at + 1 : at;
  const end = endOf(pattern, text, start);
  return end === undefined ? undefined : { isQuoted, start, end };
}

/** `name: DB_PASS` and `value: x` of a container's environment, in YAML and JSON. */
const named =
  /(?<![\w])(?:name|key|Name|Key)\\{0,3}["']?:[ \t]{0,3}\\{0,3}["']?([\w.-]{1,200})\\{0,3}["']?,?\s{1,60}\\{0,3}["']?(?:value|Value)\\{0,3}["']?:[ \t]{0,3}|(?<![\w])name\\{0,3}["']?:\\{0,3}["']([\w.-]{1,200})\\{0,3}["'],\\{0,3}["']value\\{0,3}["']?:|(?<![\w])(?:name|key)=["']([\w.-]{1,200})["']\s{1,10}value=/g;

export const variables: Finder = (text, codes) => {
  const spans: Span[] = [];
  const names = rememberedNames();
  for (const { 0: whole, 1: spaced, 2: tight, 3: attribute, index } of text.matchAll(named)) {
    const name = names(spaced ?? tight ?? attribute ?? '');
    const at = index + whole.length;
    const span =
      name === undefined ? undefined : secretAt(text, codes, { name, separator: { start: at, end: at } });
    if (span !== undefined) spans.push(span);
  }
  return spans;
};
