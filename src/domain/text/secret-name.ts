import { redact } from './redact.ts';
import { wordSet } from './word-set.ts';

/** Words that say of whatever has such a name that it is a secret. `key` does so at the end: `STRIPE_KEY`. */
const words = wordSet(`
  passwords pass pwd pw secrets credential credentials accesskey privatekey secretkey jwt bearer cookie appkey
  signingkey encryptionkey masterkey pgpass basicauth httpauth
`);

/** Last words that make of the name of a secret the name of something about it, such as where it is kept. */
const about = wordSet(`
  file path dir name ref type kind url uri host endpoint issuer audience ttl namespace version length size
  count limit max min expiry expiration expires timeout seconds minutes hours days interval rotation age
  enabled disabled required prefix suffix header algorithm provider policy mount store backend class format
  mode reload location method retries port id
`);

/** What stands before `key` where it opens nothing. */
const harmlessKeys = wordSet(`
  public primary foreign sort partition routing cache object index hash row group map message idempotency
  lookup search shard topology
`);

/**
 * True when a name says that what it is given is a secret, as `DB_PASS`, `stripeKey` and `SECRET_KEY_BASE` do and
 * `MAX_TOKENS`, `TOKEN_TTL` and `secret-name` do not. Of a key with a prefix, such as an annotation's, only the end
 * counts: `vault.example/agent-inject-secret-config` names where a secret goes.
 */
function saysSecret(name: string): boolean {
  const parts = wordsOf(name);
  const last = parts.at(-1) ?? '';
  if (about.has(last)) return false;
  if (last === 'key') return !harmlessKeys.has(parts.at(-2) ?? 'public');
  if (isTelling(parts.slice(-2).join(''))) return true;
  return name.includes('/') ? isTelling(last) : parts.some(isTelling);
}

/** As in `PGPASSWORD`, too. */
const isTelling = (word: string): boolean =>
  words.has(word) || /(?:password|passwd|passphrase|secret|token|apikey)$/.test(word);

/** `DB_PASSWORD2`, `dbPassword` and `db.password` are the same words. */
function wordsOf(name: string): string[] {
  const own = name.slice(name.lastIndexOf('/') + 1).replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return own
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .map((word) => word.replace(/[0-9]+$/, ''))
    .filter((word) => word !== '');
}

/** What no secret is, whatever its name: nothing at all, and a switch. */
function isNoSecret(value: string): boolean {
  return /^(?:|true|false|yes|no|on|off|enabled|disabled|none)$/i.test(value);
}

/** True for what would be taken out of text before it leaves, and for `NAME=value` whose name says that it is a secret. */
export function isSecret(text: string): boolean {
  if (redact(text) !== text) return true;
  const equals = text.indexOf('=');
  // What stands on lines before it is no part of the name.
  const name = text.slice(text.lastIndexOf('\n', equals) + 1, Math.max(0, equals));
  return saysSecret(name) && !isNoSecret(text.slice(equals + 1));
}
