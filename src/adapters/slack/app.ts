import { App, type Logger } from '@slack/bolt';
import type { Commands } from '../../workflow/intake/commands.ts';
import type { Chat, Log, People } from '../../workflow/ports.ts';
import { createChat } from './chat.ts';
import { type ClientSettings, type Clients, clientOptions, createClients, guardedFetch } from './clients.ts';
import { type CodeStyle, codeStyleOf } from './code-style.ts';
import { createDrain } from './drain.ts';
import { registerListeners } from './listeners/register.ts';
import { slackLogger } from './logger.ts';
import type { GuestFlags } from './people/member.ts';
import { createPeople } from './people/people.ts';
import { type Route, startHttp } from './server.ts';
import { createSigned } from './signed.ts';
import { createSocket } from './socket.ts';
import { checkAppToken, type Identity, identify, untilAnswered } from './startup.ts';

/** How Slack reaches us: a socket we open (no inbound access needed), or signed requests to /slack/events. */
export type Mode =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly formerSecret?: string };

export interface SlackSettings {
  readonly mode: Mode;
  readonly botToken: string;
  /** Another Slack-compatible server, such as http://127.0.0.1:3111/api/. */
  readonly apiUrl?: string;
  /** Address of our own HTTP side, in both modes; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly commands: Commands;
  readonly log: Log;
  /** Told unless said otherwise. */
  readonly guestFlags?: GuestFlags;
  /** What askWhoWeAre has begun to ask; asked at the start where it is not given. */
  readonly self?: Promise<Identity>;
  /** Seconds for which a Slack that is away is waited for at the start (600). */
  readonly patience?: number;
}

/** Seconds. Kubernetes waits as long for the start (`startupProbe` in deploy/base). */
const usualPatience = 600;

/** A bot that is connected and answers. */
export interface RunningSlack {
  readonly chat: Chat;
  readonly people: People;
  readonly teamId: string;
  /** The port of the HTTP side. */
  readonly port: number;
  /** True while Slack can reach us. */
  connected(): boolean;
  /** Resolves when Slack has answered; throws when it does not. */
  ping(): Promise<void>;
  /** Takes nothing new, lets what runs end within `seconds` (10), then closes. */
  stop(seconds?: number): Promise<void>;
}

type Asking = Pick<SlackSettings, 'mode' | 'botToken' | 'apiUrl' | 'log'>;

/** Checks the tokens, and asks whose they are; who awaits the answer hears of a fault, in one sentence. */
export function askWhoWeAre(asking: Asking): Promise<Identity> {
  const answer = checkTokens(asking);
  answer.catch(() => undefined);
  return answer;
}

async function checkTokens({ mode, botToken, apiUrl, log }: Asking): Promise<Identity> {
  const server = serverOf(apiUrl, slackLogger(log));
  const self = await identify(botToken, server);
  if (mode.kind === 'socket') await checkAppToken(mode.appToken, server);
  return self;
}

const serverOf = (apiUrl: string | undefined, logger: Logger): ClientSettings =>
  apiUrl === undefined ? { logger } : { logger, apiUrl };

/**
 * Connects to Slack and listens. Throws an Error of one sentence when a token is wrong, a scope is
 * missing, the address is taken, or Slack cannot be reached for as long as `patience`; nothing is left open then.
 */
export async function startSlack(settings: SlackSettings): Promise<RunningSlack> {
  const { mode, botToken, apiUrl, log } = settings;
  const logger = slackLogger(log);
  const server = serverOf(apiUrl, logger);
  const ask = () => checkTokens(settings);
  const { patience = usualPatience } = settings;
  const self = await untilAnswered(settings.self ?? ask(), ask, { patience, log });
  if (self.lacks.length > 0)
    log.warn(
      { scopes: self.lacks },
      'The Slack app lacks a scope: reports of incidents are said in words instead of as a file',
    );
  const clients = createClients(botToken, server);
  const codeStyle = codeStyleOf(apiUrl);
  const side =
    mode.kind === 'socket'
      ? await overSocket(mode.appToken, settings, logger)
      : await overHttp(mode, settings, logger);
  const drain = createDrain();
  try {
    const app = createApp(settings, server, self, side.receiver);
    app.use(drain.middleware);
    registerListeners(app, {
      commands: settings.commands,
      home: self.teamId,
      client: clients.interactive,
      codeStyle,
      workspaceUrl: self.url,
      log,
    });
    await app.init();
    await side.open();
  } catch (error) {
    await side.close(Promise.resolve(), 0);
    throw error;
  }
  return {
    ...ports(clients, self, settings, codeStyle),
    teamId: self.teamId,
    port: side.port,
    connected: side.connected,
    ping: async () => {
      await clients.lookup.auth.test();
    },
    stop: (seconds = 10) => side.close(drain.wait(seconds), seconds),
  };
}

function ports(
  clients: Clients,
  self: Identity,
  { log, guestFlags, apiUrl }: SlackSettings,
  codeStyle: CodeStyle,
): Pick<RunningSlack, 'chat' | 'people'> {
  return {
    chat: createChat(clients.outbox, self, log, { codeStyle, fetch: guardedFetch(apiUrl, 10_000) }),
    people: createPeople(clients.lookup, self.teamId, guestFlags === undefined ? {} : { guestFlags }),
  };
}

/** What the two modes have in common once they are set up. */
interface Side {
  readonly receiver:
    | ReturnType<typeof createSocket>['receiver']
    | ReturnType<typeof createSigned>['receiver'];
  readonly port: number;
  connected(): boolean;
  open(): Promise<void>;
  /** Closes once `drained` has settled; what is still open after `seconds` is cut off. */
  close(drained: Promise<void>, seconds: number): Promise<void>;
}

async function overSocket(appToken: string, settings: SlackSettings, logger: Logger): Promise<Side> {
  const socket = createSocket(appToken, settings.apiUrl, logger, settings.log);
  const http = await startHttp(settings, undefined);
  return {
    receiver: socket.receiver,
    port: http.port,
    connected: socket.connected,
    open: socket.start,
    close: async (drained, seconds) => {
      await drained;
      await Promise.all([socket.stop(Math.max(seconds, 1)), http.stop(seconds)]);
    },
  };
}

async function overHttp(
  { signingSecret, formerSecret }: Extract<Mode, { kind: 'http' }>,
  settings: SlackSettings,
  logger: Logger,
): Promise<Side> {
  const former = formerSecret === undefined ? [] : [formerSecret];
  if (formerSecret !== undefined)
    settings.log.warn(
      {},
      'Two signing secrets are in force; leave the old one out when Slack signs with the new one',
    );
  const signed = createSigned([signingSecret, ...former], logger);
  const http = await startHttp(settings, signed.listener);
  return {
    receiver: signed.receiver,
    port: http.port,
    connected: http.listening,
    open: async () => signed.open(),
    close: async (drained, seconds) => {
      await Promise.all([drained, http.stop(seconds)]);
    },
  };
}

/** Bolt with its traps closed: own receiver, own client options, no background call, no conversation store. */
function createApp(
  { botToken, apiUrl }: SlackSettings,
  server: ClientSettings,
  self: Identity,
  receiver: Side['receiver'],
) {
  return new App({
    receiver,
    token: botToken,
    botUserId: self.userId,
    ...(self.botId === undefined ? {} : { botId: self.botId }),
    logger: server.logger,
    clientOptions: { ...clientOptions(server, 2_500, 0), fetch: guardedFetch(apiUrl, 2_500) },
    tokenVerificationEnabled: false,
    deferInitialization: true,
    extendedErrorHandler: true,
    convoStore: false,
  });
}
