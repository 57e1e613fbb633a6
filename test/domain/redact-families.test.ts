import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';
import { secretLines, takenOtherwise } from '../fixtures/secret-lines.ts';

/** Characters of a secret, put together at run time so that no scanner finds one in the repository. */
const letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8';
const fill = (length: number, seed = 0, alphabet = letters) =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + seed * 5 + 3) % alphabet.length]).join('');
const hex = (length: number) => fill(length, 1, '0123456789abcdef');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const dashes = '-'.repeat(5);
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

const secret = fill(20);
const word = 'hunter2pass!';
const body = [64, 64, 64, 40].map((length, at) => fill(length, at * 3)).join('\n');
const pem = (kind: string) => `${dashes}BEGIN ${kind}${dashes}\n${body}\n${dashes}END ${kind}${dashes}\n`;
const github = ['gh', 'p_', fill(36)].join('');
const slack = ['xo', 'xb-', '123456789012-', fill(24)].join('');
const jwt = [base64url('{"alg":"RS256","kid":"x"}'), base64url('{"sub":"u","iat":1}'), fill(86)].join('.');

test.each(secretLines)('%s', (line) => {
  const redacted = redact(line.replaceAll('$', () => secret));
  expect(redacted).toBe(takenOtherwise.get(line) ?? line.replaceAll('$', '[redacted]'));
});

/** Passwords as people choose them, too. */
const chosen = [
  'password: !',
  'DB_PASS=!',
  'pwd=!',
  '"password":"!"',
  '--password !',
  'docker login -u a --pass !',
  'sshpass --pass=! ssh a',
  'sshpass -p! ssh a',
  'sshpass -p=! ssh a',
  'oc login -u a -p !',
  'redis-cli --pass ! ping',
  'redis-cli -a! ping',
  'redis-cli -a ! ping',
  'redis-cli -a=! ping',
  'mysql -p! shop',
  'curl -u a:! h',
  'https://u:!@h',
  'postgres://u:!@h/d',
];

test.each(chosen)('a word for a password: %s', (line) => {
  expect(redact(line.replace('!', word))).not.toContain(word.slice(0, 8));
});

/** Known by their shape, and how they are written. */
const shaped: readonly (readonly [string, string, string])[] = [
  ['a PEM key, cut in half', pem('RSA PRIVATE KEY').slice(0, 150), body.slice(20, 60)],
  ['a tail of a PEM key', pem('EC PRIVATE KEY').slice(150), body.slice(140, 170)],
  ['a PEM key in JSON', inJson(pem('PRIVATE KEY')), body.slice(70, 100)],
  ['a PEM key in JSON in JSON', inJson(inJson(pem('PRIVATE KEY'))), body.slice(70, 100)],
  ['a PEM key in quoted lines', pem('PRIVATE KEY').replaceAll(/^/gm, '> '), body.slice(70, 100)],
  [
    'a PEM key behind times',
    pem('PRIVATE KEY').replaceAll(/^/gm, '2026-01-01T00:00:00Z '),
    body.slice(70, 100),
  ],
  ['a PEM key with blanks for lines', pem('PRIVATE KEY').replaceAll('\n', ' '), body.slice(70, 100)],
  ['a PEM key in base64', base64(pem('PRIVATE KEY')), base64(pem('PRIVATE KEY')).slice(80, 120)],
  [
    'a PEM key in base64, cut',
    base64(pem('PRIVATE KEY')).slice(0, 120),
    base64(pem('PRIVATE KEY')).slice(80, 110),
  ],
  ['a JWT cut at the end', `x ${jwt.slice(0, 70)}`, jwt.slice(40, 66)],
  ['a JWT cut in its header', `x ${jwt.slice(0, 26)}`, jwt.slice(8, 24)],
  ['a token behind an escaped line end', `{"log":"a\\n${github}\\n"}`, github.slice(8, 30)],
  ['a token behind an escaped sign', `{"u":"?t=1\\u0026x\\u003d${github}"}`, github.slice(8, 30)],
  ['a token in colour', `\u001b[31m${github}\u001b[0m`, github.slice(8, 30)],
  ['a Slack token behind an escaped line end', `a\\n${slack}`, slice(slack)],
  [
    'a token encoded twice',
    `x=${encodeURIComponent(encodeURIComponent(`a=${github}&`))}`,
    github.slice(8, 30),
  ],
  ['a token behind a colon', `x:${github}`, github.slice(8, 30)],
  ['a token in a path', `/v1/${github}/x`, github.slice(8, 30)],
  ['a token in brackets', `[${github}]`, github.slice(8, 30)],
  ['a bootstrap token behind an escaped line end', `a\\nabc123.0123456789abcdef`, '0123456789abcdef'],
  ['an app installation token', ['gh', 's_123456_', jwt].join(''), jwt.slice(40, 80)],
  ['Hugging Face', `login ${['h', 'f_', fill(34)].join('')}`, fill(34).slice(4, 20)],
  ['Databricks', `x ${['da', 'pi', hex(32)].join('')}-2`, hex(32).slice(4, 20)],
  ['Shopify', ['shp', 'at_', hex(32)].join(''), hex(32).slice(4, 20)],
  ['Telegram', `url https://api.telegram.org/bot123456789:${fill(35)}/x`, fill(35).slice(4, 20)],
  ['Twilio', ['S', 'K', hex(32)].join(''), hex(32).slice(4, 20)],
  ['SendGrid', ['S', 'G.', fill(22), '.', fill(43)].join(''), fill(43).slice(4, 20)],
  ['Mailchimp', [hex(32), '-us', '12'].join(''), hex(32).slice(4, 20)],
  ['Discord', ['M', fill(25), '.', fill(6), '.', fill(38)].join(''), fill(38).slice(4, 20)],
  [
    'a service account of Google',
    inJson(JSON.stringify({ type: 'service_account', private_key: pem('PRIVATE KEY') })),
    body.slice(70, 100),
  ],
  [
    'a password in base64',
    `data: ${base64(`password=${secret}`)}`,
    base64(`password=${secret}`).slice(4, 24),
  ],
  [
    'a database URL in base64',
    `x ${base64(`postgres://app:${secret}@db/shop`)}`,
    base64(`postgres://app:${secret}@db/shop`).slice(8, 30),
  ],
  ['a database URL, encoded', `x=${encodeURIComponent(`postgres://app:${secret}@db/shop`)}`, secret],
  ['beginnings in a crowd', ['np', 'm_'].join('').repeat(9) + fill(36), fill(36).slice(4, 20)],
];

function slice(token: string): string {
  return token.slice(-16);
}

test.each(shaped)('%s', (_name, text, piece) => {
  expect(redact(text)).not.toContain(piece);
});

/** Lines of kubectl, Kubernetes, Go, Java, Python, PostgreSQL, nginx and others that have no secret. */
const readable = readFileSync(new URL('../fixtures/readable-lines.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'));

test.each(readable)('stays as it is: %s', (line) => {
  expect(redact(line)).toBe(line);
});
