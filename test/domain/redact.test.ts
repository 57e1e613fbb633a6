import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { masked, redact } from '../../src/domain/text/redact.ts';
import { tables } from '../fixtures/collections.ts';

/** Characters of a secret, put together at run time so that no scanner finds one in the repository. */
const letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8';
const fill = (length: number, alphabet = letters) =>
  Array.from({ length }, (_, index) => alphabet[(index * 7 + 3) % alphabet.length]).join('');
const hex = (length: number) => fill(length, '0123456789abcdef');
const upper = (length: number) => fill(length, 'ABCDEFGH234567');
const dashes = '-'.repeat(5);
const pem = (kind: string, body: string, end = true) =>
  `${dashes}BEGIN ${kind}${dashes}\n${body}\n${end ? `${dashes}END ${kind}${dashes}` : ''}`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwt = ['ey', 'J'].join('') + [fill(20), fill(80), fill(43)].join('.');

/** Secrets that are known by their shape, wherever they stand. */
const shaped: readonly (readonly [string, string])[] = [
  ['RSA private key', pem('RSA PRIVATE KEY', `${fill(64)}\n${fill(64)}\n${fill(20)}==`)],
  ['PKCS8 private key', pem('PRIVATE KEY', fill(64))],
  ['EC private key', pem('EC PRIVATE KEY', fill(64))],
  ['OpenSSH private key', pem('OPENSSH PRIVATE KEY', fill(64))],
  [
    'encrypted private key with headers',
    pem('RSA PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${upper(32)}\n\n${fill(64)}`),
  ],
  ['PGP private key', pem('PGP PRIVATE KEY BLOCK', `Version: GnuPG v2\n\n${fill(64)}\n=${fill(4)}`)],
  ['private key cut off by a log limit', pem('PRIVATE KEY', fill(64), false)],
  ['private key in one line of JSON', pem('PRIVATE KEY', fill(64)).replaceAll('\n', '\\n')],
  ['PEM in the data of a Secret', base64(pem('RSA PRIVATE KEY', fill(64)))],
  ['JSON web token', jwt],
  ['JSON web token without signature', jwt.split('.').slice(0, 2).join('.')],
  ['encrypted JSON web token', [jwt, fill(30), fill(22)].join('.')],
  ['Slack bot token', ['xo', 'xb-', '123456789012-', fill(24)].join('')],
  ['Slack user token', ['xo', 'xp-', '123456789012-', fill(24)].join('')],
  ['Slack app token', ['xa', 'pp-1-A012-', hex(64)].join('')],
  ['Slack refresh token', ['xo', 'xe-1-', fill(60)].join('')],
  ['GitHub personal token', ['gh', 'p_', fill(36)].join('')],
  ['GitHub server token', ['gh', 's_', fill(36)].join('')],
  ['GitHub OAuth token', ['gh', 'o_', fill(36)].join('')],
  ['GitHub fine-grained token', ['github', '_pat_', fill(22), '_', fill(59)].join('')],
  ['GitLab personal token', ['gl', 'pat-', fill(20)].join('')],
  ['AWS access key', ['AK', 'IA', upper(16)].join('')],
  ['AWS temporary access key', ['AS', 'IA', upper(16)].join('')],
  ['Google API key', ['AI', 'za', fill(35)].join('')],
  ['Google OAuth token', ['ya', '29.', fill(60)].join('')],
  ['Google client secret', ['GOC', 'SPX-', fill(28)].join('')],
  ['Stripe live key', ['sk', '_live_', fill(24)].join('')],
  ['Stripe webhook secret', ['wh', 'sec_', fill(32)].join('')],
  ['SendGrid key', ['S', 'G.', fill(22), '.', fill(43)].join('')],
  ['npm token', ['np', 'm_', fill(36)].join('')],
  ['PyPI token', ['py', 'pi-', fill(80)].join('')],
  ['Docker Hub token', ['dckr', '_pat_', fill(27)].join('')],
  ['DigitalOcean token', ['do', 'p_v1_', hex(64)].join('')],
  ['Vault token', ['hv', 's.', fill(90)].join('')],
  ['Grafana token', ['gl', 'sa_', fill(32), '_', hex(8)].join('')],
  ['age key', ['AGE-SECRET', '-KEY-1', upper(58)].join('')],
  ['API key with a prefix', ['s', 'k-', fill(48)].join('')],
  ['API key of a project', ['s', 'k-proj-', fill(48)].join('')],
];

/** Lines of logs around a secret; what stands beside it must survive. */
const around: readonly (readonly [string, (secret: string) => string])[] = [
  ['alone', (secret) => secret],
  ['in a sentence', (secret) => `2026-01-01T00:00:00Z ERROR login with ${secret} failed: 403`],
  ['in quotes', (secret) => `{"level":"error","value":"${secret}","pod":"web-1"}`],
  ['in a query', (secret) => `GET /callback?code=${secret}&state=1`],
  ['after an equals sign', (secret) => `VALUE=${secret}`],
];

describe('secrets known by their shape', () => {
  test.each(shaped)('%s', (_name, secret) => {
    for (const [place, line] of around) {
      const out = redact(line(secret));
      expect(out, place).toContain('[redacted');
      for (const part of secret.split(/\s|\\n/).filter((word) => word.length >= 20)) {
        expect(out, place).not.toContain(part.slice(0, 20));
        expect(out, place).not.toContain(part.slice(-20));
      }
    }
  });

  test('a Slack webhook address', () => {
    const path = ['T0', upper(8), '/B0', upper(8), '/', fill(24)].join('');
    expect(redact(`post to https://hooks.slack.com/services/${path} failed`)).toBe(
      'post to https://[redacted: Slack webhook] failed',
    );
  });

  test('what stands around a secret stays', () => {
    const token = ['xo', 'xb-', fill(30)].join('');
    expect(redact(`a ${token} b`)).toBe('a [redacted: Slack token] b');
  });
});

/** Secrets known by the word before them: the whole line, and what becomes of it. */
const secret = fill(18);
const named: readonly (readonly [string, string])[] = [
  [`password=${secret}`, 'password=[redacted]'],
  [`password: ${secret}`, 'password: [redacted]'],
  [`PASSWORD := "${secret}"`, 'PASSWORD := "[redacted]"'],
  [`password='${secret} with blanks'`, "password='[redacted]'"],
  [`{"password":"${secret}","user":"u"}`, '{"password":"[redacted]","user":"u"}'],
  [
    `{"log":"{\\"db_password\\":\\"${secret}\\",\\"a\\":1}"}`,
    '{"log":"{\\"db_password\\":\\"[redacted]\\",\\"a\\":1}"}',
  ],
  [
    `SPRING_DATASOURCE_HIKARI_PRODUCTION_PRIMARY_PASSWORD=${secret}`,
    'SPRING_DATASOURCE_HIKARI_PRODUCTION_PRIMARY_PASSWORD=[redacted]',
  ],
  [`AWS_SECRET_ACCESS_KEY=${secret}`, 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  [`aws_session_token = ${secret}`, 'aws_session_token = [redacted]'],
  [`DD_API_KEY=${secret} DD_SITE=eu`, 'DD_API_KEY=[redacted] DD_SITE=eu'],
  [
    `AccountName=store;AccountKey=${secret};EndpointSuffix=x`,
    'AccountName=store;AccountKey=[redacted];EndpointSuffix=x',
  ],
  [`SharedAccessKey=${secret}`, 'SharedAccessKey=[redacted]'],
  [`client-key-data: ${secret}`, 'client-key-data: [redacted]'],
  [`invalid secret password=${secret}`, 'invalid secret password=[redacted]'],
  [`token1=${secret}`, 'token1=[redacted]'],
  [`?access_token=${secret}`, '?access_token=[redacted]'],
  [`Authorization: Bearer ${secret}`, 'Authorization: Bearer [redacted: bearer token]'],
  [`Authorization: Basic ${secret}`, 'Authorization: Basic [redacted]'],
  [`authorization: ${secret}`, 'authorization: [redacted]'],
  [`-H "Authorization: Token ${secret}" -v`, '-H "Authorization: Token [redacted]" -v'],
  [`{\\"Authorization\\":\\"ApiKey ${secret}\\"}`, '{\\"Authorization\\":\\"ApiKey [redacted]\\"}'],
  [`sent Bearer ${secret} to the API`, 'sent Bearer [redacted: bearer token] to the API'],
  [`kubectl get pods --token ${secret}`, 'kubectl get pods --token [redacted]'],
  [`mysql --db-password "${secret}" -u root`, 'mysql --db-password "[redacted]" -u root'],
  [`--from-literal=password=${secret}`, '--from-literal=password=[redacted]'],
  [`postgres://app:${secret}@db:5432/shop`, 'postgres://app:[redacted]@db:5432/shop'],
  [`postgres://app:p@${secret}@db/shop`, 'postgres://app:[redacted]@db/shop'],
  ['bindpw x1', 'bindpw [redacted]'],
  ['npm config set //registry/:_authToken x', 'npm config set //registry/:_authToken [redacted]'],
  ['session_id=3f2b8c1e-9d4e-4a6b-8c7d-1e2f3a4b5c6d', 'session_id=[redacted]'],
  [`redis://:${secret}@cache:6379`, 'redis://:[redacted]@cache:6379'],
  [`https://u:${secret}@example.org/x?y=1`, 'https://u:[redacted]@example.org/x?y=1'],
];

test.each(named)('%s', (line, expected) => {
  expect(redact(line)).toBe(expected);
});

test('there are at least forty secrets in the tables', () => {
  expect(shaped.length + named.length).toBeGreaterThanOrEqual(40);
});

/** Text that operators must be able to read. */
const harmless = [
  'secret "web-tls" not found',
  'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found',
  'secrets "web" is forbidden: User "system:serviceaccount:shop:bot" cannot get resource "secrets" in API group ""',
  'Error from server (Forbidden): deployments.apps "web" is forbidden: User "bot" cannot patch resource "deployments"',
  'Back-off restarting failed container app in pod web-7d4b9c6f5-x2x9k_shop(0b1c)',
  'Failed to pull image "registry.example:5000/team/app@sha256:0123456789abcdef": unauthorized',
  "couldn't find key password in Secret shop/db",
  'FATAL: password authentication failed for user "app"',
  'secretName: web-tls',
  'secretKeyRef: db',
  'tokenizer: standard',
  'automountServiceAccountToken: false',
  'password=$DB_PASSWORD and token={{ token }} and secret=<your secret>',
  'kubectl create token build --duration=10m',
  '--token-file=/var/run/token --password-file /etc/password',
  'pod/my-sk-deployment-7d4b9c6f5-x2x9k created',
  'bearer authentication required by the server',
  'http://127.0.0.1:8080/healthz: dial tcp: connection refused; see docs@example.org',
  'admission webhook "check.example.org" denied the request: runAsNonRoot must be true',
  'exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10',
  '0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.',
  '{"spec": {"automountServiceAccountToken": true}}}',
  'Kubernetes: monkey=banana, keyboard: layout',
  'sort_key=name primary_key=id foreign_key=user_id key=value join_key=order_id tenant_key=shop',
  'session_id=42, sid: 7',
];

test.each(harmless)('stays readable: %s', (line) => {
  expect(redact(line)).toBe(line);
});

test.each(tables('kubectl-commands.tsv'))(
  'commands that people publish stay as they are: $file',
  ({ own, rows }) => {
    // Those that create a Secret hold one, or a placeholder for it.
    const plain = rows.filter(
      ({ command = '', verdict }) => !command.includes('create secret') && verdict !== 'secret',
    );
    const changed = plain.map(({ command = '' }) => command).filter((command) => redact(command) !== command);
    if (own) expect(changed).toEqual(['kubectl --token=abc rollout restart deployment/storefront']);
    expect(changed.length / plain.length, changed.slice(0, 20).join('\n')).toBeLessThan(own ? 1 : 0.005);
  },
);

describe('for any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(...shaped.map(([, text]) => text), ...named.map(([text]) => text), ...harmless),
    fc.string({ maxLength: 20 }),
    fc.constantFrom('password', 'token', '=', ':', '"', '\\"', "'", '\n', ' ', '://', '@', '[redacted]'),
  );
  const line = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(' '));

  test.each([
    [
      'password: Anne ghp_dK2yE9sZ5mT8gN4aH1vB7pW3jQ6dK2yE9sZ5',
      'password: [redacted] [redacted: GitHub token]',
    ],
    [
      'password : password hvs.dK2yE9sZ5mT8gN4aH1vB7pW3jQ6dK2yE9sZ5mT8gN4aH1vB7pW3jQ6dK2yE9sZ5mT8gN4aH1vB7pW3jQ6dK2yE9sZ5',
      'password : [redacted] [redacted: Vault token]',
    ],
  ])('a word before a secret is no sentence, the first time and the second: %s', (text, once) => {
    expect(redact(text)).toBe(once);
    expect(redact(once)).toBe(once);
  });

  test('of words that are each the value of the one before, eight looks hide eight', () => {
    const token = ['gh', 'p_', fill(36)].join('');
    const hidden = `${'[redacted] '.repeat(8)}[redacted: GitHub token]`;
    expect(redact(`${'pwd: '.repeat(8)}Anne ${token}`)).toBe(`pwd: ${hidden}`);
    expect(redact(`${'pwd: '.repeat(20)}Anne ${token}`)).toBe(`${'pwd: '.repeat(13)}${hidden}`);
  });

  test.each(['pw=1', 'pw=a', 'pw:1', 'PW=x1'])('the shortest text with a secret: %s', (text) => {
    expect(redact(text)).toBe(`${text.slice(0, 3)}[redacted]`);
  });

  test('redacting twice is redacting once', () => {
    fc.assert(
      fc.property(line, (text) => {
        expect(redact(redact(text))).toBe(redact(text));
      }),
      { numRuns: 500 },
    );
  });

  test('a secret among other text never comes through', () => {
    const solid = shaped.map(([, text]) => text).filter((text) => !/\s|\\n/.test(text));
    fc.assert(
      fc.property(fc.constantFrom(...solid), line, line, (text, before, after) => {
        expect(redact(`${before} ${text} ${after}`)).not.toContain(text);
      }),
    );
  });
});

describe('masked', () => {
  test.each(shaped)('hides a %s, and every place stays what it is', (_name, text) => {
    const whole = `before ${text} after`;
    const hidden = masked(whole);
    expect(hidden).toHaveLength(whole.length);
    expect(hidden === whole).toBe(redact(whole) === whole);
    const changed = [...hidden].filter((character, index) => character !== '*' && character !== whole[index]);
    expect(changed).toEqual([]);
  });

  test.each([
    [
      'set env deploy/web DB_PASSWORD=swordfish1 -n shop',
      'set env deploy/web DB_PASSWORD=********** -n shop',
    ],
    ['postgres://bot:swordfish1@db/shop', 'postgres://bot:**********@db/shop'],
    ['nothing to hide', 'nothing to hide'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });
});
