import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log, Store } from '../../workflow/ports.ts';
import { readAlertmanager } from './alertmanager.ts';

/** Bytes; Alertmanager's own default for a group of thousands of alerts stays far below. */
const largestBody = 4 * 1024 * 1024;

/** Milliseconds a sender may take for the whole body. */
const slowestBody = 10_000;

export interface AlertRoute {
  readonly path: string;
  readonly method: 'POST';
  readonly handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

type Reply = { readonly status: number; readonly sentence: string };

/**
 * `POST /webhooks/alertmanager`. Answers 200 only after the incidents and their evidence are committed; 4xx for
 * what will never be right (Alertmanager drops it), 503 when it should be sent again (Alertmanager retries 5xx).
 * Without a token the door is shut.
 */
export function createAlertRoute(options: {
  token: string | undefined;
  ingest: Store['ingest'];
  log: Log;
}): AlertRoute {
  return {
    path: '/webhooks/alertmanager',
    method: 'POST',
    handler: async (request, response) => {
      const reply = await answer(request, options);
      response.writeHead(reply.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(`${reply.sentence}\n`);
    },
  };
}

async function answer(
  request: IncomingMessage,
  { token, ingest, log }: { token: string | undefined; ingest: Store['ingest']; log: Log },
): Promise<Reply> {
  if (token === undefined) {
    return {
      status: 403,
      sentence: 'The alert door is shut: set ALERTMANAGER_TOKEN and send it as a bearer token.',
    };
  }
  if (!isBearer(request.headers.authorization, token)) {
    return { status: 401, sentence: 'The bearer token is missing or wrong.' };
  }
  const body = await readBody(request);
  if (body.kind === 'refused') return { status: 413, sentence: body.reason };
  const json = parseJson(body.text);
  if (json.kind === 'refused') return { status: 400, sentence: json.reason };
  const read = readAlertmanager(json.value);
  if (read.kind === 'refused') return { status: 400, sentence: read.reason };
  try {
    const { opened, known, resolved } = await ingest(read.alerts);
    return {
      status: 200,
      sentence: `Committed: ${opened} opened, ${known} known already, ${resolved} resolved.`,
    };
  } catch (fault) {
    log.error({ fault }, 'Alerts could not be committed; the sender is asked to send them again');
    return { status: 503, sentence: 'The alerts could not be stored. Send them again.' };
  }
}

/** Constant time: both sides are hashed first, so that neither length nor content shows in the duration. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : '';
  const hash = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(given), hash(token));
}

type Body = { kind: 'body'; text: string } | { kind: 'refused'; reason: string };

async function readBody(request: IncomingMessage): Promise<Body> {
  const tooLarge: Body = { kind: 'refused', reason: `The body is larger than ${largestBody} bytes.` };
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  request.setTimeout(slowestBody);
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > largestBody) return tooLarge;
      chunks.push(bytes);
    }
  } catch {
    return { kind: 'refused', reason: 'The body broke off before its end.' };
  }
  return { kind: 'body', text: Buffer.concat(chunks).toString('utf8') };
}

function parseJson(text: string): { kind: 'json'; value: unknown } | { kind: 'refused'; reason: string } {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'refused', reason: 'The body is not JSON.' };
  }
}
