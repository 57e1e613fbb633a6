import { printAction } from '../../../src/actions/print.ts';
import type { CardContent } from '../../../src/adapters/slack/cards/remediation.ts';
import { type Action, targetKey } from '../../../src/domain/action.ts';
import type { Approval } from '../../../src/domain/approval.ts';
import { type Remediation, remediation, type State } from '../../../src/domain/remediation.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { shownOf } from '../../../src/workflow/lifecycle/showing.ts';
import {
  defaultPolicy,
  deploymentFacts,
  inNamespace,
  noon,
  remediationId,
  restartOf,
  specId,
} from '../../fixtures/facts.ts';

export const digest = 'a1'.repeat(32);
const incidentId = '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0003';
const later = '2026-03-01T12:00:40.000Z';

/** Everything a remediation of a crash-looping Deployment in production can know, on the real evaluator's verdict. */
function known(action: Action) {
  const namespace = action.target.kind === 'Node' ? 'shop' : action.target.namespace;
  const facts = inNamespace(namespace, deploymentFacts({ ready: 2, available: 2 }));
  const policy = {
    ...defaultPolicy,
    approvers: { human: { users: ['U0BOB'], groups: ['S0APPROVERS'] }, dual: { users: [], groups: [] } },
  };
  return {
    id: remediationId,
    number: 42,
    incidentId,
    version: 3,
    cluster: 'test',
    action,
    targetKey: targetKey('test', action.target),
    requestedBy: { kind: 'person', actor: { userId: 'U0ALICE', teamId: 'T0HOME' } },
    reason: 'The checkout pods crash since the last deploy',
    createdAt: noon,
    updatedAt: later,
    facts,
    digest,
    spec: evaluate({ id: specId, now: noon, action, facts, policy }),
    dryRun: { kind: 'accepted', sentence: 'The API server would take 1 call.', warnings: [] },
    showing: { kind: 'card', digest },
    plan: {
      calls: [
        {
          kind: 'delete',
          ref: { apiVersion: 'v1', resource: 'pods', name: 'web-0' },
          uid: 'u',
          recognise: { kind: 'gone', uid: 'u' },
          sentence: 'x',
        },
      ],
      fieldManager: 'firebreak',
    },
    startedAt: later,
    results: [{ sentence: `Sent: ${printAction(action)}`, alreadyDone: false, generation: 8, warnings: [] }],
    appliedAt: later,
    verdict: {
      result: 'verified',
      sentence: '3 of 3 pods of the new revision are ready, without a restart.',
      decidedAt: later,
      samples: [{ at: later, grade: 'good', sentence: '3 of 3 ready' }],
    },
    samples: [{ at: later, grade: 'pending', sentence: '1 of 3 pods is of the new revision' }],
    expiresAt: '2026-03-01T13:00:00.000Z',
    approvedAt: later,
    endedAt: later,
    stage: 'verification',
    failure: 'Pod web-1 crashes: OOMKilled.',
    rejectedBy: 'U0BOB',
    rejectReason: 'Wait for the fix',
    change: 'Somebody scaled Deployment/web from 3 to 5 while the card was open.',
    by: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0004',
  };
}

const states = remediation.options;

/** A remediation in this state, with exactly the fields the state has. */
export function remediationIn(
  state: State,
  overrides: object = {},
  action: Action = restartOf('Deployment', 'production'),
): Remediation {
  const schema = states.find((option) => option.shape.state.value === state);
  if (schema === undefined) throw new Error(`no state ${state}`);
  const url = 'https://github.example/team/shop/pull/7';
  const opened = {
    step: 'open',
    branch: 'firebreak/42',
    commit: 'c'.repeat(40),
    openedAt: later,
    number: 7,
    url,
  };
  const request = state === 'pr_open' ? { request: opened } : {};
  const all = Object.entries({ ...known(action), ...request, state, ...overrides });
  return remediation.parse(Object.fromEntries(all.filter(([key]) => key in schema.shape)));
}

export const allStates: readonly State[] = states.map((option) => option.shape.state.value);

export const vote = (userId: string, overrides: Partial<Approval> = {}): Approval => ({
  actor: { userId, teamId: 'T0HOME' },
  decision: 'approve',
  digest,
  at: later,
  ...overrides,
});

/** The card's content for a state; two people and a group may approve. */
export function cardOf(subject: Remediation, approvals: readonly Approval[] = []): CardContent {
  const shown = shownOf(subject);
  return {
    ...(shown === undefined ? {} : { shown }),
    kind: 'card',
    counterfactual: 'Would be auto if: outside production.',
    verification: 'First check after 2 s, then every 2 s: verified after 3 good checks in a row.',
    remediation: subject,
    approvals,
    approvers: { users: ['U0BOB', 'U0CAROL'], groups: [] },
  };
}
