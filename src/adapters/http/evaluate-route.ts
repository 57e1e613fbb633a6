import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { facts, instant } from '../../domain/facts/facts.ts';
import { redact } from '../../domain/text/redact.ts';
import type { Judged, Question } from '../../workflow/intake/evaluate-command.ts';
import { ClusterFault, type Log } from '../../workflow/ports.ts';
import { allProblems, bySchema } from './problems.ts';
import { type Route, readJson, unauthorized } from './route.ts';

const path = '/api/v1/evaluate';

/** Bytes; facts of a workload with thousands of pods stay below. */
const largestBody = 1024 * 1024;

/** Evaluations at the same time; each reads the cluster in parallel, and people's remediations read it too. */
const most = 4;

/** Seconds for one evaluation, whatever it waits for. */
const patience = 15;

/** Seconds after which somebody who came too many may ask again. */
const pause = 1;

const body = z.strictObject({
  command: z.string(),
  facts: facts.optional(),
  at: z.iso
    .datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T10:00:00Z' })
    .transform((time) => new Date(time).toISOString())
    .pipe(instant)
    .optional(),
});

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly retryAfterSeconds?: number | undefined;
}

export interface EvaluateOptions {
  readonly token: string | undefined;
  /** Writes nothing. */
  readonly judge: (question: Question, signal: AbortSignal) => Promise<Judged>;
  readonly log: Log;
  /** Seconds, 15. */
  readonly patience?: number;
}

/**
 * `POST /api/v1/evaluate`: the verdict on a kubectl command, without asking for it to be carried out. Answers 200 with
 * the judgement, 422 with the refusal of what is no command, 404 and 403 where the target is not there or may not be
 * read, 503 when the cluster cannot be asked, and 429 to more than four at the same time. Everything else says `reason`.
 */
export function createEvaluateRoute(options: EvaluateOptions): Route {
  let running = 0;
  /** The place is taken until the work has ended, even when the asker does not wait that long. */
  const judge: EvaluateOptions['judge'] = async (question, signal) => {
    running += 1;
    try {
      return await options.judge(question, signal);
    } finally {
      running -= 1;
    }
  };
  return {
    path,
    method: 'POST',
    handler: async (request, response) => {
      const read = await readQuestion(request, options);
      if (!('command' in read)) return send(response, read);
      if (running >= most) return send(response, tooMany);
      send(response, await answer(read, { ...options, judge }, response));
    },
  };
}

const tooMany: Answer = {
  status: 429,
  body: { reason: `${most} commands are being judged already. Ask again in a moment.` },
  retryAfterSeconds: pause,
};

async function readQuestion(
  request: IncomingMessage,
  { token, log }: EvaluateOptions,
): Promise<Question | Answer> {
  const credential = { path, variable: 'FIREBREAK_API_TOKEN', token };
  const sent = unauthorized(request, credential, log) ?? (await readJson(request, largestBody));
  if (sent.kind === 'refused') return { status: sent.status, body: { reason: sent.reason } };
  const parsed = bySchema(body, sent.value);
  if (!parsed.success) return { status: 400, body: { reason: allProblems(parsed.error) } };
  const { command, facts: given, at } = parsed.data;
  return {
    command,
    ...(given === undefined ? {} : { facts: given }),
    ...(at === undefined ? {} : { at }),
  };
}

async function answer(
  question: Question,
  { judge, log, patience: seconds = patience }: EvaluateOptions,
  response: ServerResponse,
): Promise<Answer> {
  const late = AbortSignal.timeout(seconds * 1000);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([late, gone.signal]);
  try {
    return answerOf(await Promise.race([judge(question, signal), whenAborted(signal)]));
  } catch (fault) {
    if (signal.aborted) return { status: 503, body: { reason: `Not judged within ${seconds} s.` } };
    if (fault instanceof ClusterFault) return clusterAway(fault);
    log.error({ err: fault }, 'A command could not be judged');
    return { status: 500, body: { reason: "The command could not be judged. Firebreak's log says why." } };
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function clusterAway({ message, retryAfterSeconds }: ClusterFault): Answer {
  return { status: 503, body: { reason: redact(message) }, retryAfterSeconds };
}

function answerOf(judged: Judged): Answer {
  switch (judged.kind) {
    case 'judged':
      return { status: 200, body: judged.judgement };
    case 'refused':
      return { status: 422, body: { refusal: { ...judged.refusal, rendered: judged.rendered } } };
    case 'unfit':
      return { status: 400, body: { reason: `"facts.namespace": ${judged.reason}` } };
    case 'absent':
      return { status: 404, body: { reason: judged.reason } };
    case 'denied':
      return { status: 403, body: { reason: judged.reason } };
  }
}

function send(response: ServerResponse, { status, body: content, retryAfterSeconds }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
  });
  response.end(`${JSON.stringify(content, null, 2)}\n`);
}
