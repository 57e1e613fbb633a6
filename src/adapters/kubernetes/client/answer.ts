import { z } from 'zod';
import type { Resource } from './resource.ts';
import { describeResource, describeRight } from './resource.ts';

/** The API server's no, as a value: asking again will not change it. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly status: number;
  /** Kubernetes' own word: `NotFound`, `Forbidden`, `Invalid`, `Conflict` ... */
  readonly reason: string;
  /** One sentence for people; never a whole object. */
  readonly sentence: string;
  /** True when a JSON Patch `test` (or a path it needs) did not hold, so that nothing was applied. */
  readonly guardFailed: boolean;
  /** Seconds after which an eviction that is not allowed now may be asked for again; absent for every other no. */
  readonly heldUpSeconds?: number;
}

/** What one request came to. `body` is parsed JSON, or text where text was asked for. */
export type Answer =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly body: unknown;
      readonly warnings: readonly string[];
    }
  | Refusal;

/** `meta/v1 Status`, as far as it is used. */
const status = z.object({
  kind: z.literal('Status'),
  reason: z.string().default(''),
  message: z.string().default(''),
  details: z
    .object({
      name: z.string().optional(),
      kind: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z
        .array(
          z.object({
            reason: z.string().optional(),
            message: z.string().default(''),
            field: z.string().optional(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type Status = z.infer<typeof status>;

/** The Status object of an error answer; undefined when something else answered (a proxy, a load balancer). */
export function statusOf(body: unknown): Status | undefined {
  const parsed = status.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** The verb that RBAC checks for a request. */
export function rightOf(method: string, resource: Resource): string {
  if (method === 'GET') return resource.name === undefined ? 'list' : 'get';
  return { POST: 'create', PUT: 'update' }[method] ?? method.toLowerCase();
}

/** Turns an answer with a Status that settles the question into a refusal with one sentence. */
export function refusalOf(code: number, method: string, resource: Resource, said: Status): Refusal {
  const heldUpSeconds = holdOf(code, resource, said);
  return {
    kind: 'refusal',
    status: code,
    reason: said.reason,
    sentence: sentenceOf(code, method, resource, said),
    guardFailed: isGuardFailure(code, said),
    ...(heldUpSeconds === undefined ? {} : { heldUpSeconds }),
  };
}

/** Seconds that kubectl waits before it asks for an eviction again (kubectl/pkg/drain/drain.go). */
const evictionPause = 5;

/**
 * An eviction that may be allowed later: a PodDisruptionBudget has nothing to spare, or has just been written
 * (registry/core/pod/storage/eviction.go); or the namespace is on its way out, and its pods with it. A 429 without this
 * cause is a server that wants fewer requests.
 */
function holdOf(code: number, { subresource }: Resource, { details }: Status): number | undefined {
  if (subresource !== 'eviction') return undefined;
  const has = (reason: string) => (details?.causes ?? []).some((cause) => cause.reason === reason);
  if (code === 403 && has('NamespaceTerminating')) return evictionPause;
  return code === 429 && has('DisruptionBudget')
    ? Math.max(evictionPause, details?.retryAfterSeconds ?? 0)
    : undefined;
}

/** Two budgets over one pod: said with 500, and yet it will never be otherwise (eviction.go). */
function isTwiceGuarded(code: number, { message }: Status): boolean {
  return code === 500 && message.includes('more than one PodDisruptionBudget');
}

/** Whether the Status settles the question, so that asking again would bring the same or, for a hold, has its own time. */
export function settles(code: number, resource: Resource, said: Status): boolean {
  if (holdOf(code, resource, said) !== undefined || isTwiceGuarded(code, said)) return true;
  return code >= 400 && code < 500 && code !== 429 && code !== 408;
}

/**
 * A failed `test` of a JSON Patch is a 422 without any details; a validation error has the object's name and
 * causes. Observed on kube-apiserver 1.36.
 */
function isGuardFailure(code: number, { details }: Status): boolean {
  return code === 422 && !details?.name && !details?.kind && (details?.causes ?? []).length === 0;
}

function sentenceOf(code: number, method: string, resource: Resource, said: Status): string {
  const right = rightOf(method, resource);
  const words = trimmed(said);
  if (code === 403 && /cannot \S+ resource/.test(said.message)) {
    return `Firebreak may not ${right} ${describeRight(resource)} (RBAC).`;
  }
  if (code === 404 && resource.name !== undefined) return `There is no ${describeResource(resource)}.`;
  if (holdOf(code, resource, said) !== undefined)
    return `${describeResource(resource)} may not be evicted now: ${words.replace(/\.?$/, '.')}`;
  if (isTwiceGuarded(code, said)) return `${describeResource(resource)} cannot be evicted: ${words}`;
  if (isGuardFailure(code, said))
    return `${describeResource(resource)} is no longer as it was when this was planned.`;
  return `The API server refuses to ${right} ${describeResource(resource)} (${code} ${said.reason}): ${words}`;
}

/**
 * The server's own words, at most 300 characters. A rejected patch quotes the whole object as the "Invalid
 * value", and objects hold secrets in their environment variables: such values are left out.
 */
export function trimmed({ message, details }: Status): string {
  const causes = (details?.causes ?? []).filter((cause) => cause.message !== '');
  const parts = causes.slice(0, 3).map(({ field, message: words }) => {
    const short = withoutObject(words);
    return field ? `${field}: ${short}` : short;
  });
  const text = parts.length > 0 ? parts.join('; ') : withoutObject(message);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

function withoutObject(words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim();
  const opening = line.search(/Invalid value: "?(map)?[{[]|[\w.]*\{/);
  if (opening < 0) return line;
  const closing = Math.max(line.lastIndexOf('}'), line.lastIndexOf(']'));
  const lead = line.slice(0, opening).replace(/:? $/, '');
  const tail = closing < opening ? '' : line.slice(closing + 1).replace(/^["\s:]+/, '');
  return [lead, tail].filter((part) => part !== '').join(': ');
}

/** Texts of `Warning: 299 - "text"` headers (RFC 7234 5.5, as Kubernetes sends them). */
export function warningsOf(header: string | readonly string[] | undefined): string[] {
  const lines = typeof header === 'string' ? [header] : (header ?? []);
  return lines.flatMap((line) =>
    [...line.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
      text.replaceAll(/\\(.)/g, '$1'),
    ),
  );
}
