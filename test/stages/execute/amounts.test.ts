import { expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { WorkloadSubject } from '../../../src/domain/facts/facts.ts';
import type { JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { deploymentFacts, noon, remediationId } from '../../fixtures/facts.ts';
import { setResourcesTo } from '../../fixtures/fields.ts';
import { applyPatch } from '../../fixtures/json-patch.ts';

/* Each guard of limits and requests by itself: one that is left out writes over what somebody else has written. */

const { uid } = deploymentFacts().identity;
type Amounts = NonNullable<WorkloadSubject['containers'][number]['resources']>;

const factsWith = (resources: Amounts) =>
  deploymentFacts({ containers: [{ name: 'web', image: 'web:1', init: false, index: 0, resources }] });
const live = (resources: JsonObject, generation = 7): JsonObject => ({
  metadata: { uid, generation },
  spec: { template: { spec: { containers: [{ name: 'web', image: 'web:1', resources }] } } },
});

function drawn(action: Action, resources: Amounts, seen: JsonObject) {
  const facts = factsWith(resources);
  return planExecution({ action, facts, snapshot: seen, remediationId, stamp: noon });
}

const limit = setResourcesTo({ limits: { cpu: '1' } });
const requests = { cpu: '100m' };

test.each<[string, JsonObject, boolean]>([
  ['what was seen', live({ requests }), true],
  ['limits that somebody has made', live({ requests, limits: { memory: '1Gi' } }), false],
  ['a spec that somebody has changed', live({ requests }, 8), false],
])('a limit is set on %s', (_name, object, applies) => {
  const planned = drawn(limit, { limits: {}, requests }, live({ requests }));
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [call] = planned.plan.calls;
  if (call?.kind !== 'patch') throw new Error('no patch');
  expect(applyPatch(object, call.operations) !== undefined).toBe(applies);
});

test('limits are set where the container has neither', () => {
  const seen: JsonObject = {
    metadata: { uid, generation: 7 },
    spec: { template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
  };
  const planned = drawn(limit, { limits: {}, requests: {} }, seen);
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [call] = planned.plan.calls;
  if (call?.kind !== 'patch') throw new Error('no patch');
  expect(applyPatch(seen, call.operations)).toEqual(live({ limits: { cpu: '1' } }));
  expect(applyPatch(live({ requests }), call.operations)).toBeUndefined();
});

test.each([
  ['1', 'Set cpu limit 1 for log in Deployment/web in shop.', ['/spec/template/spec/containers/1/name']],
  [
    '2',
    'Set cpu limit from 2 to 1 for web; cpu limit 1 for log in Deployment/web in shop.',
    ['/spec/template/spec/containers/0/name', '/spec/template/spec/containers/1/name'],
  ],
])(
  'of two containers, where one has a limit of %s, those are written that lack it',
  (cpu, sentence, names) => {
    const container = (name: string, index: number, limits: Record<string, string>) => ({
      ...{ name, image: 'web:1', init: false, index },
      resources: { limits, requests: {} },
    });
    const containers = [container('web', 0, { cpu }), container('log', 1, {})];
    const snapshot = { metadata: { uid, generation: 7 }, spec: { template: { spec: { containers } } } };
    const action = setResourcesTo({ limits: { cpu: '1' } }, ['web', 'log']);
    const facts = deploymentFacts({ containers });
    const planned = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
    if (planned.kind === 'refused') throw new Error(planned.reason);
    const [call] = planned.plan.calls;
    if (call?.kind !== 'patch') throw new Error('no patch');
    expect(call.sentence).toBe(sentence);
    expect(call.operations.map(({ path }) => path).filter((path) => path.endsWith('/name'))).toEqual(names);
  },
);

test('an amount that was written otherwise before is the same', () => {
  const same = setResourcesTo({ limits: { memory: '128Mi' } });
  const limits = { memory: '131072Ki' };
  expect(drawn(same, { limits, requests: {} }, live({ limits }))).toEqual({
    kind: 'refused',
    reason: 'Deployment/web already has these limits and requests.',
  });
});
