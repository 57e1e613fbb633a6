import type { IncomingMessage, RequestListener } from 'node:http';
import { HTTPReceiver, type Logger } from '@slack/bolt';

/** Bytes of a request of Slack's; theirs are a few kilobytes. */
const bodyLimit = 1_000_000;
/** Seconds by which Slack's clock and ours may differ, either way (docs.slack.dev, "Verifying requests"). */
const maxSkew = 300;

const form = 'application/x-www-form-urlencoded';

/** Slack's requests over HTTP: Bolt's receiver, and the listener that lets through what it may look at. */
export interface Signed {
  readonly receiver: HTTPReceiver;
  readonly listener: RequestListener;
  /** From now on requests are heard; before, they are told to come later. */
  open(): void;
}

export function createSigned(signingSecret: string, logger: Logger): Signed {
  const receiver = new HTTPReceiver({ signingSecret, logger, bodyLimit });
  let opened = false;
  return {
    receiver,
    open: () => {
      opened = true;
    },
    listener: (request, response) => {
      if (!opened) return response.writeHead(503).end();
      if (!isCurrent(request)) {
        logger.warn('Refused a request to /slack/events: its timestamp is more than five minutes off');
        return response.writeHead(401).end();
      }
      plainContentType(request);
      return receiver.requestListener(request, response);
    },
  };
}

/** Bolt 5.1 refuses old timestamps and takes future ones; both are refused here. No timestamp: Bolt decides. */
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
