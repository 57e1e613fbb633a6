import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findWorkspaceProgram } from '../../src/cli/sandbox/local-slack.ts';
import { channelAt } from '../journey/channel.ts';
import { startSandbox, stateFolder } from '../journey/sandbox.ts';

describe.skipIf(findWorkspaceProgram() === undefined)('a sandbox that ends and starts again', () => {
  let folder: Awaited<ReturnType<typeof stateFolder>>;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;

  beforeEach(async () => {
    folder = await stateFolder();
    sandbox = await startSandbox(folder.path);
  });

  afterEach(async () => {
    sandbox.command.signal('SIGTERM');
    await sandbox.command.ended;
    await folder.remove();
  });

  const again = async (signal: 'SIGKILL' | 'SIGTERM') => {
    sandbox.command.signal(signal);
    await sandbox.command.ended;
    sandbox = await startSandbox(folder.path);
    return channelAt(sandbox.url);
  };

  test('killed while it verifies, it finds its channel again and ends with the truth about the new cluster', async () => {
    const before = channelAt(sandbox.url);
    await before.command('alice', 'rollout restart deployment/web -n shop');
    const checking = await before.until(/^Verifying.*remediation 1\)/);
    const address = sandbox.url;

    const after = await again('SIGKILL');
    expect(sandbox.url).toBe(address);
    const ended = await after.until(/^Failed in verification.*remediation 1\)/);
    expect(ended.ts).toBe(checking.ts);
    expect(ended.text).toContain('is another object now: it was deleted and made again');
    const cards = (await after.messages()).filter(({ text }) => text.includes('(remediation 1)'));
    expect(cards).toHaveLength(1);
  });

  test('stopped, it shows what still waits in its new channel, once, and nothing that is over', async () => {
    const before = channelAt(sandbox.url);
    await before.command('alice', 'rollout restart deployment/coredns -n kube-system');
    await before.until(/^Blocked.*remediation 1\)/);
    await before.command('alice', 'rollout restart deployment/gateway -n payments');
    await before.until(/^Approval needed.*remediation 2\)/);

    const after = await again('SIGTERM');
    const card = await after.until(/^Approval needed.*remediation 2\)/);
    // The cluster is a new one, so the approval meets another object and a new card says so.
    await after.approve('bob', card);
    await after.until(/^Superseded.*remediation 2\).*another object now/);
    await after.approve('bob', await after.until(/^Approval needed.*remediation 3\)/));
    await after.until(/^Verified.*remediation 3\)/);
    const texts = (await after.messages()).map(({ text }) => text);
    expect(texts.filter((text) => /\(remediation [12]\)/.test(text))).toHaveLength(1);
  });
});
