import { describe, expect, test } from 'vitest';
import { readAnchors } from '../../../src/adapters/postgres/audit/anchor-file.ts';
import {
  type ChainedEntry,
  chain,
  type Entry,
  genesis,
  lineKinds,
  unlinked,
  verifyChain,
} from '../../../src/adapters/postgres/audit/chain.ts';
import { readLine } from '../../../src/adapters/postgres/audit/line.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { exportedLine } from '../../fixtures/exported-line.ts';
import { noon } from '../../fixtures/facts.ts';
import { sha256 } from '../../support/sha256.ts';

/* Lines by themselves: what is hashed of one, how it is read from an export, and what is said of one that is wrong. */

const move: Entry = {
  ...{ kind: 'move', remediation: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002', version: 0, actor: null },
  ...{ event: 'evaluated', from: 'requested', to: 'evaluated', dataDigest: sha256('x'), at: noon },
};
const vote: Entry = { ...move, kind: 'vote', event: 'approve', actor: 'U0ANN' };
const bare: Entry = { ...move, kind: 'policy', remediation: null, version: null, from: null };
const odd = 'a "b" \\ \n \u0001 \u2028 ä';

function chained(entry: Entry): ChainedEntry {
  const [line] = chain([entry], { seq: 41, hash: sha256('before') }, sha256);
  if (line === undefined) throw new Error('there is one');
  return line;
}

const entries: readonly (readonly [string, Entry])[] = [
  ['a move', move],
  ['a move of a person', { ...move, actor: 'U0ANN' }],
  ['a vote', vote],
  ['a vote of nobody', { ...vote, actor: null }],
  ['what is about no remediation', bare],
  ['a great version', { ...move, version: 1234 }],
  ['what JSON writes otherwise', { ...vote, event: odd, from: odd, to: odd, actor: odd, dataDigest: odd }],
  ...lineKinds.map((kind) => [`a line of the kind ${kind}`, { ...vote, kind }] as const),
];

test.each(entries)('the hash of %s is that of its fields as canonical JSON', (_name, entry) => {
  const { hash, kind, actor, ...fields } = chained(entry);
  const isOld = kind === 'move' && actor === null;
  expect(fields).toMatchObject({ seq: 42, prev: sha256('before') });
  expect(hash).toBe(sha256(canonicalJson(isOld ? { ...fields } : { ...fields, kind, actor })));
  const [sent] = unlinked([entry]);
  expect(hash).toBe(sha256(`${sent?.before}"${fields.prev}"${sent?.between}42${sent?.after}`));
});

test('a line is kept with a time in one form and a text that the database can hold', () => {
  const line = chained({ ...move, at: '2026-03-01T13:00:00+01:00', event: 'a\0b\ud800' });
  expect(line).toMatchObject({ at: noon, event: 'a\uFFFDb\uFFFD' });
});

test.each(entries)('%s is read from an export as it was written', (_name, entry) => {
  const line = chained(entry);
  expect(readLine(exportedLine(line))).toEqual(line);
  expect(readLine(exportedLine(line).replaceAll(',"', ', "'))).toEqual(line);
});

const text = exportedLine(chained(vote));
test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no line', '{}'],
  ['a number with a zero before it', text.replace('"seq":42', '"seq":042')],
  ['a version with a zero before it', text.replace('"version":0', '"version":00')],
  ['a version that is no number', text.replace('"version":0', '"version":"0"')],
  ['a kind that there is not', text.replace('"vote"', '"note"')],
  ['no kind', text.replace('"vote"', 'null')],
  ['a time without a second', text.replace(noon, '2026-03-01T12:00Z'.replace('Z', ''))],
  ['a day that there is not', text.replace(noon, '2026-13-01T12:00:00Z')],
  ['a time of no zone', text.replace(noon, noon.slice(0, -1))],
  ['a time with more before it', text.replace(noon, `1${noon}`)],
  ['no event', text.replace('"approve"', 'null')],
  ['no state', text.replace('"to":"evaluated"', '"to":null')],
  ['no digest', text.replace(`"${sha256('x')}"`, 'null')],
  ['no line before', text.replace(`"${sha256('before')}"`, 'null')],
  ['no hash', text.replace(/"[0-9a-f]{64}"\}$/, 'null}')],
  ['more behind it', `${text}x`],
  ['more before it', `x${text}`],
  ['a quote within a word', text.replace('approve', 'app"rove')],
  ['a line end within a word', text.replace('approve', 'app\nrove')],
])('what has %s is no line', (_name, wrong) => {
  expect(readLine(wrong)).toBeUndefined();
});

test('what an escape stands for is read', () => {
  expect(readLine(text.replace('approve', '\\u0061pprove'))).toMatchObject({ event: 'approve' });
});

describe('what is said of a line that is wrong', () => {
  const [one, two, three] = chain([move, vote, bare], genesis, sha256);
  if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
  const forged = { ...two, actor: 'U0BEN' };
  test.each<[string, ChainedEntry[], number, string]>([
    ['twice', [one, two, two], 3, 'line 2 stands there twice or too late: it follows line 2'],
    ['too late', [one, two, one], 3, 'line 1 stands there twice or too late: it follows line 2'],
    ['missing', [one, three], 2, 'line 2 is missing: line 3 follows line 1'],
    ['missing at first', [two], 1, 'line 1 is missing: line 2 follows line 0'],
    ['after another', [one, { ...two, prev: three.hash }], 2, 'line 2 does not name the hash of line 1'],
    ['changed', [one, forged, three], 2, 'line 2 was changed: its hash does not fit its fields'],
  ])('that is %s', (_name, lines, seq, sentence) => {
    expect(verifyChain(lines, undefined, sha256)).toEqual({ kind: 'broken', seq, sentence });
  });

  test.each([
    ['the head that is expected', { seq: 2, hash: two.hash }, undefined],
    ['another head', { seq: 2, hash: one.hash }, 2],
    ['a head of a later line', { seq: 4, hash: one.hash }, undefined],
  ])('against %s', (_name, expected, seq) => {
    const sentence = 'line 2 is not the one that the head names';
    expect(verifyChain([one, two, three], expected, sha256)).toEqual(
      seq === undefined
        ? { kind: 'intact', head: { seq: 3, hash: three.hash } }
        : { kind: 'broken', seq, sentence },
    );
  });
});

describe('a file of anchors', () => {
  const [a, b] = [`x 1:${sha256('1')}`, `x y 2:${sha256('2')}`];
  const heads = [
    { seq: 1, hash: sha256('1') },
    { seq: 2, hash: sha256('2') },
  ];
  test.each<[string, string, unknown]>([
    ['of nothing', '', []],
    ['of two lines', `${a}\n${b}\n`, heads],
    ['whose last line does not end', `${a}\n${b}`, heads],
    ['with line ends of Windows', `${a}\r\n${b}\r\n`, heads],
    ['of heads alone', `1:${sha256('1')}\n`, heads.slice(0, 1)],
    ['with an empty line', `${a}\n\n${b}\n`, { wrongLine: 2 }],
    ['with two empty lines at the end', `${a}\n\n`, { wrongLine: 2 }],
    ['with a first line that has no head', `x\n${a}\n`, { wrongLine: 1 }],
    ['with a blank and another word behind a head', `${a} x\n`, { wrongLine: 1 }],
  ])('%s', (_name, written, read) => {
    expect(readAnchors(written)).toEqual(read);
  });
});
