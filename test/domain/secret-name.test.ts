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
    ...['example.com/token=abcdef', 'example.com/db-password=x', 'AWS_CREDENTIALS=x', 'TOKEN_FOR_STAGING=x'],
  ])('%s', (text) => expect(isSecret(text)).toBe(true));
});

describe('a name that only sounds so', () => {
  test.each([
    ...['TOKEN_TTL=30', 'SECRET_NAME=web', 'PASSWORD_FILE=/run/p', 'KEY=a', 'CACHE_KEY=a'],
    ...['PUBLIC_KEY=a', 'PASSENGERS=3', 'TOKENIZER=bpe', 'COMPASS=n', 'KEYBOARD=us', 'PARTITION_KEY=id'],
    ...['REQUIRE_PASSWORD=true', 'DB_PASSWORD=', 'DB_PASS=off', 'vault.example/inject-pw-config=path'],
    ...['tier=front', 'LOG_LEVEL=debug', 'AUTHOR=me', 'SESSION_SECONDS=60', '=x', 'web:1.2', ''],
  ])('%s', (text) => expect(isSecret(text)).toBe(false));
});

test.each([`NOTE=${['ghp', 'a1B2'.repeat(9)].join('_')}`, 'URL=postgres://bot:hunter2hunter2@db/shop'])(
  'a value that gives itself away, whatever its name: %s',
  (text) => expect(isSecret(text)).toBe(true),
);
