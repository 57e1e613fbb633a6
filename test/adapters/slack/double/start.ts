import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { hangGuard } from '../../../support/hang-guard.ts';
import { bytesOf, serveApi } from './api.ts';
import {
  createSocketHub,
  type Delivery,
  formOf,
  type SignedRequest,
  type SocketHub,
  sendSigned,
  sign,
} from './delivery.ts';
import { createFaultScript, type DoubleFault } from './faults.ts';
import { takeBytes } from './methods.ts';
import { buttonOn, clickPayload, newTrigger, slashPayload, submitPayload } from './payloads.ts';
import { createResponseUrls, type ResponseUrls } from './response-urls.ts';
import { createWorkspace, type DoubleEphemeral, type DoubleMessage, type Workspace } from './workspace.ts';

/** A click: on which message, which button. `value` replaces the button's own; `userTeam` makes a foreigner. */
interface DoubleClick {
  readonly user: string;
  readonly message: DoubleMessage;
  readonly actionId: string;
  readonly value?: string;
  readonly userTeam?: string;
  /** Instead of one of the double's own. */
  readonly responseUrl?: string;
  /** Values chosen in the menu of the message. */
  readonly chosen?: readonly string[];
}

/**
 * A strict Slack: tokens, scopes, block limits, triggers that expire, response URLs of five uses, several
 * sockets of which one gets each payload, signed HTTP. It lives in the test's process; the bot may be anywhere.
 */
export interface SlackDouble {
  /** Give this to the bot as SLACK_API_URL. */
  readonly apiUrl: string;
  /** Tokens, users, groups, messages: may be read and changed while it runs. */
  readonly workspace: Workspace;
  /** From now on payloads go as signed HTTP to this address, such as http://127.0.0.1:4000/slack/events. */
  useHttp(requestUrl: string): void;
  /** Open sockets. */
  sockets(): number;
  /** Resolves when at least `count` sockets are open; rejects when they never are. */
  untilConnected(count?: number): Promise<void>;
  /** Says goodbye on every socket, as Slack does every few hours. */
  refreshSockets(): void;
  /** Types /remediate; what the ack shows appears among the ephemerals. */
  slash(user: string, text: string, options?: { channel?: string; team?: string }): Promise<Delivery>;
  click(click: DoubleClick): Promise<Delivery>;
  /** Confirms a dialog; what comes back is the body of the ack. */
  submit(dialog: {
    readonly user: string;
    readonly view: unknown;
    readonly userTeam?: string;
    /** What was filled in, by the block: a text, or whether a box is ticked. */
    readonly fields?: Readonly<Record<string, string | boolean>>;
  }): Promise<Delivery>;
  /** The signed bytes of the latest HTTP delivery; send them again with `resend`. */
  lastSigned(): SignedRequest | undefined;
  resend(request: SignedRequest, patience?: number): Promise<Delivery>;
  /** Scripts what happens to the next calls of a Web API method. */
  fail(method: string, fault: DoubleFault, times?: number): void;
  /** Takes back what was scripted and has not happened. */
  forgive(): void;
  messages(channel?: string): readonly DoubleMessage[];
  ephemerals(user?: string): readonly DoubleEphemeral[];
  /** Resolves with the first value that `look` finds; looks every 10 ms; rejects when there is never one. */
  until<T>(look: () => T | undefined): Promise<T>;
  close(): Promise<void>;
}

/** Starts a double on 127.0.0.1; `port` 0 takes a free one. Delivers over sockets until `useHttp`. */
export async function startSlackDouble({ port = 0 }: { readonly port?: number } = {}): Promise<SlackDouble> {
  const workspace: Workspace = { ...createWorkspace(), uploadUrl: (id) => `${base()}/upload/${id}` };
  const faults = createFaultScript();
  const hub = createSocketHub();
  const web = createServer();
  const base = () => `http://127.0.0.1:${portOf(web)}`;
  const urls = createResponseUrls(workspace, base);
  web.on('request', (request, response) => {
    const { url = '' } = request;
    const served = url.startsWith('/upload/')
      ? bytesOf(request).then((bytes) => {
          response.writeHead(takeBytes(workspace, url.replace('/upload/', ''), bytes)).end();
        })
      : url.startsWith('/response/')
        ? urls.serve(request, response)
        : serveApi(workspace, faults, () => `${base().replace('http', 'ws')}/link`, request, response);
    served.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const sockets = acceptSockets(web, hub);
  web.listen(port, '127.0.0.1');
  await once(web, 'listening');
  return {
    apiUrl: `${base()}/api/`,
    workspace,
    sockets: hub.count,
    refreshSockets: hub.refresh,
    fail: faults.add,
    forgive: faults.clear,
    messages: (channel) =>
      workspace.messages.filter((each) => channel === undefined || each.channel === channel),
    ephemerals: (user) => (user === undefined ? workspace.ephemerals : [...workspace.ephemeralsOf(user)]),
    until,
    untilConnected: async (count = 1) => {
      await until(() => (hub.count() >= count ? true : undefined));
    },
    ...people(workspace, urls, hub),
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      web.closeAllConnections();
      web.close();
      await once(web, 'close');
    },
  };
}

/** What people do: type and click, over whichever way payloads go now. */
function people(
  workspace: Workspace,
  urls: ResponseUrls,
  hub: SocketHub,
): Pick<SlackDouble, 'useHttp' | 'slash' | 'click' | 'submit' | 'lastSigned' | 'resend'> {
  let requestUrl: string | undefined;
  let last: SignedRequest | undefined;
  const deliver = (
    kind: 'slash_commands' | 'interactive',
    payload: Readonly<Record<string, unknown>>,
  ): Promise<Delivery> => {
    if (requestUrl === undefined) return hub.deliver(kind, payload);
    last = sign(workspace.signingSecret, requestUrl, formOf(kind, payload));
    return sendSigned(last);
  };
  return {
    useHttp: (url) => {
      requestUrl = url;
    },
    lastSigned: () => last,
    resend: sendSigned,
    slash: async (user, text, { channel = 'C0OPS', team = workspace.teamId } = {}) => {
      const responseUrl = urls.issue(user, channel);
      const trigger = newTrigger(workspace, user);
      const delivery = await deliver(
        'slash_commands',
        slashPayload(workspace, { user, text, channel, team, responseUrl, trigger }),
      );
      if (delivery.kind === 'acked') urls.show(user, channel, delivery.body, 'ack');
      return delivery;
    },
    click: async ({
      user,
      message,
      actionId,
      value,
      userTeam = workspace.teamId,
      responseUrl = urls.issue(user, message.channel),
      chosen = [],
    }) => {
      const carried = value ?? buttonOn(message, actionId)?.value;
      if (carried === undefined) throw new Error(`The message has no button ${actionId}.`);
      const trigger = newTrigger(workspace, user);
      return deliver(
        'interactive',
        clickPayload(workspace, {
          ...{ user, userTeam, message, actionId, value: carried, responseUrl, trigger, chosen },
        }),
      );
    },
    submit: ({ user, view, userTeam = workspace.teamId, fields = {} }) =>
      deliver('interactive', submitPayload(workspace, { user, userTeam, view, fields })),
  };
}

function acceptSockets(web: Server, hub: SocketHub): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true });
  web.on('upgrade', (request: IncomingMessage, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (opened) => hub.add(opened));
  });
  return sockets;
}

function portOf(web: Server): number {
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('The double is not listening.');
  return address.port;
}

async function until<T>(look: () => T | undefined): Promise<T> {
  const givenUp = Date.now() + hangGuard;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > givenUp) throw new Error('What was looked for never came.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
