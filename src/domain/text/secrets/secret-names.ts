import { wordSet } from '../word-set.ts';
import { type Codes, charactersLike, endOfRun, isOf, startOfRun } from './runs.ts';
import { eachTriplet, tripletsOf } from './triplets.ts';

/** How surely a name says that its value is a secret. */
type Meaning = 'password' | 'token' | 'header';

/** Words for passwords: whatever stands behind them is one, digits, too. */
const passwords = wordSet('passwrd passcode pass psw pswd kennwort storepass keypass');

/** The same at the end of a name that is written in one word, and alone. */
const passwordEnding = /(?:pass(?:word|wd|phrase|wort)|pwd?)s?$/;

/** Words for tokens: a number behind them is a number of tokens. */
const tokens = wordSet(`
  creds cred bearer jwt dockerconfigjson dockercfg otp totp psk kubeconfig keytab secretid
  sid sessid sessionid jsessionid phpsessid
`);

const tokenEnding =
  /(?:secret|token|credential|(?:api|access|secret|private|account|signing|encryption|master|auth)key)s?$/;

/** Words that say so behind another alone: `db_salt` is a secret, `salt` and `pass` may be anything. */
const behindAnother = wordSet('pass pat sas salt pepper');

/** What comes before `key` where it is a place, a column or what is public. */
const harmlessKeys = wordSet(`
  public pub primary foreign partition sort cache routing topology label annotation row object index group
  sharding shard hash range idempotency dedup deduplication message event map json context bucket known
  any field hot registry config dict lookup unique composite natural surrogate document record metric
  trace log tag taint toleration matching node pod env envvar property setting feature translation i18n
  menu arrow enter escape tab shift ctrl alt meta function press last first next prev start end min max
  missing invalid unknown duplicate required queue topic binding job task workflow search filter lock
  redis item entry path url header query param resource request rate limit user host ip ref kms cmk
`);

/** Words behind the secret's that make it the name of something else: `token-file`, `secret_name`, `password_policy`. */
const elsewhere = wordSet(`
  file files filename path paths dir directory mount volume name names namespace ref reference selector
  type kind class url uri endpoint host port ttl version count counts length len size limit limits max min
  expiry expires expired expiration exp policy policies enabled disabled required timeout age rotation
  rotated lifetime duration seconds minutes days generation field header provider manager store format
  algorithm alg issuer audience audiences budget usage used rate per index source status state error
  errors reset review reviews request requests response controller operator valid invalid validation
  verified authentication auth method mode scope scopes prefix suffix pattern regex template changed
  updated created exists found missing list watcher cache bucket arn location env var hint prompt strength
  complexity in out total remaining annotation annotations label labels key keys optional engine backend
  driver java go py js ts rb kt scala rs php cs cpp refresh interval sync config configuration id ids ring group role user username login
`);

/** Headers whose whole value is a secret. */
const headers = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-amz-security-token',
]);

/** One of these is in every name above; most words of a text have none. */
const hints = [
  ...wordSet(`
    pass pw psw secret token key cred auth cookie bearer jwt docker otp sas psk kube pat kennwort sess sid salt
    pepper access
  `),
];
const candidate = new RegExp(hints.join('|'), 'i');
const places = tripletsOf(hints);

/** What names are made of. A name begins where no part of one comes before, so each is looked at once. */
const ofNames = charactersLike(/[\w.-]/);

/** What stands for the end of a line or a blank behind a backslash, and is no part of a name. */
const ofEscapes = charactersLike(/[nrt]/);

/**
 * Goes through the words of a text that may say that something is a secret.
 *
 * @param look says where to go on, if not behind the word.
 */
