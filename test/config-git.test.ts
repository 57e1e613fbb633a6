import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigFault } from '../src/config-fault.ts';
import { gitLogins, gitLoginsAgain } from '../src/config-git.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-config-git-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const bot = (password: string) => ({ 'git.example': { username: 'bot', password } });

test('credentials in a file', () => {
  const credentials = file('read', 'https://bot:t@git.example\n');
  expect(gitLogins({ FIREBREAK_GIT_CREDENTIALS_FILE: credentials })).toEqual(bot('t'));
});

test.each<[string, Parameters<typeof gitLogins>[0], RegExp]>([
  [
    'twice',
    {
      FIREBREAK_GIT_CREDENTIALS: 'https://u:t@github.com',
      FIREBREAK_GIT_CREDENTIALS_FILE: '/nowhere',
    },
    /are both set: leave one of them out\.$/,
  ],
  [
    'in a file that is not there',
    { FIREBREAK_GIT_CREDENTIALS_FILE: '/nowhere' },
    /_FILE cannot be read: ENOENT/,
  ],
  [
    'in a file of something else',
    { FIREBREAK_GIT_CREDENTIALS_FILE: file('other', 'hunter2') },
    /^FIREBREAK_GIT_CREDENTIALS_FILE must have lines such as .*; line 1 is none$/,
  ],
])('credentials %s', (_name, values, said) => {
  expect(() => gitLogins(values)).toThrow(ConfigFault);
  expect(() => gitLogins(values)).toThrow(said);
});

test('files are read again, and one that is being written is no login', () => {
  const credentials = file('credentials', 'https://bot:t@git.example');
  const pem = file('key', key);
  const again = gitLoginsAgain({
    ...{ FIREBREAK_GIT_CREDENTIALS_FILE: credentials, FIREBREAK_GITHUB_APP_ID: '1' },
    FIREBREAK_GITHUB_APP_KEY_FILE: pem,
  });
  expect(again?.()).toEqual({ ...bot('t'), 'github.com': { app: { id: '1', privateKey: key } } });
  file('credentials', 'https://bot:next@git.example');
  expect(again?.()).toMatchObject(bot('next'));
  file('credentials', '');
  expect(() => again?.()).toThrow(/FIREBREAK_GIT_CREDENTIALS_FILE names .*, which is empty\.$/);
  file('credentials', 'https://bot:next@git.example');
  file('key', key.slice(0, 200));
  expect(() => again?.()).toThrow(/is no private RSA key in PEM/);
});

test('variables alone are not read again', () => {
  expect(gitLoginsAgain({ FIREBREAK_GIT_CREDENTIALS: 'https://bot:t@git.example' })).toBeUndefined();
});
