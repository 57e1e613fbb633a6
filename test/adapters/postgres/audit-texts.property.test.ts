import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorFault } from '../../../src/adapters/postgres/audit/anchors.ts';
import {
  chain,
  type Entry,
  genesis,
  type Head,
  lineKinds,
  tailFault,
} from '../../../src/adapters/postgres/audit/chain.ts';
import { verifyTexts } from '../../../src/adapters/postgres/audit/texts.ts';
import { exportedLine } from '../../fixtures/exported-line.ts';
import { noon } from '../../fixtures/facts.ts';
import { sha256 } from '../../support/sha256.ts';

/* Lines as they are exported, changed in every way that somebody could think of; and as they are, whatever is in them. */

const word = fc.oneof(
  fc.constantFrom('evaluated', 'waiting', '","to":"', 'a\\b', '\u2028', 'Grüße'),
  fc.string(),
);
const maybe = fc.option(word, { nil: null });
const entry: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom(...lineKinds),
  remediation: fc.option(fc.uuid(), { nil: null }),
  version: fc.option(fc.nat(), { nil: null }),
  event: word,
  from: maybe,
  to: word,
  actor: maybe,
  dataDigest: word,
  at: fc.constant(noon),
});

const verify = (texts: readonly string[], expected?: Head) =>
  verifyTexts(texts, { expected, sha256, start: genesis });

test('what is written is intact, whatever it says', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), (entries) => {
      const lines = chain(entries, genesis, sha256);
      const last = lines.at(-1) ?? genesis;
      const head = { seq: last.seq, hash: last.hash };
      expect(verify(lines.map(exportedLine), head)).toEqual({ kind: 'intact', head });
    }),
  );
});

const plain: Entry = {
  kind: 'move',
  actor: null,
  remediation: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002',
  version: 0,
  event: 'evaluated',
  from: 'requested',
  to: 'evaluated',
  dataDigest: sha256('x'),
  at: noon,
};
const lines = chain(
  Array.from({ length: 60 }, (_, version) =>
    version % 5 === 4
      ? { ...plain, version, kind: 'vote', event: 'approve', actor: 'U0ANN' }
      : { ...plain, version },
  ),
  genesis,
  sha256,
);
const texts = lines.map(exportedLine);
const last = lines.at(-1) ?? genesis;
const head: Head = { seq: last.seq, hash: last.hash };

/** As `firebreak audit verify` goes about it, with the head that was noted outside. */
function isFound(tampered: readonly string[]): boolean {
  const verified = verify(tampered, head);
  if (verified.kind !== 'intact') return true;
  return (
    (tailFault(verified.head, head) ??
      anchorFault(verified, [head], new Map([[head.seq, verified.head.hash]]))) !== undefined
  );
}

const place = fc.nat({ max: texts.length - 1 });
const at = (index: number) => texts[index] ?? '';

/** Each gives lines that are not the chain. */
const tampering = fc.oneof(
  fc
    .record({
      how: fc.constant('a character changed'),
      place,
      to: fc.string({ minLength: 1, maxLength: 1 }),
      offset: fc.nat({ max: 400 }),
    })
    .map(({ place: index, to, offset }) => {
      const text = at(index);
      const where = offset % text.length;
      return texts.with(index, `${text.slice(0, where)}${to}${text.slice(where + 1)}`);
    }),
  fc
    .record({ place, many: fc.integer({ min: 1, max: 9 }) })
    .map(({ place: index, many }) => texts.toSpliced(index, many)),
  fc.record({ a: place, b: place }).map(({ a, b }) => texts.with(a, at(b)).with(b, at(a))),
  fc.nat({ max: texts.length - 1 }).map((kept) => texts.slice(0, kept)),
  fc.record({ place, forged: entry }).map(({ place: index, forged }) => {
    const before = lines[index - 1] ?? genesis;
    return [
      ...texts.slice(0, index),
      ...chain([forged, ...lines.slice(index + 1)], { seq: before.seq, hash: before.hash }, sha256).map(
        exportedLine,
      ),
    ];
  }),
  entry.map((forged) => [
    ...texts,
    exportedLine({ ...forged, seq: head.seq + 1, prev: head.hash, hash: sha256(forged.event) }),
  ]),
  fc.record({ place, extra: place }).map(({ place: index, extra }) => texts.toSpliced(index, 0, at(extra))),
);

test('of 1,000 edits, deletions, swaps, truncations and forgeries, 1,000 are found', () => {
  let tried = 0;
  fc.assert(
    fc.property(tampering, (tampered) => {
      fc.pre(tampered.join('\n') !== texts.join('\n'));
      tried += 1;
      expect(isFound(tampered)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  expect(tried).toBeGreaterThanOrEqual(1_000);
});
