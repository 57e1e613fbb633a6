import type { z } from 'zod';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';
import type { Remote } from '../git/remote.ts';

/** What came of a request, whatever its status; `data` is undefined where there is no JSON. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly header: (name: string) => string | null;
}

/** The API of a host that speaks JSON. Faults name the host and the status, and never what was sent. */
export interface JsonApi {
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Answer>;
  /** @throws RepositoryFault for any status but 2xx, and for what the schema does not know */
  read<T>(schema: z.ZodType<T>, path: string): Promise<T>;
  known<T>(schema: z.ZodType<T>, data: unknown): T;
  /** What to throw for an answer that is none of those that are understood. */
  fault(answer: Answer): RepositoryFault;
}

/** Milliseconds for one answer. */
const patience = 15_000;

/** Bytes of one answer: the description of a request has at most 1 MiB at GitLab. */
const largest = 8 * 1024 * 1024;

/** @param base address of the API, without a slash at its end */
export function createJsonApi(
  { host }: Pick<Remote, 'host'>,
  base: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): JsonApi {
  const fault = ({ status, data }: Answer): RepositoryFault => {
    const said = saidBy(data);
    return new RepositoryFault(
      `The API of ${host.host} did not answer as asked (HTTP ${status})${said === '' ? '.' : `: ${said}`}`,
    );
  };
  const known = <T>(schema: z.ZodType<T>, data: unknown): T => {
    const read = schema.safeParse(data);
    if (read.success) return read.data;
    throw new RepositoryFault(`${host.host} answers otherwise than its API documents.`, {
      cause: read.error,
    });
  };
  const ask: JsonApi['ask'] = async (method, path, body) => {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          'user-agent': 'firebreak',
          accept: 'application/json',
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect would carry the token to whoever it names.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
      });
      const { status, headers: told } = response;
      return { status, data: jsonOf(await textOf(response)), header: (name) => told.get(name) };
    } catch (cause) {
      if (signal.aborted) throw cause;
      const why =
        cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new RepositoryFault(`The API of ${host.host} does not answer: ${why}`, { cause });
    }
  };
  return {
    ask,
    fault,
    known,
    async read(schema, path) {
      const answer = await ask('GET', path);
      if (!isGood(answer)) throw fault(answer);
      return known(schema, answer.data);
    },
  };
}

export const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** The `message` of an answer: a text, or a list of texts, as GitLab has it. */
export function saidBy(data: unknown): string {
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : undefined;
  const texts = (Array.isArray(message) ? message : [message]).filter((text) => typeof text === 'string');
  return texts.join(' ').slice(0, 300);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > largest) throw new Error(`its answer is larger than ${largest} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
