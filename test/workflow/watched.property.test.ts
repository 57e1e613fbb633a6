import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { Verb } from '../../src/domain/action.ts';
import type { Constraint, ConstraintName } from '../../src/domain/constraints/constraint.ts';
import { isWatched } from '../../src/domain/constraints/kinds.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import type { Sample, Verdict } from '../../src/domain/verdict.ts';
import { conclude } from '../../src/stages/verify/conclude.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { idealObservation } from '../fixtures/ideal.ts';
import { performed } from '../fixtures/performed.ts';
import { strictPolicy } from '../fixtures/rig.ts';
import { casesOf } from '../support/cases.ts';
import { answers, approvedRow, constrained, contextAt, planned, type Situation } from './breaking.ts';

/* For every verb and every kind of constraint that is watched, on facts of any shape: broken once the change has begun. */

const signal = () => new AbortController().signal;
const watchedKinds = ['disruption_budget', 'minimum_replicas', 'ready_endpoints', 'ready_pods'];

const watchedOf = (constraints: readonly Constraint[]) => constraints.filter(isWatched);

/** Nothing of what it wants is there; who wants fewer pods may have fewer, so that only the replicas are told. */
const nothingFor = ({ kind }: Constraint): Cluster['read'] =>
  kind === 'minimum_replicas' ? answers(99, 0) : answers(0, 99);

test('broken when the change is half done: nothing more is sent, and it is not verified', async () => {
  const kinds = new Set<ConstraintName>();
  await fc.assert(
    fc.asyncProperty(constrained, async (situation) => {
      const { approvedAt: _approvedAt, ...row } = approvedRow(situation);
      const results = [{ sentence: 'Done.', alreadyDone: false, warnings: [] }];
      for (const constraint of watchedOf(row.spec.constraints)) {
        kinds.add(constraint.kind);
        const executing: RemediationIn<'executing'> = {
          ...row,
          state: 'executing',
          spec: { ...row.spec, constraints: [constraint] },
          plan: planned,
          startedAt: noon,
          results,
        };
        const sent: string[] = [];
        const apply: Cluster['apply'] = async ({ sentence }) => {
          sent.push(sentence);
          return { kind: 'applied', result: { sentence, alreadyDone: false, warnings: [] } };
        };
        const context = contextAt(row, true, { apply, read: nothingFor(constraint) });
        const held = await performed(context, executing, 0, signal());
        if (held?.next.state !== 'executing') throw new Error(`it is ${held?.next.state}`);
        const ended = await performed(context, held.next, 0, signal());
        expect(ended?.next).toMatchObject({
          ...{ state: 'failed', stage: 'execution' },
          verdict: { result: 'not_verified', sentence: expect.stringContaining(constraint.sentence) },
        });
        expect(ended?.next.state === 'failed' && ended.next.failure).toContain(constraint.sentence);
        expect(sent).toEqual([]);
      }
    }),
    { numRuns: casesOf(6_000) },
  );
  expect([...kinds].sort()).toEqual(watchedKinds);
});

/** Looks until there is a verdict. */
async function verdictOf(context: WorkflowContext, row: RemediationIn<'verifying'>): Promise<Verdict> {
  let verifying = row;
  for (let looks = 0; looks < 20; looks += 1) {
    const moved = await performed(context, verifying, 0, signal());
    if (moved?.next.state === 'learning') return moved.next.verdict;
    if (moved?.next.state !== 'verifying') throw new Error(`it is ${moved?.next.state}`);
    verifying = moved.next;
  }
  throw new Error('it comes to no verdict');
}

/** The change is made, and everything is seen as it was to be; only the constraints are another matter. */
function verifying({ action, facts }: Situation, constraints: readonly Constraint[]) {
  const { approvedAt: _approvedAt, ...row } = approvedRow({ action, facts });
  const next: RemediationIn<'verifying'> = {
    ...row,
    state: 'verifying',
    spec: { ...row.spec, constraints: [...constraints] },
    plan: planned,
    startedAt: noon,
    results: planned.calls.map(({ sentence }) => ({ sentence, alreadyDone: false, warnings: [] })),
    appliedAt: noon,
    samples: [],
  };
  const seeing = (read: Cluster['read']) =>
    contextAt(row, true, { read, observe: async () => idealObservation(action, facts) });
  return { next, seeing };
}

test('broken while it is verified: never verified, and the verdict names it', async () => {
  const verified = new Set<string>();
  const named = new Set<string>();
  await fc.assert(
    fc.asyncProperty(constrained, async (situation) => {
      const { spec, action } = approvedRow(situation);
      for (const constraint of watchedOf(spec.constraints)) {
        const { next, seeing } = verifying(situation, [constraint]);
        const cell = `${constraint.kind}: ${action.verb}`;
        const broken = await verdictOf(seeing(nothingFor(constraint)), next);
        expect({ cell, result: broken.result }).not.toEqual({ cell, result: 'verified' });
        const kept = await verdictOf(seeing(answers(99, 99)), next);
        if (kept.result !== 'verified') continue;
        // It would be verified but for the constraint.
        expect(broken.result).toBe('not_verified');
        expect(broken.sentence).toContain(constraint.sentence);
        verified.add(cell);
        named.add(constraint.kind);
      }
    }),
    { numRuns: Math.max(600, casesOf(6_000)) },
  );
  expect([...named].sort()).toEqual(watchedKinds);
  const missed = cells.filter((cell) => !verified.has(cell));
  if (inject('everyCase')) expect(missed).toEqual([]);
  else expect(missed.length).toBeLessThan(cells.length / 3);
});

/** What would be verified of each verb, but for each kind that it may have. */
const rollouts: readonly Verb[] = [
  ...(['rollout restart', 'rollout undo', 'rollout resume', 'set image', 'set env'] as const),
  'set resources',
];
const others: readonly Verb[] = ['delete pod', 'label', 'drain', 'taint', 'scale'];
const cells = [
  ...watchedKinds.flatMap((kind) => rollouts.map((verb) => `${kind}: ${verb}`)),
  ...watchedKinds
    .filter((kind) => kind !== 'minimum_replicas')
    .flatMap((kind) => others.map((verb) => `${kind}: ${verb}`)),
  'minimum_replicas: scale',
];

const sample: fc.Arbitrary<Sample> = fc
  .record({ grade: fc.constantFrom('good', 'bad', 'pending', 'error'), broken: fc.boolean() })
  .map(({ grade, broken }) => ({
    at: noon,
    grade: broken && grade === 'good' ? 'pending' : grade,
    sentence: grade,
    ...(broken ? { broken: 'It has 1.' } : {}),
  }));

test('no history of checks is verified while its last checks found a constraint broken', () => {
  const plan = strictPolicy.verification;
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 12 }), fc.nat(400), (samples, seconds) => {
      const now = new Date(Date.parse(noon) + seconds * 1000).toISOString();
      const next = conclude({ plan, samples, appliedAt: noon, now });
      if (next.kind !== 'verdict' || next.verdict.result !== 'verified') return;
      expect(samples.slice(-plan.goodSamples).every(({ broken }) => broken === undefined)).toBe(true);
    }),
    { numRuns: casesOf(20_000) },
  );
});
