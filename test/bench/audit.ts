import { hash } from 'node:crypto';
import { chain, genesis } from '../../src/adapters/postgres/audit/chain.ts';
import { verifyTexts } from '../../src/adapters/postgres/audit/texts.ts';
import { exportedLine } from '../fixtures/exported-line.ts';
import { alternate, type Contestant, compare, type Effort } from './rounds.ts';
import type { Row } from './table.ts';

/** As many as are read from a database at a time. */
const count = 20_000;

const sha256 = (text: string): string => hash('sha256', text);

/** Lines of the audit chain checked in a second, as `firebreak audit verify` does, beside nothing but the hashing of them. */
export async function measureAudit(effort: Effort): Promise<readonly Row[]> {
  const exported = texts().join('\n');
  const ours = over((lines) => {
    const verified = verifyTexts(lines, { expected: undefined, sha256, start: genesis });
    if (verified.kind !== 'intact') throw new Error('The chain of the bench does not hang together.');
  });
  const reference = over((lines) => {
    for (const line of lines) sha256(line);
  });
  const rounds = await alternate({ ours: ours(exported), reference: reference(exported) }, effort);
  return [
    {
      measure: 'audit lines verified',
      unit: '/s',
      reference: 'bare SHA-256',
      compared: compare(rounds, 'perSecond'),
      good: 'large',
      gate: 0.25,
      goal: 0.33,
    },
  ];
}

const over =
  (work: (lines: readonly string[]) => void) =>
  (exported: string): Contestant => ({
    burst: async (seconds) => {
      const began = performance.now();
      let done = 0;
      for (; performance.now() < began + seconds * 1000; done += count) work(exported.split('\n'));
      return { perSecond: done / ((performance.now() - began) / 1000) };
    },
  });

function texts(): readonly string[] {
  const states = ['requested', 'evaluated', 'waiting', 'approved', 'executing', 'verifying', 'learning'];
  const entries = Array.from({ length: count }, (_, index) => {
    const [from = '', to = ''] = [states[index % 7], states[(index + 1) % 7]];
    const vote = index % 9 === 3;
    return {
      kind: vote ? ('vote' as const) : ('move' as const),
      actor: vote ? 'U0123456789' : null,
      remediation: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002',
      version: index % 9,
      event: to,
      from,
      to,
      dataDigest: sha256(String(index)),
      at: '2026-03-01T12:00:00.000Z',
    };
  });
  return chain(entries, genesis, sha256).map(exportedLine);
}
