import { type Codes, charactersLike, isOf } from './runs.ts';
import { behind, type Finder, type Span } from './span.ts';

/** Schemes whose passwords are written as they are, with slashes and question marks. */
const raw =
  /(?:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?|sqlserver|mssql|oracle|cockroachdb|clickhouse|kafka|nats|ldaps?|ftps?|sftp|smtps?|snowflake|db2|couchdb|cassandra|neo4j|bolt|influxdb|memcached|vertica|redshift|trino|presto)(?:\+[a-z0-9]{1,16})?$/i;

/** A user that is itself a token, as in `https://TOKEN@github.com`. */
const tokenLike = /^(?=[^0-9]*[0-9])[\w~.-]{20,}$/;

/** What ends an address for sure. A password in it should be encoded, and often is not. */
const afterAddresses = charactersLike(/[\s"'`<>|\\]/);

/** No raw scheme is longer. */
const longestScheme = 30;

/** Passwords in addresses, `scheme://user:password@host`: the rest helps to find the cause and stays. */
export const addressPasswords: Finder = (text, codes) => {
  const spans: Span[] = [];
  for (let at = text.indexOf('://'); at !== -1; ) {
    const isRaw = raw.test(text.slice(Math.max(0, at - longestScheme), at));
    const start = at + 3;
    at = text.indexOf('://', start);
    const end = endOfAddress(codes, start, at === -1 ? text.length : at);
    const span = passwordOf(text.slice(start, end), isRaw);
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

/** A host with a port, and behind it a path or a query: `host:8443/a@b`. */
const hostFirst = /^[^:@/?#]*:[0-9]{0,5}(?:\/|\?[^@]*=)/;

/** From where an address may hold an `@` that ends no password. */
const query = /\?[\w.-]{1,60}=|$/;
const pathOrQuery = /\/|\?[\w.-]{1,60}=|$/;

/**
 * A password may hold what should have been encoded in it: where an `@` stands behind a slash, a question mark or a
 * number sign, what comes before it is taken for the password, unless it reads as a host with a port and what follows as
 * a path or a query. A raw one may hold an `@` and, behind it, a slash.
 */
function passwordOf(address: string, isRaw: boolean): Span | undefined {
  const authority = address.slice(0, address.search(/[/?#]|$/));
  const strict = inUserinfo(authority);
  if (strict === undefined) {
    return !authority.includes(':') || (!isRaw && hostFirst.test(address)) ? undefined : inUserinfo(address);
  }
  // Who is named may be the secret, or have a password that begins with an `@`: where both can be read, both are taken.
  const wide = inUserinfo(address.slice(0, address.search(isRaw ? query : pathOrQuery)));
  return wide === undefined ? strict : { start: Math.min(strict.start, wide.start), end: wide.end };
}

/** Who is named is the secret where the password says only that there is none (docs.github.com, x-oauth-basic). */
const noPassword = /^(?:x-oauth-basic|x-token-auth|oauth2?|x)?$/i;

/** The password before the last `@`, or who is named. */
function inUserinfo(text: string): Span | undefined {
  const found = /^([^:]*)(?::(.*))?@/s.exec(text);
  if (found === null) return undefined;
  const { 0: whole, 1: user = '', 2: password = '' } = found;
  const end = whole.length - 1;
  if (tokenLike.test(user) && noPassword.test(password)) return { start: 0, end };
  return password === '' ? undefined : { start: end - password.length, end };
}

/** `?token=x`, `&sig=x`: what a query calls by these names is a secret even where it is a short word. */
const inQuery =
  /([?&;](?:(?:x-amz-|x-goog-)?(?:signature|security-token|credential)|sig|sign|key|api-?key|auth|auth_?key|access_?key|code|hmac|jwt|session|sid|webhook_?key|routing_?key)=)([^\s&"'<>#\\]+)/gi;

/** A secret is longer than a word, and is not one. */
const random = /^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w.~%+/=-]{8,}$|^[\w.~%+/=-]{20,}$/;

export const queryTokens: Finder = (text) =>
  [...behind(text, inQuery), ...behind(text, /(\bsig=)([\w%+/=-]{20,})/g)].filter(({ start, end }) =>
    random.test(text.slice(start, end)),
  );

/** `jdbc:oracle:thin:user/password@host`, `sqlplus user/password@host`. */
export const oraclePasswords: Finder = (text) =>
  behind(text, /((?:jdbc:oracle:(?:thin|oci8?):|\bsqlplus (?:-[SsLl] )?)\w{1,60}\/)([^\s@"'/]{1,128})(?=@)/g);

/** `user:password@tcp(host:3306)/name` (github.com/go-sql-driver/mysql, "DSN"). */
export const goPasswords: Finder = (text) =>
  behind(text, /([\w.-]:)([^\s"'/:@]{1,128})(?=@(?:tcp|unix|udp)\()/g);
