import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Connection } from '../../src/adapters/kubernetes/client/connection.ts';
import type { Json } from '../../src/domain/text/json.ts';
import { hangGuard } from '../support/hang-guard.ts';

/** The administrator's own requests to an API server, apart from the adapter under test. */
export interface Rest {
  /** Sends one request and parses the answer; throws with the answer's text when it is not a success. */
  send<T>(schema: z.ZodType<T>, method: string, path: string, body?: Json, contentType?: string): Promise<T>;
}

export function restOver(connection: Connection): Rest {
  return {
    async send(schema, method, path, body, contentType = 'application/json') {
      const credentials = await connection.headers();
      const answer = await connection.dispatcher.request({
        origin: connection.server,
        path,
        method: methodOf(method),
        headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': contentType }) },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300)
        throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
      return schema.parse(JSON.parse(text));
    },
  };
}

function methodOf(method: string) {
  if (
    method === 'GET' ||
    method === 'POST' ||
    method === 'PATCH' ||
    method === 'DELETE' ||
    method === 'PUT'
  ) {
    return method;
  }
  throw new Error(`No method "${method}".`);
}

/** Asks until the answer fits; throws with the last answer when it never does. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const endsAt = performance.now() + hangGuard;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > endsAt)
      throw new Error(`Waited in vain; last seen: ${JSON.stringify(answer).slice(0, 3000)}`);
    await delay(50);
  }
}

/** A name that no other test has. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(3).toString('hex')}`;
}
