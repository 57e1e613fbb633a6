import { randomUUID } from 'node:crypto';
import { formOf, sign } from '../../adapters/slack/double/delivery.ts';
import { slashPayload } from '../../adapters/slack/double/payloads.ts';
import type { Workspace } from '../../adapters/slack/double/workspace.ts';
import { channel, requester } from '../programs/site.ts';

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

const path = (port: number): string => `http://127.0.0.1:${port}/slack/events`;

function bytesOf({ url, headers, body }: ReturnType<typeof sign>): Buffer {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ ...headers, host, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
}
