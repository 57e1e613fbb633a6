import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { findWorkspaceProgram, whyNoWorkspace } from '../../src/cli/sandbox/local-slack.ts';
import { hangGuard } from '../support/hang-guard.ts';

const chromiumPath = '/usr/bin/chromium';

/** Nothing that asks the network, and no sandbox, so that it runs as root in a container too. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why a journey in the browser cannot be made here, in a sentence; undefined where it can. */
export function missingForBrowser(): string | undefined {
  if (findWorkspaceProgram() === undefined) return whyNoWorkspace();
  return existsSync(chromiumPath) ? undefined : `Chromium is not installed at ${chromiumPath}`;
}

export type Person = 'alice' | 'bob' | 'carol';

/** local-slack's page as a person uses it. */
export interface Desk {
  readonly page: Page;
  actAs(person: Person): Promise<void>;
  /** Types into the composer and sends. */
  say(text: string): Promise<void>;
  /** The messages of the channel whose text holds this. */
  message(text: string | RegExp): Locator;
  /** The pane of the open thread. */
  readonly thread: Locator;
  openThread(message: Locator): Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}

export async function openDesk(
  browser: Browser,
  url: string,
  size: { readonly width: number; readonly height: number } = { width: 1280, height: 900 },
): Promise<Desk> {
  const page = await browser.newPage({ viewport: size });
  page.setDefaultTimeout(hangGuard);
  await page.goto(url);
  const thread = page.locator('.thread-pane');
  return {
    page,
    thread,
    actAs: async (person) => void (await page.locator('.actas select').selectOption({ label: person })),
    say: async (text) => {
      const composer = page.locator('main .composer-input');
      await composer.fill(text);
      await composer.press('Enter');
    },
    message: (text) => page.locator('main .msg').filter({ hasText: text }),
    openThread: (message) => message.locator('.thread-summary').click(),
  };
}
