import fc from 'fast-check';
import type { Action } from '../../src/domain/action.ts';
import type { ConstraintName } from '../../src/domain/constraints/constraint.ts';
import { type Answered, type Asked, known } from '../../src/domain/constraints/readings.ts';
import type { Facts, NodeSubject } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { type Policy, policy as policySchema } from '../../src/domain/policy/policy.ts';
import { type RemediationIn, remediation } from '../../src/domain/remediation.ts';
import { canonicalJson } from '../../src/domain/text/json.ts';
import { bindingOfAll, evaluateRequest } from '../../src/stages/evaluate/request.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import { situations } from '../fixtures/arbitrary.ts';
import { steadySituations } from '../fixtures/arbitrary-steady.ts';
import { noon, specId } from '../fixtures/facts.ts';
import { createRig, strictPolicy } from '../fixtures/rig.ts';

/* Remediations on facts of any shape whose constraints break, for the properties about that. */

export interface Situation {
  readonly action: Action;
  readonly facts: Facts;
}

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

/** Half of them with everything up, so that there is something to keep. */
export const constrained = fc.oneof(possible, steadySituations);

export const judged = ({ action, facts }: Situation, policy: Policy = strictPolicy) =>
  evaluateRequest({ id: specId, now: noon, request: action, members: [{ action, facts }], policy });

export const memberOf = ({ action, facts }: Situation) => {
  const { uid } = facts.identity;
  return { action, facts, snapshot: { uid, takenAt: noon, object: { metadata: { uid } } } };
};

/** So much of everything that a constraint may want; every owner still wants as many pods as `desired` says. */
export const answers =
  (ready: number, desired?: number) =>
  async (asked: readonly Asked[]): Promise<Answered[]> =>
    asked.map((each) => answerTo(each, ready, desired));

function answerTo({ kind }: Asked, ready: number, desired: number | undefined): Answered {
  switch (kind) {
    case 'pods':
      return { kind, reading: known({ ready, desired }) };
    case 'endpoints':
      return { kind, reading: known(ready) };
    case 'budget':
      return { kind, reading: known({ healthy: ready, desired: 99, allowed: ready }) };
  }
}

/** The same object when that which a kind of constraint wants is lost. */
export function without(kind: ConstraintName, { facts }: Situation): Facts {
  const { neighbourhood, namespace } = facts;
  switch (kind) {
    case 'ready_pods':
      return { ...facts, subject: withoutReadyPods(facts.subject) };
    case 'minimum_replicas':
      return facts.subject.kind === 'workload'
        ? { ...facts, subject: { ...facts.subject, ready: 0, desired: 0, pods: [] } }
        : facts;
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

function withoutReadyPods(subject: Facts['subject']): Facts['subject'] {
  switch (subject.kind) {
    case 'workload':
      return { ...subject, ready: 0, pods: [] };
    case 'pod':
      return { ...subject, ...(subject.controller && { controller: { ...subject.controller, ready: 0 } }) };
    case 'node':
      return {
        ...subject,
        owners: (subject.owners ?? []).map((each) => ({ ...each, ready: 0 })),
        // An owner has as many ready pods as are ready here, at least.
        ...(subject.tenants && { tenants: subject.tenants.map((each) => ({ ...each, ready: false })) }),
      };
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

export function approvedRow(situation: Situation): RemediationIn<'approved'> {
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
export function contextAt(
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

/** Two calls that are taken once; which they are means nothing to the constraints. */
export const planned: Plan = {
  fieldManager: 'firebreak/1',
  calls: [0, 1].map((index) => ({
    kind: 'create',
    ref: { apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: `web-${index}` },
    body: {},
    recognise: { kind: 'ours' },
    sentence: 'Done.',
  })),
};
