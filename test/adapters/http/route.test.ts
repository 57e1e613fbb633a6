import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { type Credential, unauthorized } from '../../../src/adapters/http/route.ts';
import { silentLog } from '../../fixtures/log.ts';

const right = 'the-right-token-of-the-route';

/** What one request is answered, and what is logged of it. */
async function tried(headers: Record<string, string>, credential: Partial<Credential> = {}) {
  const logged: unknown[] = [];
  const log = {
    ...silentLog,
    warn: (fields: object, sentence: string) => void logged.push(fields, sentence),
  };
  const of = { path: '/webhooks/alertmanager', variable: 'ALERTMANAGER_TOKEN', token: right, ...credential };
  const server = createServer((request, response) => {
    response.end(`${unauthorized(request, of, log)?.status ?? 200}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
  const status = Number(await response.text());
  await new Promise((resolve) => server.close(resolve));
  return { status, logged };
}

test.each([
  ['no credentials', {}, 'none'],
  ['a token that is nearly the right one', { authorization: `Bearer ${right}s` }, 'wrong'],
  ['a password', { authorization: `Basic ${right}` }, 'no bearer token'],
])('%s: the refusal is logged without what was sent', async (_name, headers, credential) => {
  const { status, logged } = await tried(headers);
  expect(status).toBe(401);
  expect(logged).toEqual([
    expect.objectContaining({ path: '/webhooks/alertmanager', credential, remoteAddress: '127.0.0.1' }),
    'A request without the right credentials was refused',
  ]);
  expect(JSON.stringify(logged)).not.toContain(right);
});

test('an address that is disabled is logged too, and who has the token is not', async () => {
  const disabled = await tried({ authorization: `Bearer ${right}` }, { token: undefined });
  expect(disabled).toMatchObject({ status: 403, logged: [{ status: 403 }, expect.any(String)] });
  expect(JSON.stringify(disabled.logged)).not.toContain(right);
  expect(await tried({ authorization: `Bearer ${right}` })).toEqual({ status: 200, logged: [] });
});
