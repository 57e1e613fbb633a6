import { describe, expect, test } from 'vitest';
import { anchorFault } from '../../../src/adapters/postgres/audit/anchors.ts';
import {
  genesis,
  type Head,
  headText,
  prunedFault,
  readHead,
  tailFault,
} from '../../../src/adapters/postgres/audit/chain.ts';
import { checkpointEntry, prunedBy } from '../../../src/adapters/postgres/audit/checkpoint.ts';
import { noon } from '../../fixtures/facts.ts';
import { sha256 } from '../../support/sha256.ts';

/* What heads that were noted elsewhere say of a chain that is in order by itself. */

const hash = (seq: number) => sha256(String(seq));
const head = (seq: number): Head => ({ seq, hash: hash(seq) });
const forged = (seq: number): Head => ({ seq, hash: sha256('forged') });

describe('a head as people keep it', () => {
  test('is read as it is written', () => {
    expect(readHead(headText(head(12)))).toEqual(head(12));
    expect(headText(genesis)).toBe(`0:${'0'.repeat(64)}`);
  });

  test.each([
    ['', 'nothing'],
    [hash(1), 'no number'],
    [`1:${hash(1).slice(1)}`, 'a short hash'],
    [`1:${hash(1)}0`, 'a long hash'],
    [`1:${'G'.repeat(64)}`, 'what is not hex'],
    [` 1:${hash(1)}`, 'a blank before it'],
    [`1:${hash(1)}\n`, 'a line after it'],
    [`${'1'.repeat(16)}:${hash(1)}`, 'a number that is too long'],
    [`-1:${hash(1)}`, 'a number below nothing'],
  ])('is none in %j: %s', (text) => {
    expect(readHead(text)).toBeUndefined();
  });
});

test.each<[number, Head | undefined, number | undefined]>([
  [5, undefined, undefined],
  [5, head(4), undefined],
  [5, head(5), undefined],
  [5, head(6), 6],
])('a tail that ends at line %i against %j', (last, expected, seq) => {
  const sentence = 'the tail was cut off: line 6 was there once';
  expect(tailFault(head(last), expected)).toEqual(
    seq === undefined ? undefined : { kind: 'broken', seq, sentence },
  );
});

const another = 'line 5 is not the one that the head names';
const pruned =
  'line 4, which the head names, was pruned: check it against an export, and this with a later head';
test.each<[string, Head | undefined, string | undefined]>([
  ['no head', undefined, undefined],
  ['a later one', head(6), undefined],
  ['the one that it begins after', head(5), undefined],
  ['another of that line', forged(5), another],
  ['one of a line that was pruned', head(4), pruned],
  ['one of such a line with the hash of the next', { seq: 4, hash: hash(5) }, pruned],
])('a chain that begins after line 5 against %s', (_name, expected, sentence) => {
  expect(prunedFault(head(5), expected)).toEqual(
    sentence === undefined ? undefined : { kind: 'broken', seq: expected?.seq, sentence },
  );
});

describe('anchors', () => {
  const hashes = new Map([3, 4, 5].map((seq) => [seq, hash(seq)]));
  const none = 'no anchor names a line after 2: nothing shows that no line was cut off';
  test.each<[string, readonly Head[], number | undefined, string]>([
    ['of lines that are there', [head(3), head(5)], undefined, ''],
    ['of the last line alone', [head(5)], undefined, ''],
    ['of lines that were pruned beside one', [forged(1), forged(2), head(4)], undefined, ''],
    ['of lines that were pruned alone', [head(1), head(2)], 3, none],
    ['and there are none', [], 3, none],
    [
      'of a line that was written anew',
      [head(3), forged(4)],
      4,
      'line 4 is not the one that an anchor names',
    ],
    ['of the last line, written anew', [forged(5)], 5, 'line 5 is not the one that an anchor names'],
    ['of a line that is gone', [head(5), head(6)], 6, 'the tail was cut off: an anchor names line 6'],
  ])('%s', (_name, anchors, seq, sentence) => {
    expect(anchorFault({ kind: 'intact', head: head(5), from: head(2) }, anchors, hashes)).toEqual(
      seq === undefined ? undefined : { kind: 'broken', seq, sentence },
    );
  });

  test('of a chain from its beginning', () => {
    expect(anchorFault({ kind: 'intact', head: head(5) }, [head(3)], hashes)).toBeUndefined();
    expect(anchorFault({ kind: 'intact', head: head(5) }, [], hashes)).toMatchObject({ seq: 1 });
  });
});

describe('a checkpoint', () => {
  const said = (from: Head, to: Head, seq = 9) => prunedBy({ seq, from: headText(from), to: headText(to) });

  test('says which lines were pruned before it', () => {
    const entry = checkpointEntry({ from: head(2), to: head(8) }, noon, sha256);
    expect(prunedBy({ seq: 9, from: entry.from, to: entry.to })).toEqual({ from: head(2), to: head(8) });
    expect(entry).toEqual({
      ...{ kind: 'checkpoint', event: 'checkpoint', remediation: null, version: null, actor: null },
      ...{ from: headText(head(2)), to: headText(head(8)), at: noon },
      dataDigest: sha256(`${headText(head(2))} ${headText(head(8))}`),
    });
  });

  test.each([
    ['that ends where it begins', said(head(8), head(8))],
    ['that ends before it begins', said(head(8), head(2))],
    ['that ends with itself', said(head(2), head(9))],
    ['that ends after itself', said(head(2), head(10))],
    ['without a beginning', prunedBy({ seq: 9, from: null, to: headText(head(8)) })],
    ['that begins with no head', prunedBy({ seq: 9, from: 'x', to: headText(head(8)) })],
    ['that ends with no head', prunedBy({ seq: 9, from: headText(head(2)), to: 'x' })],
  ])('%s says nothing', (_name, found) => {
    expect(found).toBeUndefined();
  });
});
