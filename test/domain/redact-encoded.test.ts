import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8';
const fill = (length: number) =>
  Array.from({ length }, (_, at) => letters[(at * 7 + 3) % letters.length]).join('');
const dashes = '-'.repeat(5);
const key = `${dashes}BEGIN PRIVATE KEY${dashes}\n${fill(64)}\n${dashes}END PRIVATE KEY${dashes}`;

const password = base64('the password=sunshine22 is in it');
const plain = base64('there is nothing in it to hide.');
const binary = base64('\u0001password=sunshine22 in something else');
const long = 'what is long and says nothing at all '.repeat(12);
const [secret, privateKey] = ['[redacted: encoded secret]', '[redacted: private key]'];

test.each([
  ['a secret', `a ${password} b`, `a ${secret} b`],
  ['a secret whose padding is left out', `a ${password.replaceAll('=', '')} b`, `a ${secret} b`],
  ['more of what would be padding', `a ${password}==`, `a ${secret}=`],
  ['a secret of the shortest length', `a ${base64(['gh', 'o_', fill(20)].join(''))} b`, `a ${secret} b`],
  ['a secret before what says nothing', `${password} ${plain}`, `${secret} ${plain}`],
  ['a secret behind what says nothing', `${plain} ${password}`, `${plain} ${secret}`],
  ['more secrets than there are looks', `${password} `.repeat(12), `${secret} `.repeat(12)],
  ['a private key and a secret', `${base64(key)} ${password}`, `${privateKey} ${secret}`],
  ['text that becomes something else', base64(`${long} password=sunshine22 \u0001\u0002\u0003`), secret],
  ['signs of base64', `a ${base64('seen: >>>???password=sunshine22')} b`, `a ${secret} b`],
  [
    'signs of base64 in addresses',
    `a ${Buffer.from('seen: >>>???password=sunshine22').toString('base64url')} b`,
    `a ${secret} b`,
  ],
  ['text of percents', 'see pw%3Dx1 now', `see ${secret} now`],
  ['text of small hexadecimal letters', 'see pw%3dx1 now', `see ${secret} now`],
  ['letters in percents', 'see p%61ssw%6Frd%3Dsunshine22 now', `see ${secret} now`],
  ['signs in percents', 'see app:%2Fsunshine:password%3d%2bx1y2 now', `see app:${secret} now`],
  ['what is encoded twice', 'see pw%253Dx1 and pw%25253Dx1 now', `see ${secret} and ${secret} now`],
  ['a percent sign that encodes nothing', '5%off&password=sunshine22', '5%off&password=[redacted]'],
  ['a percent sign before half of it', '5%fog&password=sunshine22', '5%fog&password=[redacted]'],
  ['a percent sign before the other half', '5%of&password=sunshine22', '5%of&password=[redacted]'],
])('%s', (_name, text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  ['what says nothing', plain],
  ['what begins as no text', binary],
  ['what begins as no text behind a long one', `${base64(long)} ${binary}`],
  ['a name at the end of one and a word in the next', `${base64('the last is password=')} ${plain}`],
  ['what is too short for a secret', 'see pw%3Dx now'],
  ['a name without a value', 'https://h/?q=password%3D#a'],
  ['a name behind a slash', 'see password%2F3Dx1y2z3 now'],
  ['another sign with a five', 'see password%453Dx1y2z3 now'],
])('stays as it is: %s', (_name, text) => {
  expect(redact(text)).toBe(text);
});
