import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { faultsOf } from '../../../../src/adapters/slack/limits.ts';
import { bodyOf } from './api.ts';
import { blockList, type Workspace } from './workspace.ts';

const answer = z.object({
  text: z.string().optional(),
  blocks: blockList.optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
});

/** Uses and minutes for which Slack keeps a response URL. */
const maxUses = 5;
const lifetime = 30 * 60_000;

/** Response URLs: who they answer to, how often they were used, whether they still live. */
export interface ResponseUrls {
  issue(user: string, channel: string): string;
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Shows what an ack carried, as Slack does for a slash command. False if it is not a message. */
  show(user: string, channel: string, body: unknown, via: 'ack' | 'response_url'): boolean;
}

export function createResponseUrls(workspace: Workspace, base: () => string): ResponseUrls {
  const issued = new Map<
    string,
    { readonly user: string; readonly channel: string; readonly at: number; uses: number }
  >();
  const show: ResponseUrls['show'] = (user, channel, body, via) => {
    const parsed = answer.safeParse(body);
    if (!parsed.success || (parsed.data.text === undefined && parsed.data.blocks === undefined)) return false;
    const { text = '', blocks = [], response_type } = parsed.data;
    if (blocks.length > 0 && faultsOf(blocks).length > 0) return false;
    if (response_type === 'ephemeral') workspace.tellAlone({ user, channel, text, blocks, via });
    else
      workspace.messages.push({
        channel,
        ts: workspace.nextTs(),
        user: workspace.botUserId,
        reply_broadcast: false,
        text,
        blocks,
        updates: 0,
      });
    return true;
  };
  return {
    show,
    issue: (user, channel) => {
      const id = randomUUID();
      issued.set(id, { user, channel, at: Date.now(), uses: 0 });
      return `${base()}/response/${id}`;
    },
    serve: async (request, response) => {
      const known = issued.get((request.url ?? '').replace('/response/', ''));
      const body: unknown = JSON.parse(await bodyOf(request));
      if (known === undefined || known.uses >= maxUses || Date.now() - known.at > lifetime) {
        response.writeHead(404).end('expired_url');
        return;
      }
      known.uses += 1;
      const taken = show(known.user, known.channel, body, 'response_url');
      response.writeHead(taken ? 200 : 400).end(taken ? 'ok' : 'invalid_payload');
    },
  };
}
