import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver } from '@slack/bolt';
import { type Site, site } from './site.ts';

/**
 * What Firebreak is measured against: Bolt's hello world. With a database it commits one row before it answers, and
 * with a cluster a click then sends one PATCH: the least that could do the same work.
 */
const { slack, database, cluster } = site.parse(JSON.parse(process.argv[2] ?? ''));
const receiver = new HTTPReceiver({
  signingSecret: slack.signingSecret,
  customRoutes: [
    { path: '/readyz', method: ['GET'], handler: (_request, response) => void response.end('ready\n') },
  ],
});
const app = new App({
  token: slack.botToken,
  receiver,
  clientOptions: { slackApiUrl: slack.apiUrl },
});
const commit = database === undefined ? async () => undefined : await committer(database);

app.command('/remediate', async ({ command, ack }) => {
  await commit(command.trigger_id);
  await ack({ response_type: 'ephemeral', text: `Understood: ${command.text}` });
});

app.action('remediation:approve', async ({ body, ack }) => {
  await commit('trigger_id' in body && typeof body.trigger_id === 'string' ? body.trigger_id : 'none');
  if (cluster !== undefined) await patch(cluster);
  await ack();
});

/** One insert, which PostgreSQL commits by itself. */
async function committer(url: string): Promise<(key: string) => Promise<void>> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query('create table if not exists bench_requests (key text, at timestamptz default now())');
  return async (key) => {
    await pool.query('insert into bench_requests (key) values ($1)', [key]);
  };
}

async function patch(url: NonNullable<Site['cluster']>): Promise<void> {
  await fetch(`${url}/apis/apps/v1/namespaces/shop/deployments/bare`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({
      metadata: { annotations: { 'bench.example/clicked': String(performance.now()) } },
    }),
  });
}

const server = createServer(receiver.requestListener);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.stdout.write(`${JSON.stringify({ port: portOf(server.address()) })}\n`);

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The reference has no TCP port.');
  return address.port;
}
