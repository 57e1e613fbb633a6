import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { withStartLock } from '../../adapters/postgres/embedded/start-lock.ts';
import type { Print } from '../../adapters/terminal/face.ts';
import { type Parts, slackFace, start } from '../../main.ts';
import { commandsToTry } from '../../simulator/scenario.ts';
import { alertToken, apiToken, openSandboxEnvironment, type SandboxEnvironment } from './environment.ts';
import { forgetAddresses, writeAddresses } from './fire-alert.ts';
import { sandboxFolder } from './folder.ts';
import {
  findWorkspaceProgram,
  sandboxChannel,
  sandboxTokens,
  startWorkspace,
  type Workspace,
  whyNoWorkspace,
} from './local-slack.ts';
import { openClusterBeside, openClusterHere } from './simulated-cluster.ts';
import { isFree } from './tcp-ports.ts';
import { runTerminal } from './terminal.ts';

export interface SandboxOptions {
  /** The workspace in the browser, the terminal in its place, or a script played in the terminal. */
  readonly face: 'browser' | 'terminal' | 'scripted';
  /** Where the database and the workspace's settings are; absent for the usual place. */
  readonly folder?: string;
  /** Ports of the workspace and of Firebreak's HTTP side; 0 takes free ones, absent the usual ones if they are free. */
  readonly workspacePort?: number;
  readonly port?: number;
  /** Uses this cluster instead of the simulated one. */
  readonly kubeconfig?: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Such as `linux-x64`; this machine's unless told. */
  readonly platform?: string;
}

const print: Print = (line) => void process.stdout.write(`${line}\n`);

/**
 * The sandbox: the same composition as production, with a simulated cluster and a workspace of its own. Resolves to
 * the exit code.
 *
 * @throws Error with one sentence when a sandbox runs in the folder already, or a port is taken
 */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  if (options.face === 'scripted') return runScripted(options);
  const folder = sandboxFolder(options);
  await mkdir(folder, { recursive: true });
  const program = options.face === 'browser' ? findWorkspaceProgram(options.platform) : undefined;
  if (options.face === 'browser' && program === undefined) {
    print(`${whyNoWorkspace(options.platform)} This terminal takes its place.`);
  }
  const busy = `A sandbox is running in ${folder}. Stop it first, or give this one a folder of its own: --folder DIR.`;
  return withStartLock(
    `${folder}/sandbox`,
    1,
    () => (program === undefined ? runInTerminal(folder, options) : runBrowser(program, folder, options)),
    busy,
  );
}

/** Always on the simulated cluster, which its targets are in, and from an empty database; leaves nothing behind. */
async function runScripted({ folder: named, logLevel }: SandboxOptions): Promise<number> {
  const folder = named === undefined ? await mkdtemp(join(tmpdir(), 'firebreak-script-')) : resolve(named);
  try {
    print('Starting a database and a simulated cluster...');
    const environment = await openSandboxEnvironment(folder, { logLevel, openCluster: openClusterHere });
    return await runTerminal(environment, { print, scripted: true });
  } finally {
    if (named === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function runInTerminal(folder: string, options: SandboxOptions): Promise<number> {
  return runTerminal(await openLasting(folder, options), { print, scripted: false });
}

const openLasting = (folder: string, options: SandboxOptions): Promise<SandboxEnvironment> =>
  openSandboxEnvironment(folder, { ...options, openCluster: () => openClusterBeside(folder) });

async function runBrowser(program: string, folder: string, options: SandboxOptions): Promise<number> {
  const port = await choosePort(options.port);
  const workspace = await startWorkspace(program, {
    dir: join(folder, 'workspace'),
    port: options.workspacePort,
  });
  const environment = await openLasting(folder, options);
  try {
    const running = await start({
      ...environment.parts,
      chatIsNew: workspace.fresh,
      face: faceOf(workspace, port),
    });
    try {
      await writeAddresses(folder, { port: running.port, alertToken, ...environment.address });
      if (workspace.fresh) await workspace.say(greeting());
      for (const line of introduction(workspace.url, running.port, folder, options)) print(line);
      await interrupted();
      print('Stopping...');
    } finally {
      await forgetAddresses(folder);
      await running.stop();
    }
  } finally {
    await environment.close();
    workspace.stop();
  }
  return 0;
}

function faceOf(workspace: Workspace, port: number): Parts['face'] {
  const { botToken, appToken } = sandboxTokens;
  const { apiUrl } = workspace;
  const slack = { botToken, mode: { kind: 'socket', appToken }, apiUrl, channel: sandboxChannel } as const;
  return slackFace({ host: '127.0.0.1', port, slack }, { guestFlags: 'left out' });
}

async function choosePort(wanted: number | undefined): Promise<number> {
  const usual = 3000;
  if (wanted === undefined) return (await isFree(usual)) ? usual : 0;
  if (wanted === 0 || (await isFree(wanted))) return wanted;
  throw new Error(`Port ${wanted} is taken. Give Firebreak another: --port N, or 0 for any.`);
}

/** What the channel says to whoever opens it first. */
function greeting(): string {
  return [
    'This is a workspace of its own, with a simulated cluster behind it. Type below, as alice:',
    ...commandsToTry.map(({ command, says }) => `• \`/remediate ${command}\` ${says}`),
    'Choose at the top who you are: what alice asks for, bob or carol may approve.',
  ].join('\n');
}

function introduction(workspaceUrl: string, port: number, folder: string, options: SandboxOptions): string[] {
  const { kubeconfig } = options;
  const there = options.folder === undefined ? '' : ` --folder ${options.folder}`;
  return [
    '',
    `  Open ${workspaceUrl} in a browser. You may be alice, bob or carol.`,
    ...(kubeconfig === undefined
      ? []
      : ['', `  This acts on a REAL cluster: the current context of ${kubeconfig}.`]),
    '',
    '  Try, as alice; what she asks for, bob or carol may approve:',
    ...commandsToTry.flatMap(({ command, says }) => [`    /remediate ${command}`, `        ${says}`]),
    '',
    '  Fire an alert for a pod that crash loops, from another terminal:',
    `    npm run firebreak -- alert${there}`,
    '',
    '  Ask what a command would be judged, without asking for it:',
    `    curl -H 'authorization: Bearer ${apiToken}' -d '{"command": "${commandsToTry[0].command}"}' http://127.0.0.1:${port}/api/v1/evaluate`,
    '',
    `  Ctrl-C ends it. What was asked for is kept in ${folder} and goes on at the next start.`,
    '',
  ];
}

/** Ctrl-C or a termination signal. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
