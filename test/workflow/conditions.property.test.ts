import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { Verb } from '../../src/domain/action.ts';
import type { ConstraintName } from '../../src/domain/constraints/constraint.ts';
import { type Asked, notKnown } from '../../src/domain/constraints/readings.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import { conditionsBefore } from '../../src/workflow/approval/conditions.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig, strictPolicy } from '../fixtures/rig.ts';
import { casesOf } from '../support/cases.ts';
import {
  answers,
  approvedRow,
  constrained,
  contextAt,
  judged,
  memberOf,
  planned,
  without,
} from './breaking.ts';

/* For every verb and every kind of constraint, on facts of any shape: broken before the first write, nothing is written. */

const signal = () => new AbortController().signal;

const unread: Cluster['read'] = async (asked: readonly Asked[]) =>
  asked.map(({ kind }) => ({ kind, reading: notKnown('It timed out.') }));

test('on the very facts that it was judged on, every constraint holds, and nothing more is read', async () => {
  await fc.assert(
    fc.asyncProperty(constrained, async (situation) => {
      const { spec } = judged(situation);
      if (spec.tier === 'blocked') return;
      const gathered = { members: [memberOf(situation)], policy: strictPolicy };
      const cluster = { ...createRig().context.cluster, read: unread };
      const found = await conditionsBefore({ cluster }, spec.constraints, gathered, signal());
      expect({ ...found, constraints: spec.constraints }).toMatchObject({ broken: [], unknown: [] });
    }),
    { numRuns: casesOf(20_000) },
  );
});

/** What the gate comes to; one that looks once more has its second look. */
async function gateOf(context: WorkflowContext, row: RemediationIn<'approved'>) {
  const moved = await performed(context, row, 0, signal());
  return moved?.next.state === 'approved' ? performed(context, moved.next, 0, signal()) : moved;
}

/** The verbs whose specs may have a constraint of each kind. */
const ofPods = ['delete pod', 'label', 'drain', 'taint', 'autoscale', 'scale'] as const;
const ofRollouts = [
  ...(['rollout restart', 'rollout undo', 'rollout resume', 'set image', 'set env'] as const),
  'set resources',
] as const;
const attached: Readonly<Record<ConstraintName, readonly Verb[]>> = {
  outside_production: [
    ...(['label', 'annotate', 'autoscale', 'scale', 'delete pod', 'patch', 'rollout pause'] as const),
    ...(['create job', 'delete job', 'suspend', 'resume'] as const),
    ...ofRollouts,
  ],
  scale_to_zero: ['scale'],
  minimum_replicas: ['scale', ...ofRollouts],
  snapshot_required: ['delete pod', 'drain', 'taint', 'scale', 'rollout undo', 'rollout restart'],
  previous_revision: ['rollout undo'],
  ready_pods: [...ofPods, ...ofRollouts],
  ready_endpoints: [...ofPods, ...ofRollouts],
  disruption_budget: [...ofPods, ...ofRollouts],
};

/** All cells when all cases are run; a twentieth of them meets the common ones. */
function expectMet(met: ReadonlySet<string>): void {
  const cells = Object.entries(attached).flatMap(([kind, verbs]) => verbs.map((verb) => `${kind}: ${verb}`));
  const missed = cells.filter((cell) => !met.has(cell));
  if (inject('everyCase')) expect(missed).toEqual([]);
  else expect(missed.length).toBeLessThan(cells.length / 3);
}

test('each kind, broken between the card and the gate: no way to a write, whatever the verb', async () => {
  const met = new Set<string>();
  let superseded = 0;
  await fc.assert(
    fc.asyncProperty(constrained, async (situation) => {
      const row = approvedRow(situation);
      if (row.spec.tier === 'blocked') return;
      for (const constraint of row.spec.constraints) {
        const { kind } = constraint;
        // At zero there is nothing to lose.
        if (constraint.kind === 'minimum_replicas' && constraint.from === 0) continue;
        const lost = without(kind, situation);
        const context = contextAt({ facts: lost, digest: row.digest }, kind !== 'snapshot_required', {
          read: answers(0),
        });
        const moved = await gateOf(context, row);
        expect({ kind, next: moved?.next.state }).not.toEqual({ kind, next: 'executing' });
        met.add(`${kind}: ${row.action.verb}`);
        if (moved?.next.state === 'superseded') {
          superseded += 1;
          continue;
        }
        // What makes no sense any more is refused in its own words.
        expect(moved?.next.state).toBe('failed');
      }
    }),
    { numRuns: casesOf(12_000) },
  );
  expect(superseded).toBeGreaterThan(100);
  expectMet(met);
});

test('each kind, broken between the gate and the first write: nothing is sent', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(constrained, async (situation) => {
      const { approvedAt: _approvedAt, ...row } = approvedRow(situation);
      if (row.spec.tier === 'blocked') return;
      for (const constraint of row.spec.constraints) {
        const { kind } = constraint;
        if (constraint.kind === 'minimum_replicas' && constraint.from === 0) continue;
        const executing: RemediationIn<'executing'> = {
          ...row,
          state: 'executing',
          plan: planned,
          startedAt: row.updatedAt,
        };
        const sent: string[] = [];
        const context = contextAt(
          { facts: without(kind, situation), digest: row.digest },
          kind !== 'snapshot_required',
          {
            read: answers(0),
            apply: async ({ sentence }) => {
              sent.push(sentence);
              return { kind: 'applied', result: { sentence, alreadyDone: false, warnings: [] } };
            },
            dryRun: async () => ({ kind: 'accepted', sentence: 'It would be taken.', warnings: [] }),
          },
        );
        const held = await performed(context, executing, 0, signal());
        const ended = held && (await performed(context, held.next, 0, signal()));
        expect({ kind, sent }).toEqual({ kind, sent: [] });
        expect(ended?.next).toMatchObject({ state: 'failed', stage: 'execution' });
        expect(ended?.next).not.toHaveProperty('verdict');
        expect(ended?.next.state === 'failed' && ended.next.failure).toContain(constraint.sentence);
        met.add(`${kind}: ${row.action.verb}`);
      }
    }),
    { numRuns: casesOf(12_000) },
  );
  expectMet(met);
});
