import type { IncomingMessage } from 'node:http';
import type { JsonAlertFormats } from '../../domain/policy/json-alerts.ts';
import type { PeopleFirst } from '../../workflow/intake/people-first.ts';
import type { Log, Store } from '../../workflow/ports.ts';
import { withinSize } from './alert-size.ts';
import type { AlertSource, AlertsRead } from './alert-source.ts';
import { isPacked } from './encoding.ts';
import { createLane, type Lane } from './lane.ts';
import { parseJson, type Refusal, type Route, readBody, unauthorized } from './route.ts';
import { disabled, unsigned } from './signature.ts';

/** Bytes; Alertmanager's own default for a group of thousands of alerts stays far below. */
const largestBody = 4 * 1024 * 1024;

/**
 * Bytes of bodies of one source that are taken at a time, from the first byte to the commit. Each source has its own: who
 * signs is known only after his body was read, and whoever sends some in his name must not keep out the others.
 */
const room = 8 * 1024 * 1024;

/** Seconds after which what could not be taken may be sent again. */
const retryAfter = 5;

/** 503 says that it should be sent again: Alertmanager retries 5xx, others read Retry-After (RFC 9110, 10.2.3). */
type Reply = { readonly status: number; readonly sentence: string };

interface AlertRouteOptions {
  readonly source: AlertSource;
  /** Absent: the route is disabled. */
  readonly token: string | undefined;
  readonly ingest: Store['ingest'];
  readonly log: Log;
  /** The policy's own formats, as they are now. */
  readonly formats?: () => JsonAlertFormats | undefined;
  /** See PeopleFirst; absent where alerts are put off for nobody. */
  readonly afterPeople?: PeopleFirst['afterPeople'] | undefined;
  /** Told how many alerts of a body were not taken: because they could not be read, or were not sent at all. */
  readonly missed?: (why: 'left_out' | 'truncated', count: number) => void;
}

/**
 * `POST` to the path of an alert source. Answers 200 only after the incidents and their evidence are committed; 4xx for
 * what will never be right (Alertmanager drops it), 503 when it should be sent again (Alertmanager retries 5xx).
 */
export function createAlertRoute(options: AlertRouteOptions): Route {
  const lane = createLane(room, options.afterPeople);
  return {
    path: options.source.path,
    method: 'POST',
    handler: async (request, response) => {
      const reply = await answer(request, { ...options, lane });
      // Of what was refused, the body may not have been read.
      const end = reply.status < 300 ? {} : { connection: 'close' };
      const again = reply.status === 503 ? { 'retry-after': String(retryAfter) } : {};
      response.writeHead(reply.status, { 'content-type': 'text/plain; charset=utf-8', ...end, ...again });
      response.end(`${reply.sentence}\n`);
    },
  };
}

type Options = AlertRouteOptions & { readonly lane: Lane };

async function answer(request: IncomingMessage, options: Options): Promise<Reply> {
  const refusal = refusalBefore(request, options);
  if (refusal !== undefined) return { status: refusal.status, sentence: refusal.reason };
  const leave = options.lane.enter(roomFor(request));
  if (leave === undefined)
    return { status: 503, sentence: 'Too many alerts are on their way at once. Send them again.' };
  return take(request, options).finally(leave);
}

/** What is unpacked may become as large as any. */
const roomFor = ({ headers }: IncomingMessage): number =>
  isPacked(headers['content-encoding']) ? largestBody : Number(headers['content-length'] ?? largestBody);

async function take(request: IncomingMessage, options: Options): Promise<Reply> {
  const { ingest, log } = options;
  const read = await alertsIn(request, options);
  if ('status' in read) return read;
  const missing = tellMissing(options, read);
  try {
    const { opened, known, resolved } = await ingest(read.alerts);
    return {
      status: 200,
      sentence: `Committed: ${opened} opened, ${known} known already, ${resolved} resolved.${missing}`,
    };
  } catch (fault) {
    log.error({ fault }, 'Alerts could not be committed; the sender is asked to send them again');
    return { status: 503, sentence: 'The alerts could not be stored. Send them again.' };
  }
}

type Alerts = Extract<AlertsRead, { kind: 'alerts' }>;

/** What is to be stored of a body. While that is waited for nobody holds the body itself. */
async function alertsIn(request: IncomingMessage, options: Options): Promise<Alerts | Reply> {
  const body = await provenBody(request, options);
  if (body.kind === 'refused') return { status: body.status, sentence: body.reason };
  const { source, formats } = options;
  const format = new URL(request.url ?? '/', 'http://firebreak').searchParams.get('format') ?? undefined;
  const read = source.read(body.value, { format, formats: formats?.() });
  if (read.kind === 'refused') return { status: 400, sentence: read.reason };
  return read.ignored === undefined ? withinSize(read) : { status: 200, sentence: read.ignored };
}

/** What can be said before anything is read: a token is in the head, a signature needs the body. */
function refusalBefore(request: IncomingMessage, { source, token, log }: Options): Refusal | undefined {
  const { path, variable, signedIn } = source;
  if (signedIn === undefined) return unauthorized(request, { ...source, token }, log);
  return token === undefined ? disabled({ path, variable }) : undefined;
}

/** The body, once it is known who sent it, at its turn. */
async function provenBody(request: IncomingMessage, { source, token, log, lane }: Options) {
  const { path, signedIn: header } = source;
  const body = await readBody(request, largestBody);
  if (body.kind === 'refused') return body;
  await lane.turn();
  const refusal =
    header === undefined || token === undefined
      ? undefined
      : unsigned(request, body.bytes, { path, token, header }, log);
  return refusal ?? parseJson(request, body.bytes, largestBody);
}

/** At most so many of a body's alerts that could not be read are named in its answer. */
const mostNamed = 5;

/** What of a body is not taken, for the answer; told to the log and the metrics as well. */
function tellMissing(
  { source, log, missed = () => {} }: AlertRouteOptions,
  { alerts, leftOut, truncated }: Alerts,
): string {
  const sentences: string[] = [];
  if (leftOut.length > 0) {
    missed('left_out', leftOut.length);
    const named = leftOut.slice(0, mostNamed).join('; ');
    sentences.push(`Left out ${leftOut.length} of ${alerts.length + leftOut.length}: ${named}.`);
  }
  if (truncated > 0) {
    missed('truncated', truncated);
    sentences.push(`${truncated} more were not sent: raise max_alerts of the receiver.`);
  }
  if (sentences.length > 0)
    log.warn({ source: source.name, leftOut: leftOut.slice(0, mostNamed), truncated }, sentences.join(' '));
  return sentences.map((each) => ` ${each}`).join('');
}
