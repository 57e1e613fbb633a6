import { type Codes, charactersLike, isOf, startOfRun } from './runs.ts';
import { behind, type Finder, type Span } from './span.ts';

/** Schemes whose passwords are written as they are, with slashes and question marks. */
const raw =
  /(?:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?|sqlserver|mssql|oracle|cockroachdb|clickhouse|kafka|nats|ldaps?|ftps?|sftp|smtps?|snowflake|db2|couchdb|cassandra|neo4j|bolt|influxdb|memcached|vertica|redshift|trino|presto)(?:\+[a-z0-9]{1,16})?$/i;

/** A user that is itself a token, as in `https://TOKEN@github.com`. */
const tokenLike = /^(?=[^0-9]*[0-9])[\w~.-]{20,}$/;

/** What ends an address for sure. A password in it should be encoded, and often is not. */
const afterAddresses = charactersLike(/[\s"'`<>|\\]/);
const ofSchemes = charactersLike(/[A-Za-z0-9+.-]/);

/** Passwords in addresses, `scheme://user:password@host`: the rest helps to find the cause and stays. */
export const addressPasswords: Finder = (text, codes) => {
  const spans: Span[] = [];
  let sign = text.indexOf('@');
  for (let at = text.indexOf('://'); at >= 0 && sign >= 0; ) {
    const start = at + 3;
    at = text.indexOf('://', start);
    if (sign < start) sign = text.indexOf('@', start);
    const end = endOfAddress(codes, start, at < 0 ? text.length : at);
    if (sign < start || sign >= end) continue;
    const scheme = text.slice(startOfRun(ofSchemes, codes, start - 3, Math.max(0, start - 33)), start - 3);
    const span = passwordOf(text.slice(start, end), raw.test(scheme));
    if (span !== undefined) spans.push({ start: start + span.start, end: start + span.end });
  }
  return spans;
};

/** Where the next one begins, at the latest. */
function endOfAddress(codes: Codes, start: number, latest: number): number {
  let at = start;
  while (at < latest && !isOf(afterAddresses, codes, at)) at += 1;
  return at;
}

/**
 * A password may hold what should have been encoded in it: where an `@` stands behind a slash, a question mark or a
 * number sign, what comes before it is taken for the password, unless it reads as a host with a port and what follows as
 * a path or a query, as in `https://host:8443/a@b`.
 */
function passwordOf(address: string, whole: boolean): Span | undefined {
  const slash = address.search(/[/?#]/);
  const authority = slash < 0 ? address : address.slice(0, slash);
  const strict = inUserinfo(authority, authority.lastIndexOf('@'));
  if (slash < 0 || (strict === undefined && !authority.includes(':'))) return strict;
  if (strict !== undefined) return beyond(address, slash, whole) ?? strict;
  const isHost = /^[^:@]*:(?:[0-9]{1,5})?$/.test(authority) && /^(?:\/|\?[^@]*=)/.test(address.slice(slash));
  if (isHost && !(whole && /^[^:@]*:[0-9]{1,5}[^@]*@/.test(address))) return undefined;
  return inUserinfo(address, address.lastIndexOf('@'));
}

/** A password that holds an `@` and, behind it, one of the others. Files and queries may hold an `@`, too. */
function beyond(address: string, slash: number, whole: boolean): Span | undefined {
  if (!whole && address[slash] === '/') return undefined;
  const query = address.search(whole ? /\?[\w.-]{1,60}=/ : /\/|\?[\w.-]{1,60}=/);
  const scope = query < 0 ? address : address.slice(0, query);
  return inUserinfo(scope, scope.lastIndexOf('@'));
}

/** Who is named is the secret where the password says only that there is none (docs.github.com, x-oauth-basic). */
const noPassword = /^(?:x-oauth-basic|x-token-auth|oauth2?|x)?$/i;

function inUserinfo(authority: string, at: number): Span | undefined {
  if (at <= 0) return undefined;
  const colon = authority.indexOf(':');
  const user = authority.slice(0, colon < 0 ? at : Math.min(colon, at));
  if (tokenLike.test(user) && (colon < 0 || noPassword.test(authority.slice(colon + 1, at))))
    return { start: 0, end: at };
  return colon >= 0 && colon < at - 1 ? { start: colon + 1, end: at } : undefined;
}

/** `?token=x`, `&sig=x`: what a query calls by these names is a secret even where it is a short word. */
const query =
  /([?&;](?:(?:x-amz-|x-goog-)?(?:signature|security-token|credential)|sig|sign|key|api-?key|auth|auth_?key|access_?key|code|hmac|jwt|session|sid|webhook_?key|routing_?key)=)([^\s&"'<>#\\]+)/gi;

/** A secret is longer than a word, and is not one. */
const random = /^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w.~%+/=-]{8,}$|^[\w.~%+/=-]{20,}$/;

export const queryTokens: Finder = (text) =>
  [...behind(text, query), ...behind(text, /(\bsig=)([\w%+/=-]{20,})/g)].filter(({ start, end }) =>
    random.test(text.slice(start, end)),
  );

/** `jdbc:oracle:thin:user/password@host`, `sqlplus user/password@host`. */
export const oraclePasswords: Finder = (text) =>
  behind(text, /((?:jdbc:oracle:(?:thin|oci8?):|\bsqlplus (?:-[SsLl] )?)\w{1,60}\/)([^\s@"'/]{1,128})(?=@)/g);

/** `user:password@tcp(host:3306)/name` (github.com/go-sql-driver/mysql, "DSN"). */
export const goPasswords: Finder = (text) =>
  /@(?:tcp|unix|udp)\(/.test(text)
    ? behind(text, /((?<![\w.-])[\w.-]{1,64}:)([^\s"'/:@]{1,128})(?=@(?:tcp|unix|udp)\()/g)
    : [];
