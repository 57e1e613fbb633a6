import { type Logger, WebClient, type WebClientOptions } from '@slack/web-api';

/**
 * Three clients on one token, because a client that Slack rate-limits pauses everything it has to send, and a
 * trigger lives three seconds. `interactive` answers people, `outbox` posts and never repeats a post by itself,
 * `lookup` asks about people.
 */
export interface Clients {
  readonly interactive: WebClient;
  readonly outbox: WebClient;
  readonly lookup: WebClient;
}

/** What every client shares. `apiUrl` is another Slack-compatible server, with or without a trailing slash. */
export interface ClientSettings {
  readonly apiUrl?: string;
  readonly logger: Logger;
}

/**
 * Options for one client: a fresh object each time, because the Socket Mode client writes into the one it gets.
 * `timeout` is milliseconds; without it the default of web-api 8 is none.
 */
export function clientOptions(
  { apiUrl, logger }: ClientSettings,
  timeout: number,
  retries: number,
): WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger,
    timeout,
    retryConfig: { retries, minTimeout: 200, maxTimeout: 1000 },
    rejectRateLimitedCalls: true,
  };
}

/** One for answers that people wait for, one for messages that can wait, one for look-ups. */
export function createClients(botToken: string, settings: ClientSettings): Clients {
  return {
    interactive: new WebClient(botToken, clientOptions(settings, 2_500, 0)),
    outbox: new WebClient(botToken, clientOptions(settings, 10_000, 0)),
    lookup: new WebClient(botToken, clientOptions(settings, 2_500, 1)),
  };
}

const slackHost = /^([a-z0-9-]+\.)*slack(-gov)?\.com$/;

/** As global `fetch`, which also takes bytes; Slack's SDK sends texts and forms alone. */
export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * A fetch for response URLs: they come out of payloads, so only Slack's own hosts over https, or the origin of the
 * configured API, are ever asked; redirects are refused, and nothing waits longer than `timeout` milliseconds.
 */
export function guardedFetch(apiUrl: string | undefined, timeout: number): Fetch {
  const own = apiUrl === undefined ? undefined : new URL(apiUrl);
  const allowed = (url: URL): boolean =>
    (url.protocol === 'https:' && slackHost.test(url.hostname)) ||
    (own !== undefined && sameServer(url, own));
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!allowed(url)) throw new Error(`Refused to answer to ${url.origin}: it is not a Slack host.`);
    return fetch(input, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeout) });
  };
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The same origin; the names of this machine count as one, since test servers mix them. */
function sameServer(url: URL, own: URL): boolean {
  if (url.origin === own.origin) return true;
  return loopback.has(url.hostname) && loopback.has(own.hostname) && url.port === own.port;
}
