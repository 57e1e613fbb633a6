import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
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

/** Milliseconds to wait for the workspace to answer; it needs less than one second on a quiet machine. */
const patience = 20_000;

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
  const traces = join(options.dir, 'running.json');
  const left = await survivor(traces, program);
  if (left !== undefined) {
    // 0 is any port, so that one too.
    if ((options.port || left.port) === left.port) return workspaceAt(left, false);
    await end(left);
  }
  const port = await choosePort(options.port);
  const config = join(options.dir, 'workspace.json');
  await writeFile(config, JSON.stringify(workspaceConfig()));
  // Detached: Ctrl-C is for Firebreak alone, which still has to say goodbye here.
  const child = spawn(program, ['--config', config, '--port', String(port), '--base-host', '127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  const failed = Promise.withResolvers<never>();
  child.once('error', failed.reject);
  const { pid = 0 } = child;
  await writeFile(traces, JSON.stringify({ pid, port }));
  const workspace = workspaceAt({ pid, port }, true);
  const up = answering(`${workspace.url}/_control/state`, () => child.exitCode !== null);
  await Promise.race([up, failed.promise]).catch((cause: unknown) => {
    workspace.stop();
    throw new Error(`The local workspace did not answer on ${workspace.url}.`, { cause });
  });
  return workspace;
}

const trace = z.strictObject({ pid: z.number().int().positive(), port: z.number() });
type Trace = z.infer<typeof trace>;

function workspaceAt({ pid, port }: Trace, fresh: boolean): Workspace {
  const end = () => kill(pid);
  process.once('exit', end);
  const url = `http://127.0.0.1:${port}`;
  const apiUrl = `${url}/api/`;
  return {
    url,
    apiUrl,
    fresh,
    say: async (text) => {
      await fetch(`${apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${sandboxTokens.botToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ channel: sandboxChannel, text }),
      });
    },
    stop: () => {
      process.off('exit', end);
      end();
    },
  };
}

/** The workspace of a Firebreak that was killed, if it still runs. A process id alone proves nothing: it is reused. */
async function survivor(traces: string, program: string): Promise<Trace | undefined> {
  try {
    const left = trace.parse(JSON.parse(await readFile(traces, 'utf8')));
    const [running] = (await readFile(`/proc/${left.pid}/cmdline`, 'utf8')).split('\0');
    return running === program && (await isUp(`http://127.0.0.1:${left.port}/_control/state`))
      ? left
      : undefined;
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Waits for the port, not for the process: one that nobody reaps stays in the list for ever. */
async function end({ pid, port }: Trace): Promise<void> {
  kill(pid);
  for (let waited = 0; waited < patience && !(await isFree(port)); waited += 20) await sleep(20);
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

async function answering(url: string, gone: () => boolean): Promise<void> {
  for (let waited = 0; waited < patience; waited += 50) {
    if (gone()) throw new Error('it ended at once');
    if (await isUp(url)) return;
    await sleep(50);
  }
  throw new Error('it gave no answer in time');
}

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}
