import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The people of the sandbox; examples/policy.yaml lets all of them approve. */
export const people = [
  { id: 'U0ALICE', name: 'alice' },
  { id: 'U0BOB', name: 'bob' },
  { id: 'U0CAROL', name: 'carol' },
] as const;

export const sandboxChannel = 'C0INCIDENTS';
export const sandboxTokens = { botToken: 'xoxb-sandbox', appToken: 'xapp-sandbox' } as const;

/** The npm package that carries the local workspace's program, by platform. */
const programs: Readonly<Record<string, string>> = { 'linux-x64': 'local-slack-linux-x64' };

export interface Workspace {
  /** What to open in a browser. */
  readonly url: string;
  readonly apiUrl: string;
  stop(): void;
}

/** Milliseconds to wait for the workspace to answer; it needs less than one second on a quiet machine. */
const patience = 20_000;

/** Where the workspace's program is, or undefined where the platform has none. */
export function findWorkspaceProgram(platform = `${process.platform}-${process.arch}`): string | undefined {
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

/**
 * Starts a Slack-like workspace for the browser (local-slack) with three people, one channel and the Firebreak app.
 * It ends with this process. Its state is in memory.
 *
 * @param port 0 takes a free one
 * @throws Error with one sentence when it does not answer in time
 */
export async function startWorkspace(
  program: string,
  options: { dir: string; port: number },
): Promise<Workspace> {
  await mkdir(options.dir, { recursive: true });
  const port = options.port === 0 ? await freePort() : options.port;
  const config = join(options.dir, 'workspace.json');
  await writeFile(config, JSON.stringify(workspaceConfig()));
  const child = spawn(program, ['--config', config, '--port', String(port), '--base-host', '127.0.0.1'], {
    stdio: 'ignore',
  });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/_control/state`, () => child.exitCode !== null).catch((cause: unknown) => {
    end();
    throw new Error(`The local workspace did not answer on ${url}.`, { cause });
  });
  return {
    url,
    apiUrl: `${url}/api/`,
    stop: () => {
      process.off('exit', end);
      end();
    },
  };
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
    channels: [{ id: sandboxChannel, name: 'incidents' }],
  };
}

async function answering(url: string, gone: () => boolean): Promise<void> {
  for (let waited = 0; waited < patience; waited += 50) {
    if (gone()) throw new Error('it ended at once; the port may be taken');
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await sleep(50);
  }
  throw new Error('it gave no answer in time');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port could be had');
  return address.port;
}
