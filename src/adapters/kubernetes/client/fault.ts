import { z } from 'zod';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Status } from './answer.ts';
import { trimmed } from './answer.ts';

/** The server answered, but not in a way that settles the question: 429, 5xx, or not Kubernetes at all. */
export class BadAnswer extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'BadAnswer';
    this.status = status;
  }
}

/** What a request was, for the sentence: `patch Deployment web in namespace shop`. */
interface Asked {
  readonly cluster: string;
  readonly server: string;
  readonly what: string;
  readonly timeoutMs: number;
}

/** An answer that is no answer. `said` is absent when the body is not a Kubernetes Status. */
export function answerFault(
  asked: Asked,
  code: number,
  said: Status | undefined,
  retryAfterSeconds: number | undefined,
): ClusterFault {
  const words = said
    ? trimmed(said)
    : 'without a Kubernetes Status, so something else than an API server may be there';
  const sentence = `Cluster ${asked.cluster} answered ${code} to "${asked.what}": ${words || said?.reason}`;
  return new ClusterFault(sentence.replace(/\.?$/, '.'), {
    cause: new BadAnswer(code, sentence),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

const coded = z.object({ code: z.string() });
const named = z.object({ name: z.string() });

/** The first error code in a chain of causes: `ECONNREFUSED`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED` ... */
function codeOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const code = coded.safeParse(each).data?.code;
    if (code !== undefined) return code;
  }
  return undefined;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection',
  ENOTFOUND: 'has an address that no name server knows',
  EAI_AGAIN: 'has an address that could not be looked up',
  ECONNRESET: 'closed the connection before it answered',
  EPIPE: 'closed the connection before it answered',
  UND_ERR_SOCKET: 'closed the connection before it answered',
  UND_ERR_CONNECT_TIMEOUT: 'does not accept connections',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that is not trusted',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another address',
};

/** A request that ended in an exception: no connection, no answer in time, or stopped by the caller. */
export function transportFault(asked: Asked, caller: AbortSignal, cause: unknown): ClusterFault {
  if (cause instanceof ClusterFault) return cause;
  const where = `Cluster ${asked.cluster} (${asked.server})`;
  if (caller.aborted) {
    // Whoever gives a request a time of his own waits for an answer, and is not told that somebody stopped it.
    const isLate = named.safeParse(caller.reason).data?.name === 'TimeoutError';
    const sentence = isLate
      ? `${where} did not answer "${asked.what}" in time.`
      : `Stopped while waiting for ${where}: "${asked.what}".`;
    return new ClusterFault(sentence, { cause });
  }
  if (['TimeoutError', 'AbortError'].includes(named.safeParse(cause).data?.name ?? '')) {
    const seconds = asked.timeoutMs / 1000;
    return new ClusterFault(`${where} did not answer "${asked.what}" within ${seconds} s.`, { cause });
  }
  const code = codeOf(cause);
  const reason =
    code === undefined ? 'could not be asked' : (reasons[code] ?? `could not be asked (${code})`);
  return new ClusterFault(`${where} ${reason}: "${asked.what}".`, { cause });
}
