import { z } from 'zod';
import { type Action, action, targetKey } from '../../src/domain/action.ts';
import { facts } from '../../src/domain/facts/facts.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import { json } from '../../src/domain/text/json.ts';
import { type Cluster, ClusterFault } from '../../src/workflow/ports.ts';
import { linesOf } from './old-release.ts';

const snapshot = z.strictObject({ uid: z.string(), takenAt: z.string(), object: json });
const sight = z.strictObject({
  remediation: z.number(),
  members: z.array(z.strictObject({ action, facts, snapshot })),
});

/**
 * A cluster that still shows what it showed when the rows of the old release were taken. It takes every write, and
 * what became of it cannot be seen.
 */
export function unchangedCluster(rows: readonly Remediation[]): Cluster {
  const sights = linesOf('cluster.jsonl.gz').map((text) => sight.parse(JSON.parse(text)));
  const keyOf = ({ target, verb }: Action) => `${verb} ${targetKey('', target)}`;
  const all = sights.flatMap(({ members }) => members);
  const known = new Map(all.map((member) => [keyOf(member.action), member]));
  const namesFor = (number: number) =>
    sights
      .filter(({ remediation }) => remediation === number)
      .flatMap(({ members }) => members.map((member) => member.action.target.name));
  return {
    identity: async () => undefined,
    applied: async () => ({ revisions: [] }),
    name: 'sandbox',
    gather: async (actions) =>
      actions.map((asked) => {
        const member = known.get(keyOf(asked));
        if (member === undefined) return { kind: 'absent', reason: 'It was not looked at.' };
        return { kind: 'facts', facts: member.facts, snapshot: member.snapshot };
      }),
    select: async ({ selector }) => {
      const asking = rows.filter(
        ({ action: { target } }) => 'selector' in target && target.selector === selector,
      );
      return { kind: 'names', names: asking.flatMap(({ number }) => namesFor(number)) };
    },
    dryRun: async () => ({ kind: 'accepted', sentence: 'It would be taken.', warnings: [] }),
    apply: async ({ sentence }) => ({
      kind: 'applied',
      result: { sentence, alreadyDone: false, warnings: [] },
    }),
    observe: async () => {
      throw new ClusterFault('It does not answer now.');
    },
    drifted: async () => [],
    suspension: async () => ({ kind: 'impossible', reason: 'It was not looked at.' }),
    suspensionEnd: async ({ end }) => ({ kind: 'touched', call: end }),
    read: async () => {
      throw new ClusterFault('It does not answer now.');
    },
    diagnose: async () => ({ text: '' }),
    evidence: async () => ({ pods: [], images: [], changes: [], story: '', missing: [] }),
    resembling: async () => [],
    ownerOf: async () => undefined,
  };
}
