import { expect, test } from 'vitest';
import { createRig } from '../fixtures/rig.ts';

test('what was asked for is answered the same again, and once it is over how it ended and how to ask anew', async () => {
  const rig = createRig();
  const actor = { userId: 'U0ASK', teamId: 'T0' };
  const text = 'rollout restart deployment/nobody -n shop';
  const press = () => rig.commands.remediate({ text, actor, requestKey: 'one button' });
  const first = await press();
  expect(first.kind).toBe('accepted');
  expect(await press()).toEqual(first);
  await rig.settle();
  expect(rig.row(1).state).toBe('no_action');
  expect(await press()).toEqual({
    kind: 'text',
    title: `This was asked for before. Remediation 1 came to nothing: there was nothing that could be done. To ask once more, type: /remediate kubectl ${text}`,
    lines: [],
  });
  expect(rig.now().shelf.remediations).toHaveLength(1);
});
