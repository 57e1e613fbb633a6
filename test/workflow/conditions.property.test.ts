import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { Constraint, ConstraintName } from '../../src/domain/constraints/constraint.ts';
import { isWatched } from '../../src/domain/constraints/kinds.ts';
import { type Answered, type Asked, known, notKnown } from '../../src/domain/constraints/readings.ts';
import type { Facts, NodeSubject } from '../../src/domain/facts/facts.ts';
import { type Policy, policy as policySchema } from '../../src/domain/policy/policy.ts';
import { type RemediationIn, remediation } from '../../src/domain/remediation.ts';
import { canonicalJson } from '../../src/domain/text/json.ts';
import type { Sample, Verdict } from '../../src/domain/verdict.ts';
import { bindingOfAll, evaluateRequest } from '../../src/stages/evaluate/request.ts';
import { conclude } from '../../src/stages/verify/conclude.ts';
import { conditionsBefore } from '../../src/workflow/approval/conditions.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { perform } from '../../src/workflow/lifecycle/perform.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import { situations } from '../fixtures/arbitrary.ts';
import { dependents, deploymentFacts, noon, restartOf, scaleTo, specId, undoOf } from '../fixtures/facts.ts';
import { uid as observedUid, seen } from '../fixtures/observation.ts';
import { createRig, strictPolicy } from '../fixtures/rig.ts';
import { casesOf } from '../support/cases.ts';

/* For every verb and every kind of constraint, on facts of any shape. */

interface Situation {
  readonly action: Action;
  readonly facts: Facts;
}

/** One pod at a time, behind a Service and a budget. */
const rolling = deploymentFacts(
  { strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 1, partition: 0 } },
  {
    neighbourhood: dependents({
      services: [{ name: 'web', ready: 3, own: 3 }],
      budgets: [{ name: 'web', healthy: 3, desired: 1, allowed: 2 }],
    }),
  },
);

/** Names are used once in a namespace. */
const possible = situations.filter(({ facts: { subject, neighbourhood } }) => {
  const node: Partial<NodeSubject> = subject.kind === 'node' ? subject : {};
  const lists: readonly (readonly { readonly name: string; readonly namespace?: string }[])[] = [
    neighbourhood?.services ?? [],
    neighbourhood?.budgets ?? [],
    node.budgets ?? [],
    (node.owners ?? []).map(({ namespace, owner }) => ({ namespace, name: owner })),
  ];
  return lists.every((list) => {
    const names = list.map(({ name, namespace = '' }) => `${namespace}/${name}`);
    return new Set(names).size === names.length;
  });
});

const judged = ({ action, facts }: Situation, policy: Policy = strictPolicy) =>
  evaluateRequest({ id: specId, now: noon, request: action, members: [{ action, facts }], policy });

const memberOf = ({ action, facts }: Situation) => {
  const { uid } = facts.identity;
  return { action, facts, snapshot: { uid, takenAt: noon, object: { metadata: { uid } } } };
};

/** So many ready of everything that a constraint may want. */
const answers =
  (ready: number) =>
  async (asked: readonly Asked[]): Promise<Answered[]> =>
    asked.map((each) => answerTo(each, ready));

function answerTo({ kind }: Asked, ready: number): Answered {
  switch (kind) {
    case 'pods':
      return { kind, reading: known({ ready, desired: undefined }) };
    case 'endpoints':
      return { kind, reading: known(ready) };
    case 'budget':
      return { kind, reading: known({ healthy: ready, desired: 99, allowed: ready }) };
  }
}

const unread = async (asked: readonly Asked[]): Promise<Answered[]> =>
  asked.map(({ kind }) => ({ kind, reading: notKnown('It timed out.') }));

const count = <K extends string>(counts: Map<K, number>, key: K) =>
  counts.set(key, (counts.get(key) ?? 0) + 1);
const signal = () => new AbortController().signal;

test('on the very facts that it was judged on, every constraint holds, and nothing more is read', async () => {
  await fc.assert(
    fc.asyncProperty(possible, async (situation) => {
      const { spec } = judged(situation);
      if (spec.tier === 'blocked') return;
      const gathered = { members: [memberOf(situation)], policy: strictPolicy, circumstances: { local: [] } };
      const cluster = { ...createRig().context.cluster, read: unread };
      const found = await conditionsBefore({ cluster }, spec.constraints, gathered, signal());
      expect({ ...found, constraints: spec.constraints }).toMatchObject({ broken: [], unknown: [] });
    }),
    { numRuns: casesOf(20_000) },
  );
});

