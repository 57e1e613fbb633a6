import { z } from 'zod';
import { type Chart, mostPoints } from '../../domain/incidents/chart.ts';
import type { Measures } from '../../workflow/arrivals/measures-port.ts';
import { queriesFor, type Wanted } from './queries.ts';

export interface PrometheusSettings {
  /** With the path that it is served under, if any. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Seconds between two points; three minutes unless told: with twenty of them, about an hour. */
  readonly step?: number;
}

/** Milliseconds for one answer; all are asked side by side. */
const patience = 3_000;

/** Bytes of an answer: twenty values of one series are some 600, and what is far longer is not what was asked for. */
const largest = 1024 * 1024;

/** Of a chart that has answers; Slack takes two in a message. */
const mostCharts = 2;

/** What is said where it answers, and has nothing. */
export const noneOfIt = 'metrics: Prometheus has none of it';

const answer = z.object({
  data: z.object({
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])).max(mostPoints) })),
  }),
});

/** The text of an answer. Of one that is too large no more is taken from the network, and the connection is closed. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > largest) throw new Error(`Prometheus answered with more than ${largest / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Prometheus' HTTP API, `/api/v1/query_range` (prometheus.io, "HTTP API", "Range queries"). */
export function createMeasures({ url, token, step = 180 }: PrometheusSettings): Measures {
  const ask = async (
    query: string,
    at: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> => {
    const [start, end] = [at - (mostPoints - 1) * step, at];
    const body = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${step}` });
    const response = await fetch(`${url.replace(/\/+$/, '')}/api/v1/query_range`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body.toString(),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`Prometheus answered ${response.status}`);
    }
    const [found] = answer.parse(JSON.parse(await textOf(response))).data.result;
    const values = (found?.values ?? []).map(([when, value]) => [when, Number(value)] as const);
    return new Map(values.filter(([, value]) => Number.isFinite(value)));
  };
  return {
    before: async (ownerKey, at, signal) => {
      const [name = '', kind = '', namespace = ''] = ownerKey.split('/').toReversed();
      const now = Math.floor(Date.parse(at) / 1000);
      const wanted = queriesFor(kind, namespace, name);
      const missing = new Set<string>();
      const all = await Promise.all(
        wanted.map(async (each) => {
          const answers = each.series.map(({ query }) => ask(query, now, signal));
          const series = await Promise.all(
            answers.map((found) =>
              found.catch((fault: unknown) => {
                missing.add(`metrics: ${reasonOf(fault)}`);
                return new Map<number, number>();
              }),
            ),
          );
          return chartOf(each, series);
        }),
      );
      signal.throwIfAborted();
      const charts = all.filter((each) => each !== undefined).slice(0, mostCharts);
      if (wanted.length === 0) missing.add(`metrics: none are known of a ${kind}`);
      else if (charts.length === 0 && missing.size === 0) missing.add(noneOfIt);
      return { charts, missing: [...missing] };
    },
  };
}

/** A series without values is left out, and so is an instant for which another has none: nothing is made up. */
function chartOf(
  { title, unit, series }: Wanted,
  answers: readonly ReadonlyMap<number, number>[],
): Chart | undefined {
  const told = series.flatMap(({ name }, index) => {
    const values = answers[index];
    return values === undefined || values.size < 2 ? [] : [{ name, values }];
  });
  const times = [...(told[0]?.values.keys() ?? [])].filter((when) =>
    told.every(({ values }) => values.has(when)),
  );
  if (times.length < 2) return undefined;
  const shown = times.toSorted((a, b) => a - b).slice(-mostPoints);
  return {
    title,
    unit,
    at: shown.map((when) => new Date(when * 1000).toISOString()),
    series: told.map(({ name, values }) => ({ name, values: shown.map((when) => values.get(when) ?? 0) })),
  };
}

/** `fetch failed` says nothing; the cause behind it says why. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault.name === 'TimeoutError') return `no answer within ${patience / 1000} s`;
  if (fault instanceof z.ZodError || fault instanceof SyntaxError) return 'what answers is not Prometheus';
  return fault.cause instanceof Error && fault.cause.message !== '' ? fault.cause.message : fault.message;
}
