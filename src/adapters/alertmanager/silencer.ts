import { z } from 'zod';
import type { LabelSet } from '../../domain/incidents/silence.ts';
import { SilenceRefused, type Silencer } from '../../workflow/silences/silences-port.ts';

export interface AlertmanagerSettings {
  /** With the path that it is served under, if any. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Milliseconds after its start by which Prometheus has told it of all that fires; two minutes unless told. */
  readonly settled?: number;
  /** Milliseconds for one answer, to its end; five seconds unless told. */
  readonly patience?: number;
  /** Bytes of an answer; 64 MiB unless told: the alerts of a large Alertmanager are a few. */
  readonly largest?: number;
}

const silence = z.object({
  id: z.string(),
  comment: z.string(),
  status: z.object({ state: z.enum(['expired', 'active', 'pending']) }),
  matchers: z.array(z.object({ name: z.string(), value: z.string() })),
});

const status = z.object({ uptime: z.iso.datetime({ offset: true }) });
const firing = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** The text of an answer. Of one that is too large no more is taken from the network, and the connection is closed. */
async function textOf({ body }: Response, largest: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > largest) throw new Error(`Alertmanager answered with more than ${largest / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Too slow and too many pass by themselves; whatever else is the asker's fault does not (RFC 9110, 15.5). */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;

/** Stands in the comment; nobody else writes an id of ours. */
const keyed = (id: string): string => `[${id}]`;

/**
 * Alertmanager's API, version 2 (prometheus/alertmanager, api/v2/openapi.yaml): `GET` and `POST /silences`, `DELETE
 * /silence/{id}`, `GET /alerts`. It has no way to make one under an id of one's own, so that ours stands in the comment. Members of a cluster
 * tell each other of silences, so any of them will do.
 */
export function createSilencer(settings: AlertmanagerSettings): Silencer {
  const { patience = 5_000, largest = 64 * 1024 * 1024 } = settings;
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, signal: AbortSignal, body?: object) => {
    const response = await fetch(`${settings.url.replace(/\/+$/, '')}/api/v2${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    const text = await textOf(response, largest);
    if (method === 'DELETE' && response.status === 404) return '';
    if (response.ok) return text;
    const said = `Alertmanager answered ${response.status} to ${method} ${path.split('/')[1]}: ${text.slice(0, 200)}`;
    throw isRefusal(response.status) ? new SilenceRefused(said) : new Error(said);
  };
  return {
    find: async (id, signal) => {
      const all = z.array(silence).parse(JSON.parse(await ask('GET', '/silences', signal)));
      return all
        .filter(({ comment, status }) => comment.endsWith(keyed(id)) && status.state !== 'expired')
        .map(({ id: at, matchers }) => ({
          at,
          labels: Object.fromEntries(matchers.map(({ name, value }) => [name, value])),
        }));
    },
    make: async ({ id, remediation, by, endsAt }, labels, signal) => {
      const answer = await ask('POST', '/silences', signal, {
        matchers: matchersOf(labels),
        startsAt: new Date().toISOString(),
        endsAt,
        createdBy: `Firebreak for ${by}`,
        comment: `Until the verdict of remediation ${remediation.number}. ${keyed(id)}`,
      });
      return z.object({ silenceID: z.string() }).parse(JSON.parse(answer)).silenceID;
    },
    firing: async (signal) => {
      const { uptime } = status.parse(JSON.parse(await ask('GET', '/status', signal)));
      if (Date.now() - Date.parse(uptime) < (settings.settled ?? 120_000)) return undefined;
      return firing.parse(JSON.parse(await ask('GET', '/alerts', signal))).map(({ labels }) => labels);
    },
    end: async (at, signal) => {
      await ask('DELETE', `/silence/${encodeURIComponent(at)}`, signal);
    },
  };
}

/** Exactly these labels, each by its whole value. One that is empty would match what does not have it, too. */
const matchersOf = (labels: LabelSet) =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
