import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEvaluateRoute, type EvaluateOptions } from '../../../src/adapters/http/evaluate-route.ts';
import { type HttpSide, startHttp } from '../../../src/adapters/slack/server.ts';
import { facts } from '../../../src/domain/facts/facts.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { declarativeSpec } from '../../../src/domain/spec.ts';
import { type Judged, judgeCommand } from '../../../src/workflow/intake/evaluate-command.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';
import { deploymentFacts, noon, specId } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { clusterOf, healthy, type World } from '../../fixtures/world.ts';

const token = 'the-right-token-of-the-api';
const restart = 'rollout restart deployment/web -n shop';
const weekend = { name: 'weekend', weekly: [{ days: ['sat', 'sun'], from: '00:00', to: '24:00' }] };
const chosen = policy.parse({ version: 1, freezes: [weekend] });

/** The real judgement, of a world. */
const judgeOf = (world: Partial<World> = {}): EvaluateOptions['judge'] => {
  const now = structuredClone({ ...healthy, ...world });
  const cluster = clusterOf(
    () => ({ web: now }),
    () => noon,
    () => undefined,
  );
  const bench = { cluster, policy: () => chosen, clock: () => noon, newId: () => specId };
  return (question, signal) => judgeCommand(bench, question, signal);
};

let side: HttpSide | undefined;
afterEach(async () => {
  await side?.stop(0);
  side = undefined;
});

async function opened(options: Partial<EvaluateOptions> = {}): Promise<string> {
  const route = createEvaluateRoute({ token, judge: judgeOf(), log: silentLog, ...options });
  side = await startHttp({ host: '127.0.0.1', port: 0, routes: [route], log: silentLog }, undefined);
  return `http://127.0.0.1:${side.port}${route.path}`;
}

const post = (url: string, body: unknown, authorization = `Bearer ${token}`) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** What is asked with these options: the status, the answer and when to ask again. */
async function asked(body: unknown, options: Partial<EvaluateOptions> = {}) {
  const response = await post(await opened(options), body);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('connection')).toBe('close');
  return {
    status: response.status,
    answer: z.record(z.string(), z.unknown()).parse(await response.json()),
    retryAfter: response.headers.get('retry-after'),
  };
}

describe('a command', () => {
  test('of a live target is answered with the judgement and all it depends on', async () => {
    const { status, answer } = await asked({ command: 'k rollout restart deploy web --namespace=shop' });
    expect(status).toBe(200);
    expect(Object.keys(answer)).toEqual([
      'understood',
      'notes',
      'spec',
      'outlook',
      'circumstances',
      'notKnownHere',
      'facts',
    ]);
    expect(answer['understood']).toBe(`kubectl ${restart}`);
    expect(declarativeSpec.parse(answer['spec'])).toMatchObject({
      id: specId,
      createdAt: noon,
      tier: 'dual',
    });
    expect(answer['outlook']).toMatch(/^Would be auto if: .*\.$/);
    expect(answer['circumstances']).toMatchObject({
      local: [{ zone: 'UTC', weekday: 'sun', time: '12:00' }],
    });
    expect(facts.parse(answer['facts'])).toMatchObject({ cluster: 'test', gatheredAt: noon });
  });

  test('with facts is judged on these, and the cluster is not asked', async () => {
    const given = deploymentFacts({ desired: 7 });
    const { status, answer } = await asked(
      { command: restart, facts: given },
      { judge: judgeOf({ silent: ['gather'] }) },
    );
    expect({ status, facts: answer['facts'] }).toEqual({ status: 200, facts: given });
  });

  test('for another time is judged as of then', async () => {
    const { answer } = await asked({ command: restart, at: '2026-03-02T09:30:00+01:00' });
    expect(answer['spec']).toMatchObject({ createdAt: '2026-03-02T08:30:00.000Z', tier: 'auto' });
    expect(answer['circumstances']).toMatchObject({ local: [{ weekday: 'mon', time: '08:30' }] });
  });

  test('that is none is refused with the place, the reason and the nearest form', async () => {
    const { status, answer } = await asked({ command: 'rollout restrat deployment/web' });
    expect({ status, answer }).toEqual({
      status: 422,
      answer: {
        refusal: {
          code: 'unknown-verb',
          reason: expect.any(String),
          span: { start: 8, end: 15 },
          nearest: expect.stringContaining('rollout restart'),
          rendered: expect.stringContaining('        ^~~~~~~\n'),
        },
      },
    });
  });
});

test.each<[string, Partial<World>, number, string]>([
  ['is not there', { absent: true }, 404, 'There is no Deployment/web in shop.'],
  ['may not be read', { denied: 'May not get deployments.' }, 403, 'May not get deployments.'],
  [
    'cannot be asked for',
    { silent: ['gather'] },
    503,
    'The cluster test does not answer.\n  password=[redacted]',
  ],
])('a target that %s', async (_name, world, status, reason) => {
  const judged = await asked({ command: restart }, { judge: judgeOf(world) });
  expect(judged).toEqual({ status, answer: { reason }, retryAfter: null });
});

test('a cluster that says when to ask again', async () => {
  const judge = () => Promise.reject(new ClusterFault('Too many requests.', { retryAfterSeconds: 2.5 }));
  expect(await asked({ command: restart }, { judge })).toEqual({
    status: 503,
    answer: { reason: 'Too many requests.' },
    retryAfter: '3',
  });
});

