import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startCompanion } from './companion.ts';
import { freePort, isFree } from './tcp-ports.ts';

/** The people of the sandbox; examples/policy.yaml lets all of them approve. */
export const people = [
  { id: 'U0ALICE', name: 'alice' },
  { id: 'U0BOB', name: 'bob' },
  { id: 'U0CAROL', name: 'carol' },
] as const;

export const sandboxChannel = 'C0INCIDENTS';
export const sandboxTokens = { botToken: 'xoxb-sandbox', appToken: 'xapp-sandbox' } as const;

/** The npm package that carries the local workspace's program, by platform; dev/local-slack depends on them. */
const programs: Readonly<Record<string, string>> = { 'linux-x64': 'local-slack-linux-x64' };

export interface Workspace {
  /** What to open in a browser. */
  readonly url: string;
  readonly apiUrl: string;
  /** False when it was still running from before: then its messages are those that Firebreak knows of. */
  readonly fresh: boolean;
  /** Posts a text as the bot, outside of any remediation. */
  say(text: string): Promise<void>;
  stop(): void;
}

const thisPlatform = (): string => `${process.platform}-${process.arch}`;

/** Where the workspace's program is, or undefined where the platform has none or it is not installed. */
export function findWorkspaceProgram(platform = thisPlatform()): string | undefined {
  const name = programs[platform];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const program = join(dirname(manifest), 'bin', 'local-slack');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Why there is no program, in a sentence. */
export function whyNoWorkspace(platform = thisPlatform()): string {
  if (programs[platform] === undefined) return `There is no Slack-like workspace for ${platform}.`;
  return 'The Slack-like workspace is a development dependency and is not installed: run npm ci without --omit=dev.';
}

/**
 * Starts a Slack-like workspace for the browser (local-slack) with three people, one channel and the Firebreak app.
 * It ends with this process. Its state is in memory; when this process was killed it is still there, and the next
 * start finds it with all its messages.
 *
 * @param options.port 0 takes any free one, undefined the usual one if it is free
 * @throws Error with one sentence when the port is taken or it does not answer in time
 */
export async function startWorkspace(
  program: string,
  options: { dir: string; port: number | undefined },
): Promise<Workspace> {
  await mkdir(options.dir, { recursive: true });
  const config = join(options.dir, 'workspace.json');
  await writeFile(config, JSON.stringify(workspaceConfig()));
  const companion = await startCompanion({
    name: 'The local workspace',
    file: program,
    args: (port) => ['--config', config, '--port', String(port), '--base-host', '127.0.0.1'],
    health: '/_control/state',
    traces: join(options.dir, 'running.json'),
    wanted: options.port,
    choosePort: () => choosePort(options.port),
  });
  const { url, fresh, stop } = companion;
  const apiUrl = `${url}/api/`;
  return { url, apiUrl, fresh, stop, say: (text) => say(apiUrl, text) };
}

async function say(apiUrl: string, text: string): Promise<void> {
  await fetch(`${apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxTokens.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: sandboxChannel, text }),
  });
}

async function choosePort(wanted: number | undefined): Promise<number> {
  const usual = 3111;
  if (wanted === undefined) return (await isFree(usual)) ? usual : freePort();
  if (wanted === 0) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new Error(`Port ${wanted} is taken. Give the workspace another: --workspace-port N, or 0 for any.`);
}

function workspaceConfig(): object {
  return {
    workspace: { name: 'Firebreak sandbox', domain: 'firebreak-sandbox' },
    apps: [
      {
        appId: 'A0FIREBREAK',
        name: 'Firebreak',
        botName: 'firebreak',
        botUserId: 'U0FIREBREAK',
        signingSecret: 'not used in Socket Mode',
        mode: 'socket',
        ...sandboxTokens,
      },
    ],
    users: people.map(({ id, name }) => ({ id, name, realName: name })),
    channels: [
      { id: sandboxChannel, name: 'incidents', members: ['U0FIREBREAK', ...people.map(({ id }) => id)] },
    ],
  };
}
