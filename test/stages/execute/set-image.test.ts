import { expect, test } from 'vitest';
import type { Json } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { deploymentFacts, noon, remediationId, setImageTo } from '../../fixtures/facts.ts';
import { applyPatch, isRecognised } from '../../fixtures/json-patch.ts';

/* Each test of the patch by itself: the container is found by its index, and must be the one that was seen. */

const { uid } = deploymentFacts().identity;
const image = 'registry.example/web:1.1';

const live = (name: string, of: string, generation = 7): Json => ({
  metadata: { uid, generation },
  spec: { template: { spec: { containers: [{ name, image: of }] } } },
});

function drawn() {
  const planned = planExecution({
    ...{ action: setImageTo('web:2'), facts: deploymentFacts(), snapshot: live('web', image) },
    ...{ remediationId, stamp: noon },
  });
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [call] = planned.plan.calls;
  if (call?.kind !== 'patch') throw new Error('no patch');
  return call;
}

test.each([
  ['what was seen', live('web', image), true],
  ['another container of the same image at the index', live('proxy', image), false],
  ['another image of the same container', live('web', 'x:1'), false],
  ['the same after another change', live('web', image, 8), false],
])('is set on %s: %s', (_name, object, applies) => {
  expect(applyPatch(object, drawn().operations) !== undefined).toBe(applies);
});

test.each([
  ['the container', live('web', 'web:2', 8), true],
  ['another container at the index', live('proxy', 'web:2', 8), false],
  ['the container with another image', live('web', 'x:1', 8), false],
])('is recognised on %s: %s', (_name, object, recognised) => {
  expect(isRecognised(drawn(), object)).toBe(recognised);
});

test('is guarded by the generation from the first one on', () => {
  const facts = deploymentFacts({}, { identity: { ...deploymentFacts().identity, generation: 1 } });
  const snapshot = live('web', image, 1);
  const planned = planExecution({ action: setImageTo('web:2'), facts, snapshot, remediationId, stamp: noon });
  if (planned.kind === 'refused') throw new Error(planned.reason);
  expect(JSON.stringify(planned.plan.calls)).toContain(
    '{"op":"test","path":"/metadata/generation","value":1}',
  );
});
