import { createHmac, randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';

/** What came back for one delivery: the ack and its body, or that none came in time. */
export type Delivery =
  | { readonly kind: 'acked'; readonly body: unknown; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * Milliseconds that the double waits for an ack, and that a trigger can be used. Slack gives three seconds to an app on
 * a machine of its own; one that also runs all the other tests gets ten times as long.
 */
export const slackPatience = 30_000;

/** A way to bring a payload to the app. */
interface Carrier {
  deliver(
    kind: 'slash_commands' | 'interactive',
    payload: Readonly<Record<string, unknown>>,
  ): Promise<Delivery>;
}

// ------------------------------------------------------------------------------------------------ sockets

/** The sockets that are open now; each payload goes to one of them, in turn. */
export interface SocketHub extends Carrier {
  add(socket: WebSocket): void;
  count(): number;
  /** What Slack does every few hours: says goodbye and closes. */
  refresh(): void;
}

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

export function createSocketHub(): SocketHub {
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, { readonly carrier: WebSocket; end(delivery: Delivery): void }>();
  let turn = 0;
  return {
    add: (socket) => {
      sockets.push(socket);
      socket.on('close', () => {
        sockets.splice(sockets.indexOf(socket), 1);
        for (const { carrier, end } of waiting.values()) {
          if (carrier === socket) end({ kind: 'unreachable', reason: 'the socket was closed' });
        }
      });
      socket.on('message', (data) => {
        const ack = acknowledgement.safeParse(JSON.parse(String(data)));
        if (!ack.success) return;
        waiting.get(ack.data.envelope_id)?.end({ kind: 'acked', body: ack.data.payload, status: 200 });
      });
      const info = { app_id: 'A0FIREBREAK' };
      socket.send(
        JSON.stringify({
          type: 'hello',
          num_connections: sockets.length,
          connection_info: info,
          debug_info: { host: 'double' },
        }),
      );
    },
    count: () => sockets.length,
    refresh: () => {
      for (const socket of [...sockets]) {
        socket.send(
          JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'double' } }),
        );
        socket.close();
      }
    },
    deliver: async (type, payload) => {
      turn += 1;
      const socket = sockets[turn % Math.max(1, sockets.length)];
      if (socket === undefined) return { kind: 'unreachable', reason: 'no socket is connected' };
      const envelope = randomUUID();
      const { promise, resolve } = Promise.withResolvers<Delivery>();
      waiting.set(envelope, { carrier: socket, end: resolve });
      const timer = setTimeout(() => resolve({ kind: 'timeout' }), slackPatience);
      socket.send(JSON.stringify({ envelope_id: envelope, type, payload, accepts_response_payload: true }));
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(envelope);
      });
    },
  };
}

// ------------------------------------------------------------------------------------------- signed HTTP

/** One signed request as bytes, so that it can be sent again or tampered with. */
export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs as Slack does: v0, HMAC-SHA256 over `v0:timestamp:body`. `timestamp` in Unix seconds. */
export function sign(
  secret: string,
  url: string,
  body: string,
  timestamp = Math.floor(Date.now() / 1000),
): SignedRequest {
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${digest}`,
  };
  return { url, headers, body };
}

/** Sends signed bytes and waits for the ack. */
export async function sendSigned(
  { url, headers, body }: SignedRequest,
  patience = slackPatience,
): Promise<Delivery> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(patience),
    });
    const text = await response.text();
    if (response.status !== 200) return { kind: 'refused', status: response.status };
    return { kind: 'acked', status: 200, body: text.startsWith('{') ? JSON.parse(text) : text };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'timeout' };
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The form body of a payload: flat for a slash command, one JSON field for an interaction. */
export function formOf(
  kind: 'slash_commands' | 'interactive',
  payload: Readonly<Record<string, unknown>>,
): string {
  const flat = Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
  return new URLSearchParams(kind === 'interactive' ? { payload: JSON.stringify(payload) } : flat).toString();
}
