import { behind, type Finder, type Span } from './span.ts';

/** Where the authority of an address ends for sure. A password in it should be encoded, and often is not. */
const after = /[\s"'`<>|\\]|:\/\/|$/g;

/** Schemes whose passwords are written as they are, with slashes and question marks. */
const raw =
  /(?:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?|sqlserver|mssql|oracle|cockroachdb|clickhouse|kafka|nats|ldaps?|ftps?|sftp|smtps?|snowflake|db2|couchdb|cassandra|neo4j|bolt|influxdb|memcached|vertica|redshift|trino|presto)(?:\+[a-z0-9]{1,16})?$/i;

/** A user that is itself a token, as in `https://TOKEN@github.com`. */
const tokenLike = /^(?=[^0-9]*[0-9])[\w~.-]{20,}$/;

/** Passwords in addresses, `scheme://user:password@host`: the rest helps to find the cause and stays. */
export const addressPasswords: Finder = (text) => {
  const spans: Span[] = [];
  let sign = text.indexOf('@');
  for (let at = text.indexOf('://'); at >= 0 && sign >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    if (sign < start) sign = text.indexOf('@', start);
    after.lastIndex = start;
    const end = after.exec(text)?.index ?? text.length;
    if (sign < start || sign > end) continue;
    const scheme = /[a-z0-9+.-]{0,30}$/i.exec(text.slice(Math.max(0, at - 30), at))?.[0] ?? '';
    const span = passwordOf(text.slice(start, end), raw.test(scheme));
    if (span !== undefined) spans.push({ start: start + span.start, end: start + span.end });
  }
  return spans;
};

function passwordOf(address: string, whole: boolean): Span | undefined {
  const slash = address.search(/[/?#]/);
  const authority = slash < 0 ? address : address.slice(0, slash);
  const strict = inUserinfo(authority, authority.lastIndexOf('@'));
  if (strict !== undefined || !whole) return strict;
  // A port before the first slash says that there is no password.
  if (/^[^:@]*(?::[0-9]{1,5})?$/.test(authority) && !/^[^:@]*:[0-9]{1,5}[^@]*@/.test(address))
    return undefined;
  return inUserinfo(address, address.lastIndexOf('@'));
}

function inUserinfo(authority: string, at: number): Span | undefined {
  if (at <= 0) return undefined;
  const colon = authority.indexOf(':');
  if (colon >= 0 && colon < at - 1) return { start: colon + 1, end: at };
  return colon < 0 && tokenLike.test(authority.slice(0, at)) ? { start: 0, end: at } : undefined;
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
