import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { describe, expect, test } from 'vitest';
import { codesOf } from '../../src/domain/text/secrets/runs.ts';
import { beginnings, createTokenRules, left } from '../../src/domain/text/secrets/token-rules.ts';

/* What secretlint's rules find by themselves: behind the own finders they are a second net, which nothing else shows. */

const fill = (length: number, alphabet: string) =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + 3) % alphabet.length]).join('');
const any = (length: number) => fill(length, 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8');
const hex = (length: number) => fill(length, '0123456789abcdef');
const letters = (length: number) => fill(length, 'abcdefghijkLMNOPQRST');
const digits = (length: number) => fill(length, '1234567890');

/** Put together at run time, so that no scanner finds one in the repository. */
const tokens: readonly (readonly [family: string, ...parts: string[]])[] = [
  ['npm', 'np', 'm_', any(36)],
  ['openai', 's', 'k-', any(20), 'T3Blbk', 'FJ', any(20)],
  ['anthropic', 's', 'k-ant-api03-', any(93), 'AA'],
  ['groq', 'gs', 'k_', any(52)],
  ['huggingface', 'h', 'f_', letters(34)],
  ['linear', 'lin', '_api_', any(32)],
  ['notion', 'nt', 'n_', digits(11), any(35)],
  ...['shppa_', 'shpca_', 'shpat_', 'shpss_'].map((each) => ['shopify', each, any(32)] as const),
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'].map((each) => ['stripe', each, any(24)] as const),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((each) => ['github', each, any(36)] as const),
  ['github', 'github', '_pat_', any(82)],
  ['gitlab', 'gl', 'pat-', any(20)],
  ['grafana', 'gl', 'c_', any(32)],
  ['grafana', 'gl', 'sa_', any(32), '_', hex(8)],
  ['hashicorp-vault', 'hv', 's.', any(90)],
  ['hashicorp-vault', 'hv', 'b.', any(138)],
  ['hashicorp-vault', 'hv', 'r.', any(90)],
  ...['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'].map((each) => ['vercel', each, any(20)] as const),
  ['databricks', 'da', 'pi', hex(32)],
  ['docker', 'dckr', '_pat_', any(27)],
  ['figma', 'fi', 'gd_', any(40)],
  ...['cfk_', 'cfut_', 'cfat_'].map((each) => ['cloudflare', each, hex(48)] as const),
  ['tailscale', 'ts', 'key-auth-', any(16), '-', any(32)],
];

const find = createTokenRules();
const spansIn = (text: string) => find(text, codesOf(text));
const github = ['gh', 'p_', any(36)].join('');
const gitlab = ['gl', 'pat-', any(20)].join('');

describe('a token of a vendor is found where it stands', () => {
  test.each(tokens)('%s: %s', (family, ...parts) => {
    const token = parts.join('');
    const span = { start: 4, end: 4 + token.length, name: `${family} token` };
    expect(spansIn(`see ${token} and more`)).toEqual([span]);
  });

  test('several in one text, each by itself, and the same ones again', () => {
    const text = `see ${github}, then ${gitlab}; ${github}`;
    const [first, second, third] = [4, text.indexOf('gl'), text.lastIndexOf('gh')];
    const expected = [
      { start: first, end: first + github.length, name: 'github token' },
      { start: third, end: third + github.length, name: 'github token' },
      { start: second, end: second + gitlab.length, name: 'gitlab token' },
    ];
    expect(spansIn(text)).toEqual(expected);
    expect(spansIn(text)).toEqual(expected);
  });

  test('a line of its own each: what is next to it in the text does not make one longer', () => {
    const text = `${['gl', 'pat-', any(20)].join('')} ${['gl', 'pat-', any(20)].join('')}`;
    expect(spansIn(text)).toEqual([
      { start: 0, end: 26, name: 'gitlab token' },
      { start: 27, end: 53, name: 'gitlab token' },
    ]);
  });
});

describe('what is none', () => {
  test.each([
    ['within a word', `a${github}`],
    ['shorter than any', ['gl', 'pat-', any(13)].join('')],
    ['of a family that own finders know better', `AKIA${'Q7'.repeat(8)}`],
    ['nothing at all', ''],
    ['only the beginning', ['gh', 'p_'].join('')],
  ])('%s', (_name, text) => expect(spansIn(text)).toEqual([]));
});

test('a run of more than eight beginnings is hidden whole: it stands there to make the rules slow', () => {
  const piece = ['gh', 's_1_'].join('');
  expect(spansIn(`a ${piece.repeat(8)} b`)).toEqual([]);
  expect(spansIn(`a ${piece.repeat(9)} b`)).toEqual([{ start: 2, end: 2 + 9 * piece.length }]);
  const both = `${piece.repeat(9)} ${github}`;
  expect(spansIn(both)).toEqual([
    { start: 0, end: 54 },
    { start: 55, end: 95, name: 'github token' },
  ]);
});

test('the beginning of the tokens of every rule of the library is known, or the rule is left out', () => {
  const families = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''));
  expect([...Object.keys(beginnings), ...left].toSorted()).toEqual(families.toSorted());
});
