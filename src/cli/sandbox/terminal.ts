import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { readAlertmanager } from '../../adapters/http/alertmanager.ts';
import { createTerminalChat, createTerminalPeople, type Print } from '../../adapters/terminal/face.ts';
import { createSession, readLine, type Session } from '../../adapters/terminal/session.ts';
import { type Face, type Running, start } from '../../main.ts';
import { commandsToTry } from '../../simulator/scenario.ts';
import type { SandboxEnvironment } from './environment.ts';
import { crashLoopingAlert, findCrashLooping } from './fire-alert.ts';
import { people } from './local-slack.ts';
import { playScript } from './scripted-session.ts';

/** Firebreak in a terminal, which takes the place of Slack: lines typed, or a script. Resolves to the exit code. */
export async function runTerminal(
  environment: SandboxEnvironment,
  { print, scripted }: { print: Print; scripted: boolean },
): Promise<number> {
  const chat = createTerminalChat(print, nameOf);
  const face = () => async (): Promise<Face> => ({
    chat,
    people: createTerminalPeople(),
    port: 0,
    connected: () => true,
    stop: () => Promise.resolve(),
  });
  try {
    const running = await start({ ...environment.parts, chatIsNew: true, face });
    const session = terminalSession(running, print);
    try {
      if (scripted) return await playScript({ store: running.context.store, session, chat, print });
      await converse(running, session, { print, clusterUrl: environment.address.clusterUrl });
      return 0;
    } finally {
      await running.stop();
    }
  } finally {
    await environment.close();
  }
}

const nameOf = (userId: string): string => people.find(({ id }) => id === userId)?.name ?? userId;

async function converse(
  running: Running,
  session: Session,
  { print, clusterUrl }: { print: Print; clusterUrl: string | undefined },
): Promise<void> {
  for (const line of [
    '',
    'Type a command as alice, for example:',
    ...commandsToTry.map(({ command, says }) => `  ${command.padEnd(52)} ${says}`),
    'Then: approve 1 as bob; reject 1 as bob; act now 1 as bob (where a repository gets it first); alert (a pod crash loops);',
    'status; history; help; quit.',
    '',
  ]) {
    print(line);
  }
  const terminal = createInterface({ input: process.stdin });
  const close = () => terminal.close();
  process.once('SIGINT', close).once('SIGTERM', close);
  for await (const typed of terminal) {
    const line = readLine(typed);
    if (line.kind === 'quit') break;
    if (line.kind === 'command') await session.ask(line.text, 'alice');
    if (line.kind === 'vote') await session.vote(line.number, line.decision, line.as);
    if (line.kind === 'act now') await session.actNow(line);
    if (line.kind === 'alert') await alertFromTerminal(running, print, clusterUrl);
  }
  close();
}

async function alertFromTerminal(
  { context }: Running,
  print: Print,
  clusterUrl: string | undefined,
): Promise<void> {
  const pod = clusterUrl === undefined ? undefined : await findCrashLooping(clusterUrl);
  if (pod === undefined) return print('No pod crash loops right now.');
  const read = readAlertmanager(crashLoopingAlert(pod, context.clock()));
  if (read.kind === 'alerts') await context.store.ingest(read.alerts);
}

function terminalSession({ commands, context }: Running, print: Print): Session {
  return createSession({
    commands,
    print,
    newKey: randomUUID,
    userId: (name) => people.find((person) => person.name === name)?.id ?? name,
    find: async (number) => {
      const row = await context.store.byNumber(number);
      return row === undefined ? undefined : { id: row.id, digest: 'digest' in row ? row.digest : undefined };
    },
  });
}
