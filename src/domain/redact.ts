/**
 * Shapes of secrets that turn up in stderr, log tails and alert texts. Each expression is linear: a fixed
 * prefix, then one character class with an upper bound, so hostile text cannot make it backtrack far.
 * Prefixes after the vendors' own documentation (GitHub, Slack, AWS, Google, RFC 7519, RFC 7468).
 */
const shapes: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  {
    name: 'private key',
    pattern:
      /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
  },
  {
    name: 'JSON web token',
    pattern: /\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.?[A-Za-z0-9_-]{0,2000}/g,
  },
  { name: 'Slack token', pattern: /\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{8,250}/g },
  { name: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,250}|github_pat_[A-Za-z0-9_]{20,250})/g },
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { name: 'Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
];

/** `scheme://user:password@host`: the password goes, the rest helps to find the cause. */
const urlPassword = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,100}):[^\s/@]{1,300}@/gi;

/** `Authorization: Bearer x`, `token: x`, `password=x`, `AWS_SECRET_ACCESS_KEY=x`, with or without quotes. */
const assignment =
  /\b([\w-]{0,40}(?:authorization|bearer|token|password|passwd|secret|api[_-]?key|access[_-]?key|client-key-data)[\w-]{0,40}["']?\s{0,3}[:=\s]\s{0,3}["']?(?:bearer |basic )?)[^\s"',;]{6,4000}/gi;

/**
 * Takes secrets out of text before it leaves the process (Slack, logs, audit). What was taken is named:
 * `[redacted: Slack token]`. Text without secrets comes back unchanged.
 */
export function redact(text: string): string {
  const named = shapes.reduce(
    (rest, shape) => rest.replace(shape.pattern, `[redacted: ${shape.name}]`),
    text,
  );
  return named
    .replace(urlPassword, '$1:[redacted]@')
    .replace(assignment, (whole, lead: string) => (keepsMeaning(whole, lead) ? whole : `${lead}[redacted]`));
}

/** `token [redacted: ...]` is done already; `secret "web-tls" not found` names an object, not a value. */
function keepsMeaning(whole: string, lead: string): boolean {
  const value = whole.slice(lead.length);
  return value.startsWith('[redacted') || !/[:=]/.test(lead);
}
