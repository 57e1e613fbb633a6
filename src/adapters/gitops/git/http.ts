import type { HttpClient } from 'isomorphic-git';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';

/**
 * Bytes of one answer, which is held in memory whole and once more while it is read: the container has 512 MiB
 * (deploy/base/deployment.yaml). A shallow fetch of far larger repositories than those of manifests.
 */
const largest = 64 * 1024 * 1024;

/**
 * HTTP for Git that goes to one host and nowhere else: a redirect would carry credentials to whoever it names. An answer
 * ends with the signal, and at a size that no repository of manifests has.
 */
export function createHttp(origin: string, signal: AbortSignal): HttpClient {
  return {
    async request({ url, method = 'GET', headers = {}, body }) {
      if (new URL(url).origin !== origin) throw new RepositoryFault(`Not asked: ${url} is not at ${origin}.`);
      const answer = await send(url, {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body: await joined(body) }),
      });
      if (answer.status >= 300 && answer.status < 400)
        throw new RepositoryFault(`${url} redirects to ${whither(answer, url)}.`);
      return {
        url,
        method,
        statusCode: answer.status,
        statusMessage: answer.statusText,
        headers: Object.fromEntries(answer.headers),
        body: chunks(answer),
      };
    },
  };
}

/** The host alone: what follows may be a token for it. */
function whither({ headers }: Response, from: string): string {
  const location = headers.get('location') ?? '';
  return URL.canParse(location, from) ? new URL(location, from).origin : 'nowhere';
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new RepositoryFault(`${new URL(url).host} does not answer: ${why}`, { cause });
  }
}

async function joined(parts: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

async function* chunks({ body }: Response): AsyncIterableIterator<Uint8Array> {
  if (body === null) return;
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largest) throw new RepositoryFault(`The repository is larger than ${largest} bytes.`);
    yield chunk;
  }
}
