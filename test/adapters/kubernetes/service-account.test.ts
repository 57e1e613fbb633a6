import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ConnectionError } from '../../../src/adapters/kubernetes/client/connection.ts';
import { connectFromServiceAccount } from '../../../src/adapters/kubernetes/client/service-account.ts';

/* The requests themselves, with TLS and a real token, are made in test/cluster. */

const folder = mkdtempSync(join(tmpdir(), 'firebreak-service-account-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mount = (name: 'token' | 'ca.crt', content: string) => writeFileSync(join(folder, name), content);

beforeEach(() => {
  mount('token', 'first\n');
  mount('ca.crt', 'not read before the first request');
});

const inPod = { host: '10.96.0.1', port: 443, folder };

test.each([
  { host: '10.96.0.1', server: 'https://10.96.0.1:443' },
  { host: 'kubernetes.default.svc', server: 'https://kubernetes.default.svc:443' },
  { host: 'fd00::1', server: 'https://[fd00::1]:443' },
])('the API server of $host', async ({ host, server }) => {
  const connection = await connectFromServiceAccount({ ...inPod, host });
  expect(connection).toMatchObject({ server, cluster: 'in-cluster' });
  await connection.close();
});

test('a renewed token is used after the old one was refused, and a new authority gets new connections', async () => {
  const connection = await connectFromServiceAccount(inPod);
  expect(await connection.headers()).toEqual({ Authorization: 'Bearer first' });
  const before = connection.dispatcher;
  mount('token', 'second\n');
  expect(await connection.headers()).toEqual({ Authorization: 'Bearer first' });
  connection.renew();
  expect(await connection.headers()).toEqual({ Authorization: 'Bearer second' });
  expect(connection.dispatcher).toBe(before);
  mount('ca.crt', 'another');
  connection.renew();
  await connection.headers();
  expect(connection.dispatcher).not.toBe(before);
  await connection.close();
});

test('a token that is gone or empty is one sentence that names the file', async () => {
  const connection = await connectFromServiceAccount(inPod);
  mount('token', ' \n');
  connection.renew();
  const refused = await connection.headers().catch((fault: unknown) => fault);
  expect(refused).toBeInstanceOf(ConnectionError);
  expect(refused).toMatchObject({ message: `The service account's ${join(folder, 'token')} is empty.` });
  await connection.close();
});
