import { expect, test } from 'vitest';
import { createSession } from '../../../src/adapters/terminal/session.ts';
import { asked, digestOf } from '../../workflow/emergency-stage.ts';

async function typing() {
  const stage = await asked();
  const { rig } = stage;
  const lines: string[] = [];
  const session = createSession({
    commands: rig.commands,
    find: async () => ({ id: rig.row(1).id, digest: digestOf(stage) }),
    userId: (name) => (name === 'bob' ? 'U0BEN' : 'U0EVE'),
    newKey: () => '1',
    print: (line) => lines.push(line),
  });
  const actNow = async (more: Partial<Parameters<typeof session.actNow>[0]>) => {
    lines.length = 0;
    await session.actNow({ number: 1, as: 'bob', pause: false, reason: '', ...more });
    return lines.join('\n');
  };
  return { rig, actNow };
}

test('who acts now is told what that means first, and asks with a reason', async () => {
  const { rig, actNow } = await typing();
  const told = await actNow({});
  expect(told).toContain('bob: act now 1');
  expect(told).toContain('within about 5 s (self-heal)');
  expect(told).toContain('Say why it cannot wait: act now 1 as bob: the shop is down');
  expect(told).toContain('for 30 min: act now 1 as bob and pause: the shop is down');
  expect(rig.row(1)).not.toHaveProperty('emergency');
  expect(await actNow({ pause: true, reason: 'Checkout is down.' })).toContain('Two people must approve it');
  expect(rig.row(1)).toMatchObject({
    emergency: { by: { userId: 'U0BEN' }, reason: 'Checkout is down.', pause: { minutes: 30 } },
  });
  expect(await actNow({})).toContain('This has been asked for already');
});

test('not everybody may', async () => {
  const { rig, actNow } = await typing();
  await actNow({ as: 'eve', reason: 'Down.' });
  expect(rig.row(1)).not.toHaveProperty('emergency');
});
