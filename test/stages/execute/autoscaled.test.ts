import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { PatchOperation } from '../../../src/domain/plan.ts';
import type { JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { deploymentFacts, noon, remediationId, restartOf, undoOf } from '../../fixtures/facts.ts';
import { setEnvTo } from '../../fixtures/fields.ts';
import { applyPatch } from '../../fixtures/json-patch.ts';

const { uid } = deploymentFacts().identity;
const autoscaled: Partial<Facts> = { autoscaler: { name: 'web', min: 2, max: 10 } };
const revision = 'deployment.kubernetes.io/revision';

interface Parts {
  readonly generation?: number;
  readonly replicas?: number;
  readonly image?: string;
  readonly value?: string;
  readonly revision?: string;
  readonly paused?: boolean;
  readonly strategy?: string;
}

const live = (parts: Parts = {}): JsonObject => ({
  metadata: {
    uid,
    generation: parts.generation ?? 7,
    annotations: { [revision]: parts.revision ?? '3' },
  },
  spec: {
    replicas: parts.replicas ?? 3,
    strategy: { type: parts.strategy ?? 'RollingUpdate' },
    ...(parts.paused === true ? { paused: true } : {}),
    template: {
      metadata: {},
      spec: {
        containers: [
          {
            name: 'web',
            image: parts.image ?? 'registry.example/web:1.1',
            env: [{ name: 'LEVEL', value: parts.value ?? 'info' }],
          },
        ],
        initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1.1' }],
      },
    },
  },
});

function operationsOf(action: Action, facts: Facts): PatchOperation[] {
  const planned = planExecution({ action, facts, snapshot: live(), remediationId, stamp: noon });
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [call] = planned.plan.calls;
  if (call?.kind !== 'patch') throw new Error('no patch');
  return call.operations;
}

const actions: [string, Action][] = [
  ['a restart', restartOf()],
  ['an undo', undoOf()],
  ['set env', setEnvTo({ LEVEL: 'debug' }, ['web'])],
];

const moved = live({ generation: 8, replicas: 4 });

describe.each(actions)('%s', (_name, action) => {
  const byHand = operationsOf(action, deploymentFacts());
  const byAutoscaler = operationsOf(action, deploymentFacts({}, autoscaled));

  it('is refused when somebody else has moved the replicas', () => {
    expect(applyPatch(moved, byHand)).toBeUndefined();
  });

  it('goes on when the autoscaler has', () => {
    expect(applyPatch(moved, byAutoscaler)).toBeDefined();
  });

  it.each<[string, Parts]>([
    ['another image', { image: 'registry.example/web:1.2' }],
    ['another revision', { revision: '4' }],
    ['a pause', { paused: true }],
    ['another strategy', { strategy: 'Recreate' }],
  ])('is refused after %s', (_what, parts) => {
    expect(applyPatch(live({ ...parts, generation: 8 }), byAutoscaler)).toBeUndefined();
  });
});

it('an undo is refused after any other change of the template that it replaces', () => {
  const operations = operationsOf(undoOf(), deploymentFacts({}, autoscaled));
  expect(applyPatch(live({ generation: 8, value: 'debug' }), operations)).toBeUndefined();
});
