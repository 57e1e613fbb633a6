import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Forbidden } from '../../src/simulator/api/access.ts';
import { freePort } from '../cluster/ports.ts';
import { type FaultScenario, type FaultScenarioOptions, openFaultScenario } from './fault-scenario.ts';
import { holds, onFaultScenario } from './kill.ts';
import { readOperations, readOutbox, readRemediations } from './ledger.ts';
import { decideUntilOver } from './people.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let scenario: FaultScenario;
let folder: string;
/** A port on which nobody listens. */
let closed: number;
beforeAll(async () => {
  scenario = await openFaultScenario();
  closed = await freePort();
  folder = await mkdtemp(join(tmpdir(), 'firebreak-sentences-'));
});
afterAll(async () => {
  await scenario.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the real program with this environment and nothing else. */
async function started(changes: Record<string, string>) {
  const kubeconfig = await write(
    'kubeconfig',
    `apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: here, user: me } }]
clusters: [{ name: here, cluster: { server: "${scenario.site.cluster}" } }]
users: [{ name: me, user: {} }]
`,
  );
  const { apiUrl, botToken, appToken } = scenario.site.slack;
  const env = {
    PATH: '',
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: apiUrl,
    FIREBREAK_CHANNEL: 'C0OPS',
    DATABASE_URL: scenario.site.database,
    KUBECONFIG: kubeconfig,
    PORT: '0',
    ...changes,
  };
  return spawn(process.execPath, [program], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when it has ended. */
async function startWith(changes: Record<string, string>): Promise<{ code: unknown; lines: string[] }> {
  const child = await started(changes);
  child.stdout.resume();
  const texts: string[] = [];
  child.stderr.on('data', (chunk) => texts.push(String(chunk)));
  const [code] = await once(child, 'close');
  return { code, lines: texts.join('').trimEnd().split('\n') };
}

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

function addressWith(changes: { pathname: string }): string {
  return Object.assign(new URL(scenario.site.database), changes).href;
}

const bad = (name: string, changes: () => Promise<Record<string, string>>, ...sentences: readonly string[]) =>
  [name, changes, sentences] as const;

/**
 * In the sentences, `<server>` stands for the host and port of the database, `<folder>` for where the files lie,
 * `<closed>` for the port on which nobody listens.
 */
const starts = [
  bad(
    'a wrong bot token',
    async () => ({ SLACK_BOT_TOKEN: 'xoxb-wrong' }),
    'Slack does not accept SLACK_BOT_TOKEN (invalid_auth): it must be the bot token (xoxb-...) of the installed app.',
  ),
  bad(
    'a wrong app token',
    async () => ({ SLACK_APP_TOKEN: 'xapp-wrong' }),
    'Slack does not accept SLACK_APP_TOKEN (invalid_auth): it must be an app-level token (xapp-...) with connections:write.',
  ),
  bad(
    'the database away',
    async () => ({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${closed}/firebreak` }),
    'Cannot use the database at 127.0.0.1:<closed>/firebreak: connect ECONNREFUSED 127.0.0.1:<closed>. Check DATABASE_URL and that PostgreSQL is running there.',
  ),
  bad(
    'a database that does not exist',
    async () => ({ DATABASE_URL: addressWith({ pathname: '/nowhere' }) }),
    'Cannot use the database at <server>/nowhere: database "nowhere" does not exist. Check DATABASE_URL and that PostgreSQL is running there.',
  ),
  bad(
    'a kubeconfig that is not there',
    async () => ({ KUBECONFIG: '/nowhere/config' }),
    'The kubeconfig /nowhere/config can not be used: there is no such file.',
  ),
  bad(
    'nothing about Slack',
    async () => ({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', FIREBREAK_CHANNEL: '' }),
    'SLACK_BOT_TOKEN must be set to the bot token of the Slack app (xoxb-...)',
    'FIREBREAK_CHANNEL must be set to the id of the channel for cards (C0123456789)',
    'SLACK_APP_TOKEN (xapp-..., for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) must be set.',
  ),
  bad('a port in words', async () => ({ PORT: 'http' }), 'PORT must be a port number from 0 to 65535'),
  bad(
    'an unknown key in the policy',
    async () => ({ FIREBREAK_POLICY: await write('policy.yaml', 'version: 1\napprover: {}\n') }),
    '<folder>/policy.yaml:2:1: the document: unknown key "approver"; did you mean "approvers"?',
  ),
  bad(
    'a policy that is not there',
    async () => ({ FIREBREAK_POLICY: '/nowhere/policy.yaml' }),
    'FIREBREAK_POLICY: the file /nowhere/policy.yaml cannot be read (ENOENT).',
  ),
];

describe.concurrent('a start that cannot be ends with one sentence for each problem', () => {
  test.each(starts)('%s', async (_name, changes, sentences) => {
    const { code, lines } = await startWith(await changes());
    const server = new URL(scenario.site.database).host;
    const anonymous = lines.map((line) =>
      line.replace(server, '<server>').replace(folder, '<folder>').replaceAll(`:${closed}`, ':<closed>'),
    );
    expect(anonymous).toEqual(sentences.map((sentence) => `firebreak: ${sentence}`));
    expect(code).toBe(1);
  });

  test('but for Slack being away: that is said, and waited for', async () => {
    const child = await started({ SLACK_API_URL: `http://127.0.0.1:${closed}/api/` });
    const ended = once(child, 'close');
    child.stderr.resume();
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes('SLACK_API_URL')) break;
    }
    expect(lines.at(-1)?.replaceAll(`:${closed}`, ':<closed>')).toContain(
      '"Slack could not be reached at http://127.0.0.1:<closed>/api/: Slack did not answer: connect ECONNREFUSED 127.0.0.1:<closed>. Check the network, the proxy and SLACK_API_URL. It is asked again."',
    );
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  afterAll(async () => {
    expect([await readRemediations(scenario.knex), await readOutbox(scenario.knex)]).toEqual([[], []]);
  });
});

const asked = [
  [
    'an unknown namespace',
    'rollout restart deployment/web -n shpo',
    'no_action',
    'There is no namespace shpo; the nearest name is shop.',
  ],
  [
    'a missing workload',
    'rollout restart deployment/webb -n shop',
    'no_action',
    'There is no Deployment webb in namespace shop; the nearest name is web.',
  ],
  [
    'no right to look',
    'rollout restart statefulset/orders -n shop',
    'no_action',
    'Firebreak may not get statefulsets.apps in namespace shop (RBAC).',
  ],
  [
    'no right to change',
    'rollout restart deployment/ledger -n payments',
    'failed',
    'Firebreak may not patch deployments.apps in namespace payments (RBAC).',
  ],
] as const;

describe.concurrent('a wish that cannot be is answered on its card and in the log', () => {
  test.each(asked)('%s', async (_name, command, state, sentence) => {
    await refused(command, state, sentence, { forbid });
  });

  test('a cluster that is away', async () => {
    await refused(
      'rollout restart deployment/web -n shop',
      'failed',
      'Cluster sandbox (<cluster>) refuses the connection: "get Namespace kube-system".',
      { away: true },
    );
  });
});

const forbid: readonly Forbidden[] = [
  { verb: 'get', resource: 'statefulsets' },
  { verb: 'patch', resource: 'deployments', namespace: 'payments' },
];

/** Asks a live replica; the row, the card and the log line must say the same sentence, and nothing is changed. */
async function refused(
  command: string,
  state: string,
  sentence: string,
  { away = false, ...options }: FaultScenarioOptions & { away?: boolean },
): Promise<void> {
  await onFaultScenario(async (live) => {
    await live.peer();
    if (away) await live.cluster.stop();
    await live.slack.slash('U0ALICE', command);
    await decideUntilOver(live, []);
    await holds(live, { ends: [[state, null]] });
    const expected = sentence.replace('<cluster>', live.site.cluster);
    const [operation] = await readOperations(live.knex);
    expect([operation?.detail, operation?.stderr].join(' ')).toContain(expected);
    const [card] = live.slack.messages();
    expect(JSON.stringify(card?.blocks)).toContain(JSON.stringify(expected).slice(1, -1));
    expect(live.requests.filter(({ changed }) => changed)).toEqual([]);
  }, options);
}
