import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, missingForBrowser, openBrowser, openDesk } from './browser.ts';
import { type Command, firebreak, startSandbox, stateFolder } from './sandbox.ts';

const missing = missingForBrowser();
const needed = process.env['FIREBREAK_TEST_NEEDS_BROWSER'] === '1';

if (missing !== undefined) {
  test(`the browser journeys are ${needed ? 'needed' : 'left out'}: ${missing}`, (context) => {
    expect(needed, missing).toBe(false);
    context.skip(missing);
  });
}

describe.skipIf(missing !== undefined)('local-slack in Chromium', () => {
  let folder: Awaited<ReturnType<typeof stateFolder>>;
  let browser: Browser;
  let sandbox: { command: Command; url: string };
  let desk: Desk;

  beforeAll(async () => {
    folder = await stateFolder();
    [browser, sandbox] = await Promise.all([openBrowser(), startSandbox(folder.path)]);
    desk = await openDesk(browser, sandbox.url);
  });

  afterAll(async () => {
    await browser?.close();
    sandbox?.command.signal('SIGTERM');
    await sandbox?.command.ended;
    await folder?.remove();
  });

  test('the channel says what to type', async () => {
    await desk.message('/remediate rollout restart deployment/ledger -n payments').waitFor();
  });

  test('alice types, bob and carol click Approve, the card says Verified, the thread has the verdict', async () => {
    await desk.actAs('alice');
    await desk.say('/remediate rollout restart deployment/ledger -n payments -- lost its database');
    const receipt = desk.message('Understood as: kubectl rollout restart deployment/ledger -n payments');
    await receipt.waitFor();
    expect(await receipt.textContent()).toContain('only visible to you');

    const card = desk.message('restart Deployment/ledger in payments').filter({ hasNotText: 'only visible' });
    await card.filter({ hasText: 'Approval needed' }).waitFor();
    for (const person of ['bob', 'carol'] as const) {
      await desk.actAs(person);
      await card.getByRole('button', { name: 'Approve' }).click();
      await desk.message(person === 'bob' ? 'Approved, 1 of 2.' : 'Approved, 2 of 2.').waitFor();
    }
    await card.filter({ hasText: 'Verified: restart Deployment/ledger' }).waitFor();
    expect(await card.count()).toBe(1);
    expect(await card.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    await desk.openThread(card);
    for (const said of ['Approved, 1 of 2, by @bob', 'Approved by @carol', 'Executed', 'Verified']) {
      await desk.thread.locator('.msg').filter({ hasText: said }).last().waitFor();
    }
  });

  test('an alert fired from another terminal gets its card', async () => {
    const alert = firebreak('alert', '--folder', folder.path);
    expect(await alert.ended).toBe(0);
    expect(alert.output()).toContain('Fired KubePodCrashLooping for pod checkout-');
    await desk.message('restart Deployment/checkout in shop').waitFor();
  });

  test('a second sandbox in the same folder says so in one sentence', async () => {
    const second = firebreak('sandbox', '--folder', folder.path, '--port', '0', '--workspace-port', '0');
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `firebreak: A sandbox is running in ${folder.path}. Stop it first, or give this one a folder of its own: --folder DIR.\n`,
    );
  });

  test('a port that is taken is named', async () => {
    const other = await stateFolder();
    const port = new URL(sandbox.url).port;
    const second = firebreak('sandbox', '--folder', other.path, '--port', '0', '--workspace-port', port);
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `firebreak: Port ${port} is taken. Give the workspace another: --workspace-port N, or 0 for any.\n`,
    );
    await other.remove();
  });
});