/** The same object when that which a kind of constraint wants is lost. */
function without(kind: ConstraintName, { facts }: Situation): Facts {
  const { neighbourhood, namespace } = facts;
  switch (kind) {
    case 'ready_pods':
    case 'minimum_replicas':
      return { ...facts, subject: withoutPods(facts.subject) };
    case 'ready_endpoints':
      return { ...facts, ...(neighbourhood && { neighbourhood: { ...neighbourhood, services: [] } }) };
    case 'disruption_budget':
      return withoutBudgets(facts);
    case 'previous_revision':
      return facts.subject.kind === 'workload'
        ? { ...facts, subject: { ...facts.subject, revisions: [] } }
        : facts;
    case 'outside_production':
    case 'scale_to_zero':
      return { ...facts, ...(namespace && { namespace: { ...namespace, labels: { live: 'yes' } } }) };
    case 'snapshot_required':
      return facts;
  }
}

function withoutPods(subject: Facts['subject']): Facts['subject'] {
  switch (subject.kind) {
    case 'workload':
      return { ...subject, ready: 0, desired: 0, pods: [] };
    case 'pod':
      return { ...subject, ...(subject.controller && { controller: { ...subject.controller, ready: 0 } }) };
    case 'node':
      return { ...subject, owners: (subject.owners ?? []).map((each) => ({ ...each, ready: 0 })) };
    default:
      return subject;
  }
}

function withoutBudgets(facts: Facts): Facts {
  const { subject, neighbourhood } = facts;
  if (subject.kind === 'node')
    return {
      ...facts,
      subject: { ...subject, budgets: (subject.budgets ?? []).map((each) => ({ ...each, healthy: 0 })) },
    };
  const budgets = neighbourhood?.budgets.map((each) => ({ ...each, healthy: 0, allowed: 0 })) ?? [];
  return { ...facts, ...(neighbourhood && { neighbourhood: { ...neighbourhood, budgets } }) };
}

/** A label makes a namespace production: that of the facts above. */
const byLabel: Policy = policySchema.parse({
  ...strictPolicy,
  environments: { live: { match: { labels: { live: 'yes' } }, production: true } },
});

function approvedRow(situation: Situation): RemediationIn<'approved'> {
  const { action, facts } = situation;
  const all = judged(situation, byLabel);
  const digest = createRig().context.sha256(canonicalJson(bindingOfAll(all, [{ action, facts }])));
  const row = remediation.parse({
    state: 'approved',
    id: '00000000-0000-4000-8000-000000000001',
    number: 1,
    incidentId: '00000000-0000-4000-8000-000000000002',
    version: 3,
    cluster: facts.cluster,
    action,
    targetKey: 'key',
    requestedBy: { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } },
    createdAt: noon,
    updatedAt: noon,
    spec: all.spec,
    facts,
    digest,
    dryRun: { kind: 'accepted', sentence: 'It would be taken.', warnings: [] },
    showing: { kind: 'card', digest },
    approvedAt: noon,
  });
  if (row.state !== 'approved') throw new Error('not an approved row');
  return row;
}

/** The gate with enough approvals, over a cluster that is as these facts say. */
function contextAt(
  { facts, digest }: { readonly facts: Facts; readonly digest: string },
  snapshot: boolean,
  cluster: Partial<Cluster>,
): WorkflowContext {
  const { context } = createRig({ policy: () => byLabel });
  const { uid } = facts.identity;
  const object = snapshot ? { metadata: { uid } } : {};
  return {
    ...context,
    store: {
      ...context.store,
      approvals: async () =>
        ['U0ANN', 'U0BEN'].map((userId) => ({
          actor: { userId, teamId: 'T0' },
          decision: 'approve' as const,
          digest,
          at: noon,
        })),
    },
    cluster: {
      ...context.cluster,
      gather: async () => [{ kind: 'facts', facts, snapshot: { uid, takenAt: noon, object } }],
      ...cluster,
    },
  };
}

/** What the gate comes to; one that looks once more has its second look. */
async function gateOf(context: WorkflowContext, row: RemediationIn<'approved'>) {
  const moved = await perform(context, row, 0, signal());
  return moved?.next.state === 'approved' ? perform(context, moved.next, 0, signal()) : moved;
}

test('each kind, broken between the card and the gate: no way to a write, whatever the verb', async () => {
  const kinds = new Map<ConstraintName, number>();
  const verbs = new Map<string, number>();
  let superseded = 0;
  await fc.assert(
    fc.asyncProperty(possible, async (situation) => {
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
        count(kinds, kind);
        count(verbs, row.action.verb);
        if (moved?.next.state === 'superseded') {
          superseded += 1;
          continue;
        }
        // What makes no sense any more is refused in its own words.
        expect(moved?.next.state).toBe('failed');
      }
    }),
    {
      numRuns: casesOf(6_000),
      examples: [[{ action: scaleTo(0), facts: rolling }], [{ action: undoOf(), facts: rolling }]],
    },
  );
  expect(superseded).toBeGreaterThan(100);
  expect(kinds.size).toBeGreaterThan(6);
  expect(verbs.size).toBeGreaterThan(8);
});

