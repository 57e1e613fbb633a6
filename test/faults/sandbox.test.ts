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

  test('killed while it verifies, it finds its channel and its cluster again and goes on to the verdict', async () => {
    const address = sandbox.url;
    // On a busy machine a verification may be over before it is seen, or before the kill arrives: then the next is tried.
    for (let number = 1; number <= 20; number += 1) {
      const of = `remediation ${number}\\)`;
      await channelAt(sandbox.url).command('alice', 'rollout restart deployment/web -n shop');
      const seen = await channelAt(sandbox.url).until(new RegExp(`^(Verifying|Verified).*${of}`));
      if (seen.text.startsWith('Verified')) continue;
      const after = await again('SIGKILL');
      expect(sandbox.url).toBe(address);
      const ended = await after.until(new RegExp(`^(Failed|Inconclusive|Verified).*${of}`));
      expect(ended.ts).toBe(seen.ts);
      expect(ended.text).toMatch(/^Verified/);
      const cards = (await after.messages()).filter(({ text }) => new RegExp(`\\(${of}`).test(text));
      expect(cards).toHaveLength(1);
      return;
    }
    throw new Error('every verification was over before the sandbox could be killed');
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
