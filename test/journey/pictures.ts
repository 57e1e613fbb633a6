import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { type Desk, missingForBrowser, openBrowser, openDesk } from './browser.ts';
import { openRepositoryStage } from './repository-stage.ts';
import { firebreak, startSandbox, stateFolder } from './sandbox.ts';

/**
 * Takes the pictures of the README from a running sandbox: `node test/journey/pictures.ts [FOLDER]`, docs/ unless
 * told. Nothing in them is staged: commands are typed and buttons clicked, then the page is photographed.
 */
const docs = resolve(import.meta.dirname, '../../docs');

const card = (desk: Desk, target: string) =>
  desk.message(target).filter({ hasNotText: 'only visible' }).filter({ hasText: 'Remediation' });

/** A message without the empty width to its right. */
const parts = (message: Locator): Locator[] =>
  ['.msg-avatar', '.msg-head', '.blocks'].map((part) => message.locator(part));

/** The part of the page that these elements cover, with so many pixels around them. */
async function photograph(desk: Desk, elements: readonly Locator[], file: string, room = 12): Promise<void> {
  const boxes = await Promise.all(elements.map((element) => element.boundingBox()));
  const found = boxes.filter((box) => box !== null);
  const left = Math.min(...found.map(({ x }) => x)) - room;
  const top = Math.min(...found.map(({ y }) => y)) - room;
  const right = Math.max(...found.map(({ x, width }) => x + width)) + room;
  const bottom = Math.max(...found.map(({ y, height }) => y + height)) + room;
  const clip = { x: Math.max(0, left), y: Math.max(0, top), width: right - left, height: bottom - top };
  await desk.page.mouse.move(0, 0);
  await desk.page.screenshot({ path: file, clip });
}

async function approvalCard(desk: Desk, folder: string): Promise<void> {
  await desk.actAs('alice');
  await desk.say(
    '/remediate rollout restart deployment/ledger -n payments -- stuck on a lost database connection',
  );
  const waiting = card(desk, 'restart Deployment/ledger in payments');
  await waiting.filter({ hasText: 'Approval needed' }).waitFor();
  await desk.page.waitForTimeout(500);
  await photograph(desk, parts(waiting), join(folder, 'card-approval.png'));
}

async function verifiedCard(desk: Desk, folder: string): Promise<void> {
  const ledger = card(desk, 'restart Deployment/ledger in payments');
  for (const person of ['bob', 'carol'] as const) {
    await desk.actAs(person);
    await ledger.getByRole('button', { name: 'Approve' }).click();
    await desk.message(person === 'bob' ? 'Approved, 1 of 2.' : 'Approved, 2 of 2.').waitFor();
  }
  await ledger.filter({ hasText: 'Verified: restart' }).waitFor();
  await desk.openThread(ledger);
  await desk.thread.locator('.msg').filter({ hasText: 'Verified' }).last().waitFor();
  await desk.page.waitForTimeout(500);
  await ledger.scrollIntoViewIfNeeded();
  const replies = desk.thread.locator('.msg').filter({ hasNotText: 'Remediation' });
  await replies.last().scrollIntoViewIfNeeded();
  const panes = ['.channel-header', 'main .messages', '.thread-body'].map((pane) => desk.page.locator(pane));
  await photograph(desk, panes, join(folder, 'card-verified.png'), 0);
}

async function blockedCard(desk: Desk, folder: string): Promise<void> {
  await desk.actAs('alice');
  await desk.say('/remediate rollout restart deployment/coredns -n kube-system');
  const blocked = card(desk, 'restart Deployment/coredns in kube-system');
  await blocked.filter({ hasText: 'Blocked' }).waitFor();
  await desk.page.waitForTimeout(500);
  await photograph(desk, parts(blocked), join(folder, 'card-blocked.png'));
}

async function drainCard(desk: Desk, folder: string): Promise<void> {
  await desk.say('/remediate drain worker-2 --ignore-daemonsets');
  const drain = card(desk, 'drain Node/worker-2');
  await drain.filter({ hasText: 'Approval needed' }).waitFor();
  // What the card has no room for is in its thread first.
  await drain.getByRole('button', { name: 'Approve' }).waitFor();
  await desk.page.setViewportSize({ width: 1180, height: 1500 });
  await desk.page.waitForTimeout(500);
  await photograph(desk, parts(drain), join(folder, 'card-drain.png'));
}

/** An alert from the first signal to the verdict, as somebody reads it who was asleep. */
async function incidentThread(desk: Desk, folder: string, sandbox: string): Promise<void> {
  await firebreak('alert', '--folder', sandbox).ended;
  const head = desk.message('Deployment/checkout in shop').filter({ hasText: 'Remediation' }).first();
  await head.filter({ hasText: /Verified|Approval needed/ }).waitFor();
  await desk.openThread(head);
  await desk.thread.locator('.msg').filter({ hasText: 'Verified' }).last().waitFor();
  await desk.page.waitForTimeout(500);
  await head.scrollIntoViewIfNeeded();
  const panes = ['.channel-header', 'main .messages', '.thread-body'].map((pane) => desk.page.locator(pane));
  await photograph(desk, panes, join(folder, 'incident-thread.png'), 0);
}

/** What Argo CD makes from a repository: the card with the diff of its pull request. */
async function pullRequestCard(browser: Browser, folder: string): Promise<void> {
  const state = await stateFolder();
  const stage = await openRepositoryStage({ kind: 'embedded', dataDir: join(state.path, 'postgres') });
  try {
    // As narrow as it may be, so that it can be read in a page of documentation.
    const desk = await openDesk(browser, stage.url, { width: 900, height: 1500 });
    await stage.alert();
    const waiting = card(desk, 'Deployment/checkout in shop').first();
    await waiting.getByRole('button', { name: 'Approve' }).waitFor();
    await desk.page.waitForTimeout(500);
    await photograph(desk, parts(waiting), join(folder, 'card-pull-request.png'));
  } finally {
    await stage.close();
    await state.remove();
  }
}

/** @param folder where the pictures go */
async function takePictures(folder: string): Promise<void> {
  const missing = missingForBrowser();
  if (missing !== undefined) throw new Error(`No pictures can be taken here: ${missing}.`);
  await mkdir(folder, { recursive: true });
  const state = await stateFolder();
  const [browser, sandbox] = await Promise.all([openBrowser(), startSandbox(state.path)]);
  try {
    const first = await openDesk(browser, sandbox.url, { width: 1180, height: 1400 });
    await incidentThread(first, folder, state.path);
    const desk = await openDesk(browser, sandbox.url, { width: 1180, height: 940 });
    await approvalCard(desk, folder);
    await verifiedCard(desk, folder);
    const fresh = await openDesk(browser, sandbox.url, { width: 1180, height: 940 });
    await blockedCard(fresh, folder);
    await drainCard(fresh, folder);
    await pullRequestCard(browser, folder);
  } finally {
    await browser.close();
    sandbox.command.signal('SIGTERM');
    await sandbox.command.ended;
    await state.remove();
  }
}

if (import.meta.main) await takePictures(resolve(process.argv[2] ?? docs));