const planned = {
  fieldManager: 'firebreak/1',
  calls: [0, 1].map((index) => ({
    kind: 'delete' as const,
    ref: { apiVersion: 'v1', resource: 'pods' as const, namespace: 'shop', name: `web-${index}` },
    uid: `uid-${index}`,
    recognise: { kind: 'gone' as const, uid: `uid-${index}` },
    sentence: 'Done.',
  })),
};

const watchedOf = (constraints: readonly Constraint[]) => constraints.filter(isWatched);

test('each kind that is watched, broken when the change is half done: nothing more is sent', async () => {
  const kinds = new Map<ConstraintName, number>();
  await fc.assert(
    fc.asyncProperty(possible, async (situation) => {
      const { approvedAt: _approvedAt, ...row } = approvedRow(situation);
      const results = [{ sentence: 'Done.', alreadyDone: false, warnings: [] }];
      for (const constraint of watchedOf(row.spec.constraints)) {
        // A budget that asks for no healthy pod is only asked before.
        if (constraint.kind === 'disruption_budget' && constraint.healthy === 0) continue;
        count(kinds, constraint.kind);
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
        const desired = constraint.kind === 'minimum_replicas' ? { ready: 0, desired: 0 } : undefined;
        const read: Cluster['read'] = async (asked) =>
          desired === undefined
            ? answers(0)(asked)
            : asked.map(() => ({ kind: 'pods', reading: known(desired) }));
        const context = contextAt(row, true, { apply, read });
        const held = await perform(context, executing, 0, signal());
        if (held?.next.state !== 'executing') throw new Error(`it is ${held?.next.state}`);
        const ended = await perform(context, held.next, 0, signal());
        expect(ended?.next).toMatchObject({ state: 'failed', stage: 'execution' });
        expect(ended?.next.state === 'failed' && ended.next.failure).toContain(constraint.sentence);
        expect(sent).toEqual([]);
      }
    }),
    { numRuns: casesOf(6_000) },
  );
  expect([...kinds.keys()].sort()).toEqual([
    'disruption_budget',
    'minimum_replicas',
    'ready_endpoints',
    'ready_pods',
  ]);
});

/** Looks until there is a verdict. */
async function verdictOf(context: WorkflowContext, row: RemediationIn<'verifying'>): Promise<Verdict> {
  let verifying = row;
  for (let looks = 0; looks < 20; looks += 1) {
    const moved = await perform(context, verifying, 0, signal());
    if (moved?.next.state === 'learning') return moved.next.verdict;
    if (moved?.next.state !== 'verifying') throw new Error(`it is ${moved?.next.state}`);
    verifying = moved.next;
  }
  throw new Error('it comes to no verdict');
}

test('each kind that is watched, broken while it is verified: never verified, and the verdict names it', async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(possible, fc.boolean(), async (situation, breaks) => {
      const { approvedAt: _approvedAt, ...row } = approvedRow(situation);
      const constraints = watchedOf(row.spec.constraints).filter(
        (each) => each.kind === 'ready_pods' || each.kind === 'ready_endpoints',
      );
      if (constraints.length === 0) return;
      const verifying: RemediationIn<'verifying'> = {
        ...row,
        state: 'verifying',
        spec: { ...row.spec, constraints },
        plan: planned,
        startedAt: noon,
        results: [0, 1].map(() => ({ sentence: 'Done.', alreadyDone: false, warnings: [] })),
        appliedAt: noon,
        samples: [],
      };
      const context = contextAt(row, true, {
        read: answers(breaks ? 0 : 99),
        observe: async () => seen({ uid: observedUid }),
      });
      const verdict = await verdictOf(context, verifying);
      count(ends, `${breaks ? 'broken' : 'kept'} ${verdict.result}`);
      if (!breaks) return;
      expect(verdict.result).not.toBe('verified');
      if (verdict.sentence.startsWith('A condition'))
        expect(verdict.sentence).toContain(constraints[0]?.sentence);
    }),
    {
      numRuns: casesOf(6_000),
      examples: [
        [{ action: restartOf(), facts: rolling }, false],
        [{ action: restartOf(), facts: rolling }, true],
      ],
    },
  );
  // The property would hold of a verification that never verifies.
  expect(ends.get('kept verified') ?? 0).toBeGreaterThan(0);
  expect(ends.get('broken not_verified') ?? 0).toBeGreaterThan(0);
});

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
