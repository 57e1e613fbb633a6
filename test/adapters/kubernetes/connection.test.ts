import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connect } from '../../../src/adapters/kubernetes/client/connect.ts';
import {
  ConnectionError,
  connectFromKubeconfig,
  plainConnection,
} from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { silentLog } from '../../fixtures/log.ts';
import { hangGuard } from '../../support/hang-guard.ts';
import { unhurried } from '../../support/unhurried.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Parts {
  readonly server?: string;
  readonly user?: object;
  readonly current?: string;
}

function kubeconfig({
  server = 'https://127.0.0.1:1',
  user = { token: 'secret' },
  current = 'lab',
}: Parts = {}): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server } }],
    users: [{ name: 'bot', user }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'bot' } }],
    'current-context': current,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const text = (content: string): string => {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, content);
  return file;
};

describe('a kubeconfig that can not be used is refused with one sentence that names it', () => {
  const missing = join(folder, 'missing');
  test.each([
    {
      name: 'no such file',
      options: { kubeconfig: missing },
      says: `The kubeconfig ${missing} can not be used: there is no such file.`,
    },
    { name: 'a folder', options: { kubeconfig: folder }, says: 'it is a folder, not a file' },
    {
      name: 'not YAML',
      options: { kubeconfig: text('{token: "hush') },
      says: 'it is not a valid kubeconfig',
    },
    {
      name: 'nothing in it',
      options: { kubeconfig: text('{}') },
      says: 'names no current context: set one (it has none)',
    },
    {
      name: 'no current context',
      options: { kubeconfig: kubeconfig({ current: '' }) },
      says: 'names no current context: set one (it has lab)',
    },
    {
      name: 'an unknown context',
      options: { kubeconfig: kubeconfig(), context: 'prod' },
      says: 'has no context "prod": it has lab.',
    },
    {
      name: 'no credentials',
      options: { kubeconfig: kubeconfig({ user: {} }) },
      says: 'has no credentials for its user',
    },
    {
      name: 'plain HTTP to elsewhere',
      options: { kubeconfig: kubeconfig({ server: 'http://10.0.0.1:8080' }) },
      says: 'it must be an https:// address',
    },
    { name: 'nothing at all', options: {}, says: 'No cluster is configured: set KUBECONFIG' },
    { name: 'a context of nothing', options: { context: 'prod' }, says: 'set KUBECONFIG' },
    {
      name: 'a pod without a service account',
      options: { inPod: { host: '10.0.0.1', port: 443, folder } },
      says: `The service account's ${join(folder, 'token')} cannot be read`,
    },
  ])('$name', async ({ options, says }) => {
    const refused = await connect(options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConnectionError);
    expect(refused).toMatchObject({ message: expect.stringContaining(says) });
    expect(refused).toMatchObject({ message: expect.not.stringContaining('hush') });
  });
});

describe('credentials', () => {
  const headersOf = async (user: object) => {
    const connection = await connectFromKubeconfig({ kubeconfig: kubeconfig({ user }) });
    const headers = await connection.headers();
    await connection.close();
    return headers;
  };

  test.each([
    { name: 'a token', user: { token: 'secret' }, headers: { Authorization: 'Bearer secret' } },
    {
      name: 'a user and a password',
      user: { username: 'a', password: 'b' },
      headers: { Authorization: 'Basic YTpi' },
    },
    {
      name: 'an exec plugin',
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: process.execPath,
          args: ['-p', 'JSON.stringify({ status: { token: "minted" } })'],
        },
      },
      headers: { Authorization: 'Bearer minted' },
    },
    {
      name: 'a token in the name of another user',
      user: { token: 't', as: 'alice' },
      headers: { 'Impersonate-User': 'alice' },
    },
  ])('$name', async ({ user, headers }) => {
    expect(await headersOf(user)).toMatchObject(headers);
  });

  test('a plugin that fails is a fault without what it printed', async () => {
    const exec = { command: process.execPath, args: ['-e', 'console.error("hush"); process.exit(1)'] };
    const connection = await connectFromKubeconfig({ kubeconfig: kubeconfig({ user: { exec } }) });
    const seen = await createCluster({
      name: 'lab',
      connection,
      log: silentLog,
      ...unhurried,
    }).checkReachable(AbortSignal.timeout(hangGuard));
    expect(seen).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('could not be asked'),
    });
    expect(seen).toMatchObject({ reason: expect.not.stringContaining('hush') });
    await connection.close();
  });
});

const port = z.object({ port: z.number() });

test('an expired token is renewed once, and one that stays refused is said', async () => {
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"kind":"Status","code":401}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port.parse(server.address()).port}`;
  const plain = plainConnection(url);
  let token = 'old';
  const connection = {
    ...plain,
    headers: () => Promise.resolve({ authorization: token }),
    renew: () => {
      token = 'new';
    },
  };
  const cluster = createCluster({ name: 'lab', connection, log: silentLog, ...unhurried });
  expect(await cluster.checkReachable(AbortSignal.timeout(hangGuard))).toEqual({
    kind: 'unreachable',
    reason: expect.stringContaining("does not accept Firebreak's credentials (401)"),
  });
  expect(tokens.slice(0, 2)).toEqual(['old', 'new']);
  await plain.close();
  server.close();
});

test.each(['https://127.0.0.1:6443', 'http://10.0.0.1', 'http://cluster.example'])(
  '%s is no plain connection',
  (url) => {
    expect(() => plainConnection(url)).toThrow(ConnectionError);
  },
);

test('an address where nobody listens is unreachable, in one sentence', async () => {
  const connection = plainConnection('http://127.0.0.1:1');
  const cluster = createCluster({ name: 'lab', connection, log: silentLog, ...unhurried });
  expect(await cluster.checkReachable(AbortSignal.timeout(hangGuard))).toEqual({
    kind: 'unreachable',
    reason: 'Cluster lab (http://127.0.0.1:1) refuses the connection: "list namespaces".',
  });
  await connection.close();
});
