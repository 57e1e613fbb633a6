import { randomUUID } from 'node:crypto';
import { formOf, sign } from '../../adapters/slack/double/delivery.ts';
import { slashPayload } from '../../adapters/slack/double/payloads.ts';
import type { Workspace } from '../../adapters/slack/double/workspace.ts';
import { alertToken, channel, requester } from '../programs/site.ts';

/** A slash command as Slack sends and signs it, in bytes. Each has a trigger of its own, as each request has. */
export function slashRequest(workspace: Workspace, port: number, text: string): Buffer {
  const payload = slashPayload(workspace, {
    user: requester,
    text,
    channel,
    team: workspace.teamId,
    responseUrl: 'http://127.0.0.1:9/response',
    trigger: randomUUID(),
  });
  return bytesOf(sign(workspace.signingSecret, path(port), formOf('slash_commands', payload)));
}

/** One new alert as Alertmanager sends it, in bytes. */
export function alertRequest(port: number): Buffer {
  const fingerprint = randomUUID();
  const body = JSON.stringify({
    version: '4',
    status: 'firing',
    receiver: 'firebreak',
    alerts: [
      {
        status: 'firing',
        labels: {
          alertname: 'KubePodCrashLooping',
          namespace: 'shop',
          pod: `web-${fingerprint.slice(0, 8)}`,
          container: 'web',
          severity: 'warning',
        },
        annotations: {
          summary: 'Pod is crash looping.',
          description: 'The container restarts again and again.',
        },
        startsAt: '2026-03-01T12:00:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus.example/graph',
        fingerprint,
      },
    ],
  });
  const headers = { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' };
  return bytesOf({ url: `http://127.0.0.1:${port}/webhooks/alertmanager`, headers, body });
}

/** What tells one alert of a storm from another. */
export interface SentAlert {
  readonly alertname: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly fingerprint: string;
}

/** Several new alerts as Alertmanager sends them, in bytes. */
export function alertsRequest(port: number, alerts: readonly SentAlert[]): Buffer {
  const body = JSON.stringify({
    version: '4',
    alerts: alerts.map(({ fingerprint, ...labels }) => ({
      status: 'firing',
      labels: { ...labels, severity: 'warning' },
      annotations: { summary: 'It does not do what it should.' },
      startsAt: '2026-03-01T12:00:00Z',
      fingerprint,
    })),
  });
  const headers = { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' };
  return bytesOf({ url: `http://127.0.0.1:${port}/webhooks/alertmanager`, headers, body });
}

const path = (port: number): string => `http://127.0.0.1:${port}/slack/events`;

function bytesOf({ url, headers, body }: Pick<ReturnType<typeof sign>, 'url' | 'headers' | 'body'>): Buffer {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ ...headers, host, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
}
