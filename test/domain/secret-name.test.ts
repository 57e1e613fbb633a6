import { describe, expect, test } from 'vitest';
import { isSecret } from '../../src/domain/text/secret-name.ts';

describe('a name that says that a secret follows', () => {
  test.each([
    ...[
      'DB_PASSWORD=a',
      'DB_PASS=1',
      'PGPASSWORD2=x',
      'PGPASS=x',
      'APPKEY=x',
      'BASIC_AUTH=user:x',
      'PW=abc',
      'MYSQL_PWD=x',
      'passphrase=x y',
      'apiToken=5',
    ],
    ...[
      'STRIPE_KEY=a',
      'SECRET_KEY_BASE=x',
      'JWT_PRIVATE_KEY=b',
      'CLIENT_SECRET=1',
      'APIKEY=x',
      'session.cookie=x',
    ],
    ...[
      'ACCESS_KEY=x',
      'MY_PASSWD=x',
      'mytoken=x',
      'LANG=C\nPW=abc',
      'ssh-key=x',
      'db.pw=no way',
      'X_BASIC_AUTH=u',
      'PW12=abc',
    ],
    ...['example.com/token=abcdef', 'example.com/db-password=x', 'AWS_CREDENTIALS=x', 'TOKEN_FOR_STAGING=x'],
    ...['TOKEN12=ab', 'STRIPE_KEY_=x', 'example.com/pass-word=x', 'example.com/pass-phrase=x'],
  ])('%s', (text) => expect(isSecret(text)).toBe(true));
});

describe('a name that only sounds so', () => {
  test.each([
    ...['TOKEN_TTL=30', 'SECRET_NAME=web', 'PASSWORD_FILE=/run/p', 'KEY=a', 'CACHE_KEY=a'],
    ...['PUBLIC_KEY=a', 'PASSENGERS=3', 'TOKENISED=abc', 'COMPASS=n', 'KEYBOARD=us', 'PARTITION_KEY=id'],
    ...['REQUIRE_PASSWORD=true', 'DB_PASSWORD=', 'DB_PASS=off', 'vault.example/inject-pw-config=path'],
    ...[
      'DB_PASS=none',
      'PW=Disabled',
      'TOKEN=false',
      'password\nLANG=C',
      'example.com/token-for-web=x',
      'example.com/key=x',
    ],
    ...[
      'tier=front',
      'LOG_LEVEL=debug',
      '365pass=x',
      '_=x',
      'AUTHOR=me',
      'SESSION_SECONDS=60',
      '=x',
      'web:1.2',
      '',
    ],
  ])('%s', (text) => expect(isSecret(text)).toBe(false));
});

test.each([`NOTE=${['ghp', 'a1B2'.repeat(9)].join('_')}`, 'URL=postgres://bot:hunter2hunter2@db/shop'])(
  'a value that gives itself away, whatever its name: %s',
  (text) => expect(isSecret(text)).toBe(true),
);

const all = (words: string) => words.split(' ').map((word) => word.toUpperCase());

test.each([
  ...all('password passwords passwd passphrase pass pwd pw secret secrets token credential credentials'),
  ...all('apikey accesskey privatekey secretkey jwt bearer cookie appkey signingkey encryptionkey masterkey'),
  ...all('pgpass basicauth httpauth'),
])('MY_%s_VALUE says that its value is a secret', (word) => {
  expect(isSecret(`MY_${word}_VALUE=x`)).toBe(true);
  // What stands in a message for a secret may be one in a manifest.
  expect(isSecret(`MY_${word}_VALUE=invalid`)).toBe(true);
});

test.each([
  ...all('file path dir name ref type kind url uri host endpoint issuer audience ttl namespace version'),
  ...all('length size count limit max min expiry expiration expires timeout seconds minutes hours days'),
  ...all('interval rotation age enabled disabled required prefix suffix header algorithm provider policy'),
  ...all('mount store backend class format mode reload location method retries port id'),
])('JWT_%s is about a secret', (word) => {
  expect(isSecret(`JWT_${word}=x`)).toBe(false);
});

test.each([
  ...all('public primary foreign sort partition routing cache object index hash row group map message'),
  ...all('idempotency lookup search shard topology'),
])('%s_KEY opens nothing', (word) => {
  expect(isSecret(`${word}_KEY=x`)).toBe(false);
});
