import type { z } from 'zod';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Refusal } from './answer.ts';
import type { Api } from './api.ts';
import { items } from './objects.ts';
import type { Resource } from './resource.ts';
import { describeResource } from './resource.ts';

/** Asks with one signal, so that what belongs together ends together. */
export interface Reader {
  /** One object, parsed, with the raw JSON beside it. */
  get<T>(schema: z.ZodType<T>, resource: Resource): Promise<Read<{ value: T; raw: unknown }>>;
  /** All objects of a list. Selectors go into `query` (`labelSelector`, `fieldSelector`, `limit`). */
  list<T>(schema: z.ZodType<T>, resource: Resource, query?: Record<string, string>): Promise<Read<T[]>>;
  /** The first of them, up to `most`, and whether they are all. */
  listSome<T>(
    schema: z.ZodType<T>,
    resource: Resource,
    most: number,
  ): Promise<Read<{ items: T[]; complete: boolean }>>;
  /** The same with nothing but metadata, where objects are large and little of them is wanted. */
  listMetadata<T>(schema: z.ZodType<T>, resource: Resource): Promise<Read<T[]>>;
  /** The same of a kind that may not be installed (a CRD); then there are none. */
  listIfServed<T>(schema: z.ZodType<T>, resource: Resource): Promise<Read<T[]>>;
  /** The same of a kind that is served under one of several versions. All are asked at once; the first served answers. */
  listFirstServed<T>(schema: z.ZodType<T>, versions: readonly Resource[]): Promise<Read<T[]>>;
  readonly api: Api;
  readonly signal: AbortSignal;
}

export type Read<T> = { readonly kind: 'read'; readonly value: T } | Refusal;

/** @param budgetMs for all its reads together, counted from now; without it each has the client's deadline */
export function createReader(api: Api, signal: AbortSignal, budgetMs?: number): Reader {
  const endsAt = performance.now() + (budgetMs ?? 0);
  const limit = () =>
    budgetMs === undefined ? {} : { timeoutMs: Math.max(1, Math.round(endsAt - performance.now())) };
  const send = (resource: Resource, query?: Record<string, string>) =>
    api({ method: 'GET', resource, signal, ...limit(), ...(query === undefined ? {} : { query }) });
  const every = <T>(schema: z.ZodType<T>, body: unknown, resource: Resource): Read<T[]> => {
    const { items: all } = parsed(items, body, resource);
    return { kind: 'read', value: all.map((item) => parsed(schema, item, resource)) };
  };
  const listServed = async <T>(schema: z.ZodType<T>, resource: Resource): Promise<Read<T[]> | undefined> => {
    const answer = await api({ method: 'GET', resource, signal, ...limit(), mayBeAbsent: true });
    if (answer.kind === 'ok') return every(schema, answer.body, resource);
    return answer.status === 404 ? undefined : answer;
  };
  return {
    api,
    signal,
    async get(schema, resource) {
      const answer = await send(resource);
      if (answer.kind === 'refusal') return answer;
      return { kind: 'read', value: { value: parsed(schema, answer.body, resource), raw: answer.body } };
    },
    async list(schema, resource, query) {
      const answer = await send(resource, query);
      if (answer.kind === 'refusal') return answer;
      return every(schema, answer.body, resource);
    },
    async listSome(schema, resource, most) {
      const answer = await send(resource, { limit: String(most) });
      if (answer.kind === 'refusal') return answer;
      const complete = !parsed(items, answer.body, resource).metadata.continue;
      const read = every(schema, answer.body, resource);
      return read.kind === 'read' ? { kind: 'read', value: { items: read.value, complete } } : read;
    },
    async listMetadata(schema, resource) {
      const answer = await api({ method: 'GET', resource, signal, ...limit(), metadataOnly: true });
      return answer.kind === 'refusal' ? answer : every(schema, answer.body, resource);
    },
    async listIfServed(schema, resource) {
      return (await listServed(schema, resource)) ?? { kind: 'read', value: [] };
    },
    async listFirstServed(schema, versions) {
      const all = await Promise.all(versions.map((resource) => listServed(schema, resource)));
      return all.find((read) => read !== undefined) ?? { kind: 'read', value: [] };
    },
  };
}

/** The value, or a fault with the refusal's sentence: for callers that have no word for "refused". */
export function insist<T>(read: Read<T>): T {
  if (read.kind === 'read') return read.value;
  throw new ClusterFault(read.sentence);
}

function parsed<T>(schema: z.ZodType<T>, body: unknown, resource: Resource): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const sentence = `The API server's answer for ${describeResource(resource)} is not as Kubernetes documents it: ${issue?.path.join('.')}: ${issue?.message}.`;
  throw new ClusterFault(sentence, { cause: result.error });
}
