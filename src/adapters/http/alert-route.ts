import type { IncomingMessage } from 'node:http';
import type { Log, Store } from '../../workflow/ports.ts';
import { readAlertmanager } from './alertmanager.ts';
import { type Door, readJson, turnedAway } from './door.ts';

/** Bytes; Alertmanager's own default for a group of thousands of alerts stays far below. */
const largestBody = 4 * 1024 * 1024;

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
}): Door {
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
  const lock = { door: 'The alert door', variable: 'ALERTMANAGER_TOKEN', token };
  const body = turnedAway(request, lock) ?? (await readJson(request, largestBody));
  if (body.kind === 'refused') return { status: body.status, sentence: body.reason };
  const read = readAlertmanager(body.value);
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
