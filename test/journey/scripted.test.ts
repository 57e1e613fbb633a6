import { expect, test } from 'vitest';
import { firebreak, stateFolder } from './sandbox.ts';

test.concurrent('the script plays one remediation of each tier and ends well, and its cases can be judged again', async () => {
  const folder = await stateFolder();
  const command = firebreak('sandbox', '--scripted', '--folder', folder.path);
  expect(await command.ended, command.output()).toBe(0);
  const said = command.output();
  for (const tier of ['auto', 'human', 'dual', 'blocked']) expect(said).toContain(`tier ${tier}\n`);
  for (const number of [1, 2, 3]) expect(said).toContain(`── Remediation ${number}: Verified: restart`);
  expect(said).toContain('Remediation 4: Blocked: restart Deployment/coredns in kube-system');
  expect(said).toContain('One remediation of each tier: all as they should be.');

  const replay = firebreak('replay', '2', '--sandbox', '--folder', folder.path, '--exit-code');
  expect(await replay.ended, replay.output()).toBe(0);
  expect(replay.output()).toContain('Nothing differs from what was decided.');
  const trial = firebreak('policy', 'test', 'examples/policy.yaml', '--sandbox', '--folder', folder.path);
  expect(await trial.ended, trial.output()).toBe(0);
  expect(trial.output()).toBe('4 cases judged again.\nNone moves to another tier.\n');
  await folder.remove();
});

test.concurrent('the terminal takes commands, votes and alerts', async () => {
  const folder = await stateFolder();
  const command = firebreak('sandbox', '--terminal', '--folder', folder.path);
  await command.prints(/Then: approve 1 as bob/);
  command.type('rollout restart deployment/gateway -n payments');
  await command.prints(/Remediation 1: Approval needed/);
  command.type('approve 1 as alice');
  await command.prints(/alice: approve 1\n.*\n/);
  command.type('approve 1 as bob');
  await command.prints(/Approved, 1 of 1/);
  command.type('alert');
  await command.prints(/Remediation 2: .*Deployment\/checkout in shop/);
  await command.prints(/Remediation 1: Verified/);
  command.type('quit');
  expect(await command.ended, command.output()).toBe(0);
  await folder.remove();
});
