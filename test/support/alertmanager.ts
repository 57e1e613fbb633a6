import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const programs = { alertmanager: 'prometheus-alertmanager', prometheus: 'prometheus' } as const;

/** Why one of Debian's packages `prometheus` and `prometheus-alertmanager` is missing here; undefined where both are there. */
export function missingForAlerts(
  needed: readonly (keyof typeof programs)[] = ['alertmanager'],
): string | undefined {
  for (const name of needed) {
    try {
      execFileSync(programs[name], ['--version'], { stdio: 'ignore' });
    } catch {
      return `${programs[name]} is not installed`;
    }
  }
  return undefined;
}

/** CI sets it: there the programs must be there. */
export const alertsAreNeeded = process.env['FIREBREAK_TEST_NEEDS_ALERTMANAGER'] === '1';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Where it sends alerts: as the configuration of a receiver has it. */
interface Receiver {
  readonly url: string;
  readonly token: string;
}

const silence = z.object({
  id: z.string(),
  comment: z.string(),
  createdBy: z.string(),
  endsAt: z.string(),
  status: z.object({ state: z.string() }),
  matchers: z.array(
    z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean() }),
  ),
});

const alert = z.object({
  labels: z.record(z.string(), z.string()),
  status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }),
});

export interface Alertmanager {
  readonly url: string;
  /** Sends it alerts as Prometheus does. */
  send(
    alerts: readonly { readonly labels: object; readonly annotations?: object; readonly endsAt?: string }[],
  ): Promise<void>;
  /** Those that are not expired. */
  silences(): Promise<readonly z.infer<typeof silence>[]>;
  /** Those it ever had. */
  everySilence(): Promise<readonly z.infer<typeof silence>[]>;
  alerts(): Promise<readonly z.infer<typeof alert>[]>;
  stop(): Promise<void>;
}

/** Starts so many, as one cluster; each delivers to the receiver at once. */
export async function startAlertmanagers(
  count: number,
  receiver: Receiver,
): Promise<readonly Alertmanager[]> {
  const gossip = await Promise.all(Array.from({ length: count }, freePort));
  return Promise.all(gossip.map((own) => startOne(receiver, own, gossip, count)));
}

async function startOne(
  { url, token }: Receiver,
  own: number,
  all: readonly number[],
  count: number,
): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-alertmanager-'));
  const port = await freePort();
  const config = join(folder, 'alertmanager.yml');
  const route = {
    receiver: 'firebreak',
    group_by: ['namespace'],
    group_wait: '1s',
    group_interval: '1s',
    repeat_interval: '1h',
  };
  const hook = { url, send_resolved: true, http_config: { authorization: { credentials: token } } };
  writeFileSync(
    config,
    JSON.stringify({ route, receivers: [{ name: 'firebreak', webhook_configs: [hook] }] }),
  );
  const child = spawn(
    programs.alertmanager,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(count === 1
        ? ['--cluster.listen-address=']
        : [
            `--cluster.listen-address=127.0.0.1:${own}`,
            ...all.filter((each) => each !== own).map((each) => `--cluster.peer=127.0.0.1:${each}`),
            '--cluster.settle-timeout=1s',
          ]),
    ],
    { stdio: 'ignore' },
  );
  const at = `http://127.0.0.1:${port}`;
  await untilReady(child, `${at}/-/ready`);
  const read = async (path: string): Promise<unknown> => (await fetch(`${at}/api/v2/${path}`)).json();
  const everySilence = async () => z.array(silence).parse(await read('silences'));
  return {
    url: at,
    send: async (alerts) => {
      const body = JSON.stringify(alerts);
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${at}/api/v2/alerts`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`Alertmanager took no alerts: ${await response.text()}`);
    },
    everySilence,
    silences: async () => (await everySilence()).filter(({ status }) => status.state !== 'expired'),
    alerts: async () => z.array(alert).parse(await read('alerts')),
    stop: () => end(child, folder),
  };
}

/** Starts Prometheus with these rules, which scrapes one target every second and tells these Alertmanagers. */
export async function startPrometheus(options: {
  readonly target: string;
  readonly alertmanagers: readonly string[];
  readonly rules: object;
  /** A free one unless told. */
  readonly port?: number;
}): Promise<{ stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-prometheus-'));
  const port = options.port ?? (await freePort());
  const targets = (urls: readonly string[]) => [{ targets: urls.map((url) => new URL(url).host) }];
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    alerting: { alertmanagers: [{ static_configs: targets(options.alertmanagers) }] },
    scrape_configs: [
      { job_name: 'kube-state-metrics', honor_labels: true, static_configs: targets([options.target]) },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify(options.rules));
  const child = spawn(
    programs.prometheus,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=1s',
    ],
    { stdio: 'ignore' },
  );
  await untilReady(child, `http://127.0.0.1:${port}/-/ready`);
  return { stop: () => end(child, folder) };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before it was ready`);
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
