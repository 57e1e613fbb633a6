import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pino } from 'pino';
import { readAlertmanager } from './adapters/alerts/alertmanager.ts';
import { createCluster } from './adapters/kubernetes/cluster.ts';
import { plainConnection } from './adapters/kubernetes/connection.ts';
import { createSandboxCluster } from './adapters/sandbox/cluster.ts';
import { commandsToTry } from './adapters/sandbox/scenario.ts';
import {
  findWorkspaceProgram,
  people,
  sandboxChannel,
  sandboxTokens,
  startWorkspace,
} from './adapters/sandbox/workspace.ts';
import { createTerminalChat, createTerminalPeople, type Print } from './adapters/terminal/face.ts';
import { createSession, readLine, type Session } from './adapters/terminal/session.ts';
import { loadPlaybooks, loadPolicy } from './config.ts';
import { crashLoopingAlert, findCrashLooping, writeAddresses } from './fire-alert.ts';
import { type Face, kubernetesCluster, type Parts, type Running, slackFace, start } from './main.ts';
import { playScript } from './rehearsal.ts';

export interface SandboxOptions {
  /** Plays one remediation of each tier in the terminal, then ends. */
  readonly scripted: boolean;
  /** Ports of the workspace and of Firebreak's HTTP side; 0 takes free ones. */
  readonly workspacePort: number;
  readonly port: number;
  /** Uses this cluster instead of the simulated one. */
  readonly kubeconfig?: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Where the sandbox keeps its database and the workspace's settings. */
const folder = resolve('.firebreak/sandbox');

/** Where a running sandbox says how to reach it. */
export const addressFile = join(folder, 'running.json');

const examples = resolve(import.meta.dirname, '../examples');

/** The bearer token of the sandbox's alert door; it listens on this machine only. */
const alertToken = 'sandbox-alert-token';

const print: Print = (line) => void process.stdout.write(`${line}\n`);

/** The sandbox: the same composition as production, with a simulated cluster and a workspace of its own. */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  await mkdir(folder, { recursive: true });
  const program = options.scripted ? undefined : findWorkspaceProgram();
  if (!options.scripted && program === undefined) {
    print(
      `There is no Slack-like workspace for ${process.platform}-${process.arch}; this terminal takes its place.`,
    );
  }
  return program === undefined ? runTerminal(options) : runBrowser(program, options);
}

async function runBrowser(program: string, options: SandboxOptions): Promise<number> {
  const workspace = await startWorkspace(program, {
    dir: join(folder, 'workspace'),
    port: options.workspacePort,
  });
  const scene = await openScene(options);
  const running = await start({
    ...scene.parts,
    face: slackFace({
      host: '127.0.0.1',
      port: options.port,
      slack: {
        botToken: sandboxTokens.botToken,
        mode: { kind: 'socket', appToken: sandboxTokens.appToken },
        apiUrl: workspace.apiUrl,
        channel: sandboxChannel,
      },
    }),
  });
  await writeAddresses(addressFile, { port: running.port, alertToken, ...scene.address });
  for (const line of introduction(workspace.url)) print(line);
  await interrupted();
  await running.stop();
  await scene.close();
  workspace.stop();
  return 0;
}

function introduction(workspaceUrl: string): string[] {
  return [
    '',
    `  Open ${workspaceUrl} in a browser and go to #incidents. You may be alice, bob or carol.`,
    '',
    '  Try, as alice; what she asks for, bob and carol may approve:',
    ...commandsToTry.flatMap(({ command, says }) => [`    /remediate ${command}`, `        ${says}`]),
    '',
    '  Fire an alert for a pod that crash loops, from another terminal:',
    '    npm run firebreak -- alert',
    '',
    '  Ctrl-C ends it. What was asked for is kept in .firebreak/sandbox and goes on at the next start.',
    '',
  ];
}

async function runTerminal(options: SandboxOptions): Promise<number> {
  const scene = await openScene(options);
  const running = await start({ ...scene.parts, face: terminalFace });
  const session = terminalSession(running);
  try {
    if (options.scripted) return await playScript(running.setting.store, session, print);
    await converse(running, session, scene.address.clusterUrl);
    return 0;
  } finally {
    await running.stop();
    await scene.close();
  }
}

async function converse(running: Running, session: Session, clusterUrl: string | undefined): Promise<void> {
  for (const line of [
    '',
    'Type a command as alice, for example:',
    ...commandsToTry.map(({ command }) => `  ${command}`),
    'Then: approve 1 as bob; reject 1 as bob; alert (a pod crash loops); status; history; help; quit.',
  ]) {
    print(line);
  }
  const terminal = createInterface({ input: process.stdin });
  for await (const typed of terminal) {
    const line = readLine(typed);
    if (line.kind === 'quit') break;
    if (line.kind === 'command') await session.ask(line.text, 'alice');
    if (line.kind === 'vote') await session.vote(line.number, line.decision, line.as);
    if (line.kind === 'alert') await alertFromTerminal(running, clusterUrl);
  }
  terminal.close();
}

async function alertFromTerminal({ setting }: Running, clusterUrl: string | undefined): Promise<void> {
  const pod = clusterUrl === undefined ? undefined : await findCrashLooping(clusterUrl);
  if (pod === undefined) return print('No pod crash loops right now.');
  const read = readAlertmanager(crashLoopingAlert(pod, setting.clock()));
  if (read.kind === 'alerts') await setting.store.ingest(read.alerts);
}

/** What both faces share: storage, policy, playbooks and a cluster. */
interface Scene {
  readonly parts: Omit<Parts, 'face'>;
  readonly address: { readonly clusterUrl?: string };
  close(): Promise<void>;
}

async function openScene(options: SandboxOptions): Promise<Scene> {
  const { kubeconfig } = options;
  const simulated = kubeconfig === undefined ? await createSandboxCluster({ scenario: true }) : undefined;
  return {
    parts: {
      database: { kind: 'embedded', dataDir: join(folder, 'postgres') },
      channel: sandboxChannel,
      policy: loadPolicy(join(examples, 'policy.yaml')),
      playbooks: loadPlaybooks(join(examples, 'playbooks')),
      alertmanagerToken: alertToken,
      log: pino({ level: options.logLevel }),
      cluster:
        simulated === undefined
          ? kubernetesCluster(kubeconfig === undefined ? {} : { kubeconfig })
          : async (log) =>
              createCluster({ name: 'sandbox', connection: plainConnection(simulated.url), log }),
    },
    address: simulated === undefined ? {} : { clusterUrl: simulated.url },
    close: async () => simulated?.stop(),
  };
}

/** The terminal takes the place of Slack. */
const terminalFace = async (): Promise<Face> => ({
  chat: createTerminalChat(print),
  people: createTerminalPeople(),
  port: 0,
  connected: () => true,
  stop: () => Promise.resolve(),
});

function terminalSession({ commands, setting }: Running): Session {
  return createSession({
    commands,
    print,
    newKey: randomUUID,
    userId: (name) => people.find((person) => person.name === name)?.id ?? name,
    find: async (number) => {
      const row = await setting.store.byNumber(number);
      return row === undefined ? undefined : { id: row.id, digest: 'digest' in row ? row.digest : undefined };
    },
  });
}

/** Ctrl-C or a termination signal. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
