import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneDatabase } from '../support/database.ts';
import { type Desk, missingForBrowser, openBrowser, openDesk } from './browser.ts';
import { images, openRepositoryStage, type RepositoryStage } from './repository-stage.ts';

const missing = missingForBrowser();
const needed = process.env['FIREBREAK_TEST_NEEDS_BROWSER'] === '1';

if (missing !== undefined) {
  test(`the journey of a pull request is ${needed ? 'needed' : 'left out'}: ${missing}`, (context) => {
    expect(needed, missing).toBe(false);
    context.skip(missing);
  });
}

describe.skipIf(missing !== undefined)('a bad image of a Deployment that Argo CD makes', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let browser: Browser;
  let stage: RepositoryStage;
  let desk: Desk;

  beforeAll(async () => {
    database = await cloneDatabase();
    [browser, stage] = await Promise.all([
      openBrowser(),
      openRepositoryStage({ kind: 'url', url: database.url }),
    ]);
    desk = await openDesk(browser, stage.url);
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    await database?.drop();
  });

  test('alert, card with the diff, two clicks, request, merge, applied commit, verified, lasted', async () => {
    await stage.alert();
    const card = desk.message('Deployment/checkout in shop').filter({ hasText: 'Remediation' }).first();
    await card.filter({ hasText: 'Approval needed' }).waitFor();
    await card.getByRole('button', { name: 'Approve' }).waitFor();
    const shown = (await card.textContent()) ?? '';
    for (const said of [
      'team/shop',
      'main',
      'apps/shop/checkout.yaml',
      `- image: ${images.missing} # by the release train`,
      `+ image: ${images.good} # by the release train`,
    ])
      expect(shown.replaceAll(/\s+/g, ' ')).toContain(said);

    for (const person of ['bob', 'carol'] as const) {
      await desk.actAs(person);
      await card.getByRole('button', { name: 'Approve' }).click();
      await desk
        .message(
          person === 'bob'
            ? 'Approved, 1 of 2.'
            : 'Approved, 2 of 2. It goes into the repository now, unless something has changed since.',
        )
        .waitFor();
    }
    await card.filter({ hasText: 'pull request #1' }).waitFor();
    expect(stage.diff()).toContain(`+          image: ${images.good} # by the release train`);
    expect(stage.diff().match(/^[-+] /gm)).toHaveLength(2);

    const commit = stage.merge().slice(0, 12);
    await card.filter({ hasText: `Merged as ${commit}` }).waitFor();
    await stage.sync();
    await card.filter({ hasText: 'Verified: undo Deployment/checkout' }).waitFor();
    await desk.openThread(card);
    for (const said of [
      'Approved by @carol',
      'Opened pull request #1',
      `Merged as ${commit}`,
      `has applied ${commit}`,
      'Lasted',
    ])
      await desk.thread.locator('.msg').filter({ hasText: said }).last().waitFor();
  });
});
