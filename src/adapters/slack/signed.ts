import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, HTTPReceiver, isValidSlackRequest, type Logger, type Receiver } from '@slack/bolt';

/** Bytes of a request of Slack's; theirs are a few kilobytes. */
const bodyLimit = 1_000_000;
/** Seconds by which Slack's clock and ours may differ, either way (docs.slack.dev, "Verifying requests"). */
const maxSkew = 300;

const form = 'application/x-www-form-urlencoded';

/** Slack's requests over HTTP: Bolt's receiver, and the listener that lets through what it may look at. */
export interface Signed {
  readonly receiver: Receiver;
  readonly listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** From now on requests are heard; before, they are told to come later. */
  open(): void;
}

/**
 * Bolt 5.1 checks the signature. Around it: timestamps of the future are refused as old ones are, a form type with
 * a charset is understood, and a body that is no object is refused before Bolt reads it, because there it would
 * end as a rejection that nobody holds, and so end the process.
 *
 * @param secrets what Slack may sign with: two while one takes the place of the other
 */
export function createSigned(secrets: readonly [string, ...string[]], logger: Logger): Signed {
  const receivers = receiversFor(secrets, logger);
  let opened = false;
  const refuse = (response: ServerResponse, status: number, why: string): void => {
    logger.warn(`Refused a request to /slack/events: ${why}`);
    response.writeHead(status, { connection: 'close' }).end();
  };
  return {
    receiver: together(receivers.all),
    open: () => {
      opened = true;
    },
    listener: async (request, response) => {
      if (!opened) return refuse(response, 503, 'not started yet');
      if (!isCurrent(request)) return refuse(response, 401, 'its timestamp is more than five minutes off');
      plainContentType(request);
      const rawBody = await readBody(request);
      if (rawBody === undefined) return refuse(response, 413, `its body is larger than ${bodyLimit} bytes`);
      if (!isPayload(rawBody.toString(), request.headers['content-type']))
        return refuse(response, 400, 'its body is not a payload');
      receivers.of(request, rawBody).requestListener(Object.assign(request, { rawBody }), response);
    },
  };
}

/** One of Bolt's for each secret; a request is for the one whose secret it is signed with, or for the first, which refuses it. */
function receiversFor(secrets: readonly [string, ...string[]], logger: Logger) {
  const [newest, ...former] = secrets.map((signingSecret) => ({
    signingSecret,
    receiver: new HTTPReceiver({ signingSecret, logger, bodyLimit }),
  }));
  if (newest === undefined) throw new Error('there is no signing secret');
  return {
    all: [newest, ...former].map(({ receiver }) => receiver),
    of: (request: IncomingMessage, body: Buffer): HTTPReceiver =>
      (former.find(({ signingSecret }) => isSignedWith(signingSecret, request, body)) ?? newest).receiver,
  };
}

function isSignedWith(signingSecret: string, { headers }: IncomingMessage, body: Buffer): boolean {
  const signature = headers['x-slack-signature'];
  if (typeof signature !== 'string') return false;
  const stamp = Number(headers['x-slack-request-timestamp']);
  return isValidSlackRequest({
    signingSecret,
    body: body.toString(),
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': stamp },
  });
}

/** Bolt knows one receiver. */
const together = (receivers: readonly HTTPReceiver[]): Receiver => ({
  init: (app: App) => {
    for (const receiver of receivers) receiver.init(app);
  },
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
});

/** No timestamp at all is left to Bolt, which refuses it, save for Slack's own ssl_check. */
function isCurrent(request: IncomingMessage): boolean {
  const stamp = request.headers['x-slack-request-timestamp'];
  if (stamp === undefined) return true;
  if (typeof stamp !== 'string' || !/^\d{1,12}$/.test(stamp)) return false;
  return Math.abs(Date.now() / 1000 - Number(stamp)) <= maxSkew;
}

/** Bolt 5.1 takes the form type only without a charset, which some proxies add. */
function plainContentType(request: IncomingMessage): void {
  const type = request.headers['content-type'];
  if (type?.toLowerCase().startsWith(`${form};`) === true) request.headers['content-type'] = form;
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyLimit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A form without `payload` is a slash command; everything else must hold a JSON object. */
function isPayload(body: string, contentType: string | undefined): boolean {
  const text = contentType === form ? new URLSearchParams(body).get('payload') : body;
  if (text === null) return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
