import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chain, type Entry, genesis } from '../../src/adapters/postgres/audit/chain.ts';
import { checkpointEntry } from '../../src/adapters/postgres/audit/checkpoint.ts';
import { verifyFile } from '../../src/cli/audit-file.ts';
import { exportedLine } from '../fixtures/exported-line.ts';
import { noon } from '../fixtures/facts.ts';
import { sha256 } from '../support/sha256.ts';

/* An export of the audit chain is checked without a database. */

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
  file = join(folder, 'audit.jsonl');
});
afterAll(() => rm(folder, { recursive: true }));

const events = ['evaluated', 'say "no"', 'back\\slash', 'line\nbreak', 'grün ✓ 🔥', '\u007f', ''];
const entries = Array.from(
  { length: 40 },
  (_, n): Entry => ({
    kind: n % 3 === 0 ? 'vote' : 'move',
    remediation: n % 5 === 0 ? null : '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002',
    version: n % 7 === 0 ? null : n,
    event: events[n % events.length] ?? '',
    from: n % 2 === 0 ? null : 'requested',
    to: 'evaluated',
    actor: n % 3 === 0 ? 'U0ALICE' : null,
    dataDigest: sha256(String(n)),
    at: noon,
  }),
);
const lines = chain(entries, genesis, sha256);
const exported = (of: typeof lines) => of.map((line) => `${exportedLine(line)}\n`).join('');
const text = exported(lines);
const head = { seq: 40, hash: lines.at(-1)?.hash ?? '' };

async function verified(content: string, anchors?: readonly { seq: number; hash: string }[]) {
  await writeFile(file, content);
  return verifyFile(file, head, sha256, anchors);
}

test('it is intact as it was written, whatever is in its texts', async () => {
  expect(await verified(text)).toEqual({ kind: 'intact', head });
});

test('an empty file is no intact chain, whatever is known of its head', async () => {
  await writeFile(file, '');
  expect(await verifyFile(file, undefined, sha256)).toMatchObject({
    kind: 'broken',
    sentence: expect.stringContaining('has no line'),
  });
});

test('an edit of any one character, a cut at any place and a missing line are found', async () => {
  const places = fc.record({ at: fc.nat(text.length - 2), put: fc.constantFrom(...'a0"}\\ n,\n') });
  await fc.assert(
    fc.asyncProperty(places, async ({ at, put }) => {
      if (text[at] === put) return;
      expect((await verified(`${text.slice(0, at)}${put}${text.slice(at + 1)}`)).kind).toBe('broken');
      expect((await verified(text.slice(0, at))).kind).toBe('broken');
      expect((await verified(exported(lines.filter(({ seq }) => seq !== (at % 40) + 1)))).kind).toBe(
        'broken',
      );
    }),
    { numRuns: 150 },
  );
});

test('a doubled line is said to be one, and where', async () => {
  const doubled = exported([...lines.slice(0, 7), ...lines.slice(6)]);
  const sentence = 'line 7 stands there twice or too late: it follows line 7';
  expect(await verified(doubled)).toEqual({ kind: 'broken', seq: 8, sentence });
});

test('one that does not begin with the first line needs a checkpoint that names the line before', async () => {
  const to = { seq: 10, hash: lines[9]?.hash ?? '' };
  const said = (named: typeof to) =>
    exported([
      ...lines.slice(10),
      ...chain([checkpointEntry({ from: genesis, to: named }, noon, sha256)], head, sha256),
    ]);
  expect(await verified(said(to))).toMatchObject({ kind: 'intact', from: to });
  expect(await verified(said({ ...to, hash: 'e'.repeat(64) }))).toMatchObject({ kind: 'broken' });
  expect(await verified(said({ ...to, seq: 9 }))).toMatchObject({ kind: 'broken' });
  expect(await verified(said({ seq: 20, hash: 'e'.repeat(64) }))).toMatchObject({ kind: 'broken' });
  expect(await verified(exported(lines.slice(10)))).toMatchObject({ kind: 'broken', seq: 1 });
});

test('it is held against each anchor', async () => {
  const anchorAt = (seq: number) => ({ seq, hash: lines[seq - 1]?.hash ?? '' });
  expect(await verified(text, [anchorAt(3), anchorAt(40)])).toMatchObject({ kind: 'intact' });
  expect(await verified(text, [{ ...anchorAt(3), hash: 'e'.repeat(64) }])).toMatchObject({ seq: 3 });
  expect(await verified(text, [{ seq: 41, hash: head.hash }])).toMatchObject({ kind: 'broken', seq: 41 });
});
