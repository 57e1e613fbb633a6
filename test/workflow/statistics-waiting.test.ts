import { expect, test } from 'vitest';
import { createRig } from '../fixtures/rig.ts';

test('statistics count whom what waits waits for: ids say nothing in columns', async () => {
  const rig = createRig({});
  const typed = (text: string) =>
    rig.commands.remediate({ text, actor: { userId: 'U0ASK', teamId: 'T0' }, requestKey: text });
  await typed('scale deploy/web --replicas=1 -n shop');
  await rig.settle();
  expect(rig.row(1).state).toBe('waiting');
  const said = await typed('stats');
  expect(said).toMatchObject({
    lines: expect.arrayContaining([
      expect.stringMatching(/^Remediation 1 .* has waited [^;]*; 2 people may approve$/),
    ]),
  });
});
