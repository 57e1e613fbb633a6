import { describe, expect, test } from 'vitest';
import { chain, type Entry, genesis } from '../../../src/adapters/postgres/audit/chain.ts';
import { type TextsOptions, verifyTexts } from '../../../src/adapters/postgres/audit/texts.ts';
import { exportedLine } from '../../fixtures/exported-line.ts';
import { noon } from '../../fixtures/facts.ts';
import { sha256 } from '../../support/sha256.ts';

/* Lines as they are exported; changed in a thousand ways in `audit-texts.property.test.ts`. */

const plain: Entry = {
  ...{ kind: 'move', remediation: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002', version: 0, actor: null },
  ...{ event: 'evaluated', from: 'requested', to: 'evaluated', dataDigest: sha256('x'), at: noon },
};
const vote: Entry = { ...plain, kind: 'vote', event: 'approve', actor: 'U0ANN', from: null };
const policyChange: Entry = { ...plain, kind: 'policy', remediation: null, version: null };

const verify = (texts: readonly string[], more: Partial<TextsOptions> = {}) =>
  verifyTexts(texts, { expected: undefined, sha256, start: genesis, ...more });

const lines = chain([plain, vote, policyChange, { ...plain, version: 1 }, vote], genesis, sha256);
const texts = lines.map(exportedLine);
const headAt = (seq: number) => ({ seq, hash: lines[seq - 1]?.hash ?? genesis.hash });
const other = 'f'.repeat(64);

describe('is intact', () => {
  test.each<[string, Entry]>([
    ['a move', plain],
    ['a move with a person', { ...plain, actor: 'U0ANN' }],
    ['a vote', vote],
    ['a change of the policy', policyChange],
    ['what JSON escapes', { ...plain, event: 'say "no"', to: 'a\\b' }],
    ['the name of a key', { ...plain, event: ',"to":', from: ',"event":' }],
  ])('%s', (_name, entry) => {
    const [line] = chain([entry], genesis, sha256);
    expect(verify(line === undefined ? [] : [exportedLine(line)])).toEqual({
      kind: 'intact',
      head: { seq: 1, hash: line?.hash },
    });
  });

  test('what says the same in another order, or with blanks', () => {
    const again = texts.map((text) =>
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed())),
    );
    expect(verify(again)).toEqual({ kind: 'intact', head: headAt(5) });
    expect(verify(texts.map((text) => text.replaceAll(',"', ', "')))).toEqual({
      kind: 'intact',
      head: headAt(5),
    });
  });

  test('a part of a chain after the line that it goes on from, and each of its lines is told', () => {
    const seen: unknown[] = [];
    const onLine: TextsOptions['onLine'] = (line) => seen.push(line);
    const slow = texts.with(3, (texts[3] ?? '').replace(',"', ', "'));
    expect(verify(slow.slice(2), { start: headAt(2), onLine })).toEqual({ kind: 'intact', head: headAt(5) });
    expect(seen).toEqual([headAt(3), headAt(4), headAt(5)]);
  });

  test('nothing, which ends where it begins', () => {
    expect(verify([], { start: headAt(2) })).toEqual({ kind: 'intact', head: headAt(2) });
  });

  test('the head that is expected, and one that is still to come', () => {
    for (const expected of [headAt(4), headAt(5), { seq: 6, hash: other }])
      expect(verify(texts, { expected })).toEqual({ kind: 'intact', head: headAt(5) });
  });
});

describe('is found', () => {
  test('any character that was changed or left out', () => {
    const [, text = '', ...rest] = texts;
    for (const at of [...text].keys())
      for (const put of ['0', ' ', '"', ''])
        if (text[at] !== put)
          expect(
            verify([texts[0] ?? '', `${text.slice(0, at)}${put}${text.slice(at + 1)}`, ...rest]).kind,
            `${put} for character ${at}`,
          ).not.toBe('intact');
  });

  test.each([
    ['a line that is missing', texts.toSpliced(1, 1), 2, 'line 2 is missing: line 3 follows line 1'],
    [
      'a line that stands there twice',
      texts.toSpliced(1, 0, texts[0] ?? ''),
      2,
      'stands there twice or too late',
    ],
    ['a first line that is missing', texts.slice(1), 1, 'line 1 is missing'],
    [
      'an edited line',
      texts.with(1, (texts[1] ?? '').replace('U0ANN', 'U0BEN')),
      2,
      'its hash does not fit its fields',
    ],
    ['a line hashed anew', forgedAt(2), 3, 'line 3 does not name the hash of line 2'],
  ])('%s', (_name, tampered, seq, sentence) => {
    expect(verify(tampered)).toEqual({ kind: 'broken', seq, sentence: expect.stringContaining(sentence) });
  });

  test.each([
    ['of the first line', 1],
    ['of a line between', 3],
    ['of the last line', 5],
  ])('another hash than the expected one %s', (_name, seq) => {
    const sentence = `line ${seq} is not the one that the head names`;
    expect(verify(texts, { expected: { seq, hash: other } })).toEqual({ kind: 'broken', seq, sentence });
  });

  test('what is no line, after the last that is one', () => {
    expect(verify(texts.toSpliced(2, 1, 'nothing'))).toEqual({ kind: 'unread', head: headAt(2) });
    expect(verify(['{}'])).toEqual({ kind: 'unread', head: genesis });
  });
});

/** The chain with one line that says another thing, under a hash that fits it. */
function forgedAt(seq: number): readonly string[] {
  const [forged] = chain([{ ...vote, actor: 'U0BEN' }], headAt(seq - 1), sha256);
  return forged === undefined ? [] : texts.with(seq - 1, exportedLine(forged));
}