export function eachName(codes: Codes, look: (start: number, end: number) => number | undefined): void {
  eachTriplet(places, codes, (at) => {
    if (!isOf(ofNames, codes, at)) return at + 1;
    const end = endOfRun(ofNames, codes, at);
    const from = startOfRun(ofNames, codes, at, 0);
    const isEscaped = from < at && codes[from - 1] === 92 && isOf(ofEscapes, codes, from);
    return look(isEscaped ? from + 1 : from, end) ?? end;
  });
}

/** The end of a name says what it is of; names are not longer. */
const longestName = 200;

/** What is to be known of a name to judge what it is given. */
export interface SecretName {
  readonly meaning: Meaning;
  /** Docker's and npm's. */
  readonly isAuth: boolean;
  /** Who has the number of a session is logged in. */
  readonly isSession: boolean;
  /** `sort_key`: keys of tables and maps are words; keys that only secrets are, and variables of a program, are not. */
  readonly isWordKey: boolean;
  /** It may give the name of a Secret. */
  readonly isReference: boolean;
  /** It may say where a secret is kept, or be the shell's directory. */
  readonly isPlace: boolean;
}

/** The same as `meaningOf` and more, for one text: the names of a text come again and again. */
export function rememberedNames(): (name: string) => SecretName | undefined {
  const known = new Map<string, SecretName | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, secretNameOf(name));
    return known.get(name);
  };
}

function secretNameOf(name: string): SecretName | undefined {
  const meaning = meaningOf(name);
  if (meaning === undefined) return undefined;
  return {
    meaning,
    isAuth: /(?:^|_)auth$/i.test(name),
    isSession: /(?:sess(?:ion)?[-_.]?id|(?:^|[-_.])sid)$/i.test(name),
    isWordKey: meaning === 'token' && /keys?$/i.test(name) && /[a-z]/.test(name) && !keyOfSecrets.test(name),
    isReference: /^(?:image[-_]?pull[-_]?)?secrets?$/i.test(name),
    isPlace: meaning === 'token' || /pwd$/i.test(name),
  };
}

const keyOfSecrets =
  /(?:api|access|secret|private|priv|auth|account|sign|signing|encrypt|encryption|master|shared|ssh|tls|ssl|client|license|app|service|storage|deploy|webhook|jwt|token|password|crypt|cipher|aes|hmac|rsa|root)[-_.]?keys?$/i;

/** What a name such as `DB_PASS`, `tls.key` or `x-api-key` says about its value; undefined for most names. */
function meaningOf(whole: string): Meaning | undefined {
  const name = whole.slice(-longestName);
  if (!candidate.test(name)) return undefined;
  if (headers.has(name.toLowerCase())) return 'header';
  const words = wordsOf(name);
  const at = words.findLastIndex((word, index) => isSecretWord(word, words[index - 1], name));
  if (at < 0) return undefined;
  const [word = '', ...rest] = words.slice(at);
  const isId = words.slice(at).join(' ') === 'secret id';
  if (!isId && rest.some((each) => elsewhere.has(each))) return undefined;
  return isPassword(word) ? 'password' : 'token';
}

function isSecretWord(word: string, before: string | undefined, name: string): boolean {
  if (word === 'key' || word === 'keys') return before !== undefined && !harmlessKeys.has(before);
  if (word === 'signature') return before === 'access';
  if (word === 'id') return before === 'session' || before === 'sess';
  if (word === 'auth') return /^_?auth$/i.test(name) || name.endsWith('_AUTH');
  if (behindAnother.has(word)) return before !== undefined || name === 'PASS';
  return isPassword(word) || tokens.has(word) || tokenEnding.test(word);
}

const isPassword = (word: string): boolean => passwords.has(word) || passwordEnding.test(word);

/**
 * Between words, with the digits at their ends, which count nothing; also where one begins within `dbPass` and `DBPass`.
 */
const between = /[0-9]{0,4}(?:[_.-]|$|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))/;

/** `DB_PASS`, `dbPass`, `db-pass` and `db.pass` are the words db and pass. */
function wordsOf(name: string): string[] {
  return name
    .split(between)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
