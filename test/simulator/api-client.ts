import { type Json, json } from '../../src/simulator/json.ts';

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly warning: string | null;
}

/** A bare client of the REST API: what a test says is what is sent. */
export function createClient(url: string, headers: Record<string, string> = {}) {
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      body: isJson ? json.parse(JSON.parse(text)) : null,
      text,
      warning: response.headers.get('warning'),
    };
  };
  return {
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown) => send('POST', path, body),
    put: (path: string, body: unknown) => send('PUT', path, body),
    remove: (path: string, options?: unknown) => send('DELETE', path, options),
    jsonPatch: (path: string, body: unknown) => send('PATCH', path, body, 'application/json-patch+json'),
    merge: (path: string, body: unknown) => send('PATCH', path, body, 'application/merge-patch+json'),
    strategic: (path: string, body: unknown) =>
      send('PATCH', path, body, 'application/strategic-merge-patch+json'),
    patchAs: (contentType: string, path: string, body: unknown) => send('PATCH', path, body, contentType),
  };
}

/** Asks again until the answer fits; the test's own limit ends a wait in vain. */
export async function until(ask: () => Promise<Answer>, fits: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