test.each<[string, unknown, string]>([
  ['no JSON', 'restart it!', 'The body is not JSON.'],
  ['no object', [], 'the body: must be an object, and is a list.'],
  ['no command', {}, '"command": must be a text, and is missing.'],
  ['a command that is no text', { command: 7 }, '"command": must be a text, and is a number.'],
  ['an unknown key', { command: restart, force: true }, 'the body: there is no field "force".'],
  [
    'a time that is none',
    { command: restart, at: 'tomorrow' },
    '"at": must be an RFC 3339 time such as 2026-01-31T10:00:00Z.',
  ],
  [
    'facts with a wrong field',
    { command: restart, facts: { ...deploymentFacts(), gatheredAt: 0 } },
    '"facts.gatheredAt": must be a text, and is a number.',
  ],
  [
    'facts with an unknown key',
    { command: restart, facts: { ...deploymentFacts(), clutser: 'x' } },
    '"facts": there is no field "clutser".',
  ],
  [
    'two wrong fields',
    { command: 7, force: true },
    '"command": must be a text, and is a number.\nthe body: there is no field "force".',
  ],
  [
    'facts of another namespace',
    { command: 'rollout restart deploy/web -n bank', facts: deploymentFacts() },
    '"facts.namespace": The facts are of the namespace shop, and the command is for the namespace bank.',
  ],
])('a body with %s is answered with 400 and the field', async (_name, body, reason) => {
  expect(await asked(body)).toEqual({ status: 400, answer: { reason }, retryAfter: null });
});

describe('the endpoint', () => {
  test.each([
    ['no token', ''],
    ['a wrong token', 'Bearer the-wrong-token-of-the-api'],
    ['a longer token', `Bearer ${token}-and-more`],
    ['another scheme', `Basic ${token}`],
  ])('answers 401 to %s', async (_name, authorization) => {
    const judge = () => Promise.reject(new Error('it was asked'));
    const response = await post(await opened({ judge }), { command: restart }, authorization);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ reason: 'The bearer token is missing or wrong.' });
  });

  test('is disabled without a token', async () => {
    expect(await asked({ command: restart }, { token: undefined })).toEqual({
      status: 403,
      answer: {
        reason:
          'The endpoint /api/v1/evaluate is disabled: set FIREBREAK_API_TOKEN and send it as a bearer token.',
      },
      retryAfter: null,
    });
  });

  test('takes nothing but POST', async () => {
    const response = await fetch(await opened());
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('answers 413 to more than it reads, before it is sent', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-length': 2 * 1024 * 1024 };
    const sent = request(await opened(), { method: 'POST', headers });
    sent.flushHeaders();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject);
    });
    expect(response.statusCode).toBe(413);
    sent.destroy();
  });
});

describe('an evaluation that takes long', () => {
  /** Judges nothing until it is let go; keeps the signals it was given. */
  const slow = () => {
    const going = Promise.withResolvers<Judged>();
    const signals: AbortSignal[] = [];
    const judge: EvaluateOptions['judge'] = (_question, signal) => {
      signals.push(signal);
      return going.promise;
    };
    const until = async (count: number) => {
      while (signals.length < count) await new Promise((soon) => setImmediate(soon));
    };
    const finish = () => going.resolve({ kind: 'absent', reason: 'Let go.' });
    return { judge, signals, until, finish };
  };

  test('leaves room for three others; the fifth is told when to ask again', async () => {
    const { judge, until, finish } = slow();
    const url = await opened({ judge });
    const four = Array.from({ length: 4 }, () => post(url, { command: restart }));
    await until(4);
    const fifth = await post(url, { command: restart });
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await fifth.json()).toEqual({
      reason: '4 commands are being judged already. Ask again in a moment.',
    });
    finish();
    expect((await Promise.all(four)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await post(url, { command: restart })).status).toBe(404);
  });

  test('ends at the deadline, and its place is free only when its work has ended', async () => {
    const { judge, signals, finish } = slow();
    const url = await opened({ judge, patience: 0.01 });
    const late = await Promise.all(Array.from({ length: 4 }, () => post(url, { command: restart })));
    expect(late.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    expect(await late[0]?.json()).toEqual({ reason: 'Not judged within 0.01 s.' });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect((await post(url, { command: restart })).status).toBe(429);
    finish();
    expect((await post(url, { command: restart })).status).toBe(404);
  });

  test('is stopped when nobody waits for it any more', async () => {
    const { judge, signals, until, finish } = slow();
    const asker = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ command: restart });
    const url = await opened({ judge, patience: 600 });
    const left = fetch(url, { method: 'POST', headers, body, signal: asker.signal });
    await until(1);
    asker.abort();
    await expect(left).rejects.toThrow();
    while (signals[0]?.aborted !== true) await new Promise((soon) => setImmediate(soon));
    finish();
  });
});

test('a fault of our own is logged, and its words stay inside', async () => {
  const lines: object[] = [];
  const judge = () => Promise.reject(new TypeError('x is not a function'));
  const log = { ...silentLog, error: (fields: object) => void lines.push(fields) };
  expect(await asked({ command: restart }, { judge, log })).toMatchObject({
    status: 500,
    answer: { reason: "The command could not be judged. Firebreak's log says why." },
  });
  expect(lines).toMatchObject([{ err: { message: 'x is not a function' } }]);
});
