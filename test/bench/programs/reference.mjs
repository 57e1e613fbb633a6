// Plain JavaScript and nothing but Bolt, so that it is as small and as quick to start as Bolt's hello world is.
import { createServer } from 'node:http';
import bolt from '@slack/bolt';

/**
 * What Firebreak is measured against: Bolt's hello world. With a database it commits one row before it answers, and
 * with a cluster a click then sends one PATCH: the least that could do the same work. The argument is a `Site`.
 */
const { slack, database, cluster } = JSON.parse(process.argv[2] ?? '');
const receiver = new bolt.HTTPReceiver({
  signingSecret: slack.signingSecret,
  customRoutes: [
    { path: '/readyz', method: ['GET'], handler: (_request, response) => void response.end('ready\n') },
  ],
});
const app = new bolt.App({
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
  await commit(body.trigger_id);
  if (cluster !== undefined) await patch(cluster);
  await ack();
});

/** One insert, which PostgreSQL commits by itself. */
async function committer(url) {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query('create table if not exists bench_requests (key text, at timestamptz default now())');
  return (key) => pool.query('insert into bench_requests (key) values ($1)', [key]);
}

async function patch(url) {
  await fetch(`${url}/apis/apps/v1/namespaces/shop/deployments/bare`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { annotations: { 'bench.example/clicked': `${performance.now()}` } } }),
  });
}

/** An alert: read, parsed, one row committed, answered. */
async function takeAlert(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  await commit(alerts[0].fingerprint);
  response.writeHead(200, { 'content-type': 'text/plain' }).end('committed\n');
}

const server = createServer((request, response) => {
  if (request.url === '/webhooks/alertmanager') void takeAlert(request, response);
  else receiver.requestListener(request, response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
