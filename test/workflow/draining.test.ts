import { expect, test } from 'vitest';
import { specOf } from '../../src/domain/remediation.ts';
import { stateWords } from '../../src/domain/text/states.ts';
import { drainNode } from '../fixtures/facts.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const budget =
  'Pod web-1 may not be evicted now: The disruption budget web needs 3 healthy pods and has 3 currently.';

/** A drain of three pods whose budget lets one go and then refuses, approved by two. */
async function heldUp(refuses: number): Promise<Rig> {
  const node = { cordoned: false, pods: ['web-0', 'web-1', 'web-2'], lets: 1, refuses };
  const rig = createRig({ world: { node } });
  await playStep(rig, { do: 'request', request: drainNode() });
  await rig.settle();
  for (const by of ['U0ANN', 'U0BEN']) await playStep(rig, { do: 'approve', by });
  return rig;
}

const words = (rig: Rig) => stateWords(rig.row(1), [], false).sentence;

test('while a budget holds it up, the card says which and how far it has come', async () => {
  const rig = await heldUp(2);
  await rig.pass(1);
  expect(rig.row(1)).toMatchObject({ state: 'executing', results: [{}, {}] });
  expect(words(rig)).toBe(`${budget} Done so far: 2 of 4 steps.`);
  const { version } = rig.row(1);
  await rig.pass(6);
  expect(rig.row(1).version, 'it was asked once more').toBe(version + 1);
  await rig.settle();
  expect(rig.row(1)).toMatchObject({ state: 'succeeded', results: [{}, {}, {}, {}] });
});

test('when patience is over it says what held it up, for how long and how far it came', async () => {
  const rig = await heldUp(-1);
  await rig.settle();
  const row = rig.row(1);
  expect(row).toMatchObject({ state: 'failed', stage: 'execution', results: [{}, {}] });
  expect(words(rig)).toBe(`${budget} Firebreak has asked for 600 s. Done so far: 2 of 4 steps.`);
  expect(rig.row(2)).toMatchObject({
    state: 'waiting',
    circumstances: { takesBack: 1 },
    action: { verb: 'uncordon', target: { kind: 'Node', name: 'worker-1' } },
    requestedBy: { kind: 'rollback', of: row.id, ofNumber: 1 },
    reason: `Remediation 1 stopped half-way: ${budget} Firebreak has asked for 600 s. Done so far: 2 of 4 steps.`,
  });
  expect(specOf(rig.row(2))).toMatchObject({
    tier: 'human',
    lineItems: expect.arrayContaining([
      expect.objectContaining({
        rule: 'reopened-node',
        sentence:
          'Remediation 1 was to keep pods off Node/worker-1 and did not come to its end: whether it takes pods again is for a person to say.',
      }),
    ]),
  });
  expect(rig.now().world.node.pods, 'what was not evicted stays').toEqual(['web-1', 'web-2']);
});

test('patience begins again with every pod that leaves', async () => {
  const rig = await heldUp(-1);
  await rig.pass(500);
  expect(rig.row(1).state).toBe('executing');
  const pods = ['web-1', 'web-2'];
  await playStep(rig, { do: 'world', is: { node: { cordoned: true, pods, lets: 1, refuses: -1 } } });
  await rig.pass(500);
  expect(rig.row(1)).toMatchObject({ state: 'executing', results: [{}, {}, {}] });
  expect(rig.now().world.node.pods).toEqual(['web-2']);
  await rig.pass(200);
  expect(rig.row(1)).toMatchObject({ state: 'failed', results: [{}, {}, {}] });
  expect(words(rig)).toContain('Firebreak has asked for 600 s. Done so far: 3 of 4 steps.');
});

test('what was answered is kept at once: a call that gets no answer brings none of them a second time', async () => {
  const rig = createRig({
    world: { node: { cordoned: false, pods: ['web-0', 'web-1'], lets: 2, refuses: 0 } },
  });
  await playStep(rig, { do: 'request', request: drainNode() });
  await rig.settle();
  await playStep(rig, { do: 'approve', by: 'U0ANN' });
  await playStep(rig, { do: 'approve', by: 'U0BEN' });
  const sent = () => rig.now().world.writes.map(({ call }) => call.sentence);
  while (sent().length < 2) expect(await rig.wake()).toBe(true);
  expect(rig.row(1)).toMatchObject({ state: 'executing', results: [{}, {}] });
  await playStep(rig, { do: 'world', is: { silent: ['apply'], failing: -1 } });
  await rig.settle();
  expect(sent()).toEqual([expect.stringContaining('Cordon'), expect.stringContaining('Evict Pod/web-0')]);
  // Given up in the end: with what was done, and with the rollback of that.
  const row = rig.row(1);
  expect(row).toMatchObject({ state: 'failed', stage: 'execution', results: [{}, {}] });
  expect(words(rig)).toMatch(
    /does not answer\..*Whether the change was made is not known\. Done so far: 2 of 3 steps\.$/,
  );
  expect(rig.row(2)).toMatchObject({
    action: { verb: 'uncordon', target: { kind: 'Node', name: 'worker-1' } },
    requestedBy: { kind: 'rollback', of: row.id },
  });
});
