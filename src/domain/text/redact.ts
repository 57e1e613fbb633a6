/**
 * Shapes of secrets that turn up in stderr, log tails and alert texts, after the vendors' own documentation (GitHub,
 * GitLab, Slack, AWS, Google, Stripe, RFC 7519, RFC 7468, RFC 6750 ...). Every repetition has an upper bound and
 * follows a fixed prefix, so hostile text cannot make an expression backtrack far.
 */
const shapes: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  {
    // With the headers of encrypted keys (RFC 1421: Proc-Type, DEK-Info), and with line ends escaped as in JSON.
    name: 'private key',
    pattern:
      /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[\s\\rn]{1,8}[A-Z][A-Za-z-]{1,30}: [^\n\\]{1,200}){0,5}[A-Za-z0-9+/=\s\\]{0,16000}(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  {
    // Base64 of "-----BEGIN", as in the data of a Kubernetes Secret or a kubeconfig.
    name: 'encoded PEM',
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,16000}={0,2}/g,
  },
  {
    name: 'JSON web token',
    pattern:
      /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,600}\.[A-Za-z0-9_-]{8,16000}(?:\.[A-Za-z0-9_-]{0,4000}){0,3}/g,
  },
  { name: 'Slack token', pattern: /(?<![A-Za-z0-9])x(?:ox[a-z]|app)-[A-Za-z0-9-]{8,250}/g },
  { name: 'Slack webhook', pattern: /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/]{10,200}/g },
  {
    name: 'GitHub token',
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,250}|github_pat_[A-Za-z0-9_]{20,250})/g,
  },
  { name: 'GitLab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt|soat|cbt)-[A-Za-z0-9_.-]{20,250}/g },
  { name: 'AWS access key', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  { name: 'Google API key', pattern: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/g },
  { name: 'Google token', pattern: /(?<![A-Za-z0-9])(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,2000}/g },
  { name: 'Stripe key', pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,250}/g },
  { name: 'SendGrid key', pattern: /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/g },
  { name: 'npm token', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/g },
  { name: 'PyPI token', pattern: /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{50,1000}/g },
  { name: 'Docker token', pattern: /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,250}/g },
  { name: 'DigitalOcean token', pattern: /(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}/g },
  { name: 'Vault token', pattern: /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{20,500}/g },
  { name: 'Grafana token', pattern: /(?<![A-Za-z0-9])gl(?:sa|c)_[A-Za-z0-9_+/=-]{20,500}/g },
  { name: 'age key', pattern: /(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{50,70}/g },
  {
    name: 'API key',
    pattern:
      /(?<![A-Za-z0-9-])sk-(?:proj-|svcacct-|admin-|[a-z]{3}-[a-z]{3}[0-9]{2}-)?[A-Za-z0-9_]{20,250}[A-Za-z0-9_-]{0,250}/g,
  },
  {
    // A digit within reach tells a token from a sentence such as "bearer authentication-required".
    name: 'bearer token',
    pattern: /(?<=\bbearer\s{1,3})(?=[A-Za-z._~+/-]{0,200}[0-9])[A-Za-z0-9._~+/-]{12,8000}={0,2}/gi,
  },
];

/** `scheme://user:password@host`: the password goes, the rest helps to find the cause. */
const urlPassword = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{0,100}):[^\s/"']{1,300}@/gi;

/** `Authorization: <scheme> x`, whatever the scheme. */
const authorization =
  /(authorization\\{0,2}["']?\s{0,3}[:=]\s{0,3}\\{0,2}["']?(?:[a-z][a-z0-9-]{1,20} )?)[^\s"'\\,]{3,8000}/gi;

/** The words that say that a secret follows. */
const words =
  'password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|client-key-data|credentials?';

/** A value in quotes, in escaped quotes, or bare up to the next separator. The closing quote stays in the text. */
const value = String.raw`(?:\\{1,2}"[^"\\\n]{1,4000}|"[^"\n]{1,4000}|'[^'\n]{1,4000}|[^\s"',;\\]{3,4000})`;

/** What turns the word into the name of a place: `token-file`, `secret_name`. */
const elsewhere = '(?:file|path|name|ref|type|url|ttl|namespace|version)';

/**
 * `password=x`, `AWS_SECRET_ACCESS_KEY: x`, `"token": "x"`, and the same escaped in a line of JSON. The word may end a
 * longer name or go on after `_` or `-`; `tokenizer`, `secretName` and `secretKeyRef` are other words.
 */
const assignment = new RegExp(
  String.raw`((?:${words})(?:s|[0-9]{1,3})?(?:[_-](?!${elsewhere}\b)[\w-]{0,40})?\\{0,2}["']?[ \t]{0,3}(?::=|[:=])[ \t]{0,3})${value}`,
  'gi',
);

/** `--token x`, `--db-password "x"`: a flag with its value as the next word. */
const flag = new RegExp(String.raw`(--[\w-]{0,40}(?:${words})[ \t]{1,3})${value}`, 'gi');

/** Every expression in use, for the test that each is bounded. */
export const redactions: readonly RegExp[] = [
  ...shapes.map(({ pattern }) => pattern),
  urlPassword,
  authorization,
  assignment,
  flag,
];

/** What stands in the place of a secret; `name` says what it is, where its shape tells. */
type Cover = (secret: string, name?: string) => string;

/**
 * Takes secrets out of text before it leaves the process (Slack, logs, audit). What was taken is named:
 * `[redacted: Slack token]`. Text without secrets comes back unchanged, and so does text that was redacted before.
 */
export function redact(text: string): string {
  return covered(text, (_, name) => (name === undefined ? '[redacted]' : `[redacted: ${name}]`));
}

/** The same with a star for every character of a secret, so that places in the text stay what they are. */
export function masked(text: string): string {
  return covered(text, (secret) => '*'.repeat(secret.length));
}

function covered(text: string, cover: Cover): string {
  const named = shapes.reduce(
    (rest, { pattern, name }) => rest.replace(pattern, (secret) => cover(secret, name)),
    text,
  );
  const inPlace = (whole: string, lead: string): string => replaced(whole, lead, cover);
  return named
    .replace(
      urlPassword,
      (whole: string, lead: string) => `${lead}:${cover(whole.slice(lead.length + 1, -1))}@`,
    )
    .replace(authorization, inPlace)
    .replace(assignment, inPlace)
    .replace(flag, inPlace);
}

function replaced(whole: string, lead: string, cover: Cover): string {
  const value = whole.slice(lead.length);
  const opening = /^\\{0,2}["']?/.exec(value)?.[0] ?? '';
  const inner = value.slice(opening.length);
  return inner.startsWith('[redacted') || isPlain(inner) ? whole : `${lead}${opening}${cover(inner)}`;
}

/** What no secret is: switches, placeholders, and references to where a secret is kept. */
function isPlain(text: string): boolean {
  return /^(?:(?:true|false|null|nil|none|undefined)[)}\]]{0,50}|<[^>]{0,100}>?|\$.{0,200}|\{\{.{0,200}|\*{3,64})$/i.test(
    text,
  );
}
