import type { Evidence } from './evidence.ts';
import { replies } from './replies.ts';

/*
 * What people were told.
 */

/** A message as it stands in the channel at the end, from the calls that took effect. */
export interface Posted {
  readonly ts: string;
  readonly key: string;
  readonly thread: string | undefined;
}

/** The channel at the end, and how many messages were taken away again. */
export function channelOf({ slack }: Evidence): {
  readonly there: readonly Posted[];
  readonly deleted: number;
} {
  const there = new Map<string, Posted>();
  let deleted = 0;
  for (const line of slack) {
    if (line.kind !== 'call' || !line.answer.ok) continue;
    const { ts } = line.answer;
    if (line.method === 'chat.postMessage' && ts !== undefined)
      there.set(ts, { ts, key: keyIn(line.params['metadata']), thread: line.params['thread_ts'] });
    if (line.method === 'chat.delete' && there.delete(line.params['ts'] ?? '')) deleted += 1;
  }
  return { there: [...there.values()], deleted };
}

const keyIn = (metadata: string | undefined): string => /"key":"([^"]*)"/.exec(metadata ?? '')?.[1] ?? '';

/**
 * Every command that somebody was told is understood is a remediation, and one alone however often it was delivered; every
 * alert that was taken is an incident, and one alone.
 */
export function keptWhatWasAcknowledged({ slack, remediations, alerts }: Evidence): string[] {
  const byKey = Map.groupBy(remediations, ({ request_key }) => request_key ?? '');
  byKey.delete('');
  const told = slack.flatMap((line) =>
    line.kind === 'command' && line.status === 200 && line.said.includes('Understood as')
      ? [line.trigger]
      : [],
  );
  const lost = [...new Set(told)].filter((trigger) => !byKey.has(`slash:${trigger}`));
  const twice = [...byKey.values()].filter(({ length }) => length > 1);
  const fired = slack.flatMap((line) =>
    line.kind === 'alert' && line.status < 300 ? [line.fingerprint] : [],
  );
  const incidentsOf = (fingerprint: string) =>
    alerts.filter((key) => key.split(/[^\w-]/).includes(fingerprint));
  return [
    ...[...new Set(fired)].flatMap((fingerprint) => {
      const { length } = incidentsOf(fingerprint);
      return length === 1 ? [] : [`the alert ${fingerprint} was taken and is ${length} incidents`];
    }),
    ...lost.map((trigger) => `the command ${trigger} was acknowledged and is not in the database`),
    ...twice.map(
      (rows) => `one command became remediations ${rows.map(({ number }) => number).join(' and ')}`,
    ),
  ];
}

/** The end of the key of a reply: whose it is, at which version, and what it is about. */
const ofEvent = /reply:[0-9a-f-]{36}:\d+:[a-z]+$/;

/**
 * Every remediation has its card and every event that people are told of its reply; each message that was promised is in
 * the channel, in its newest form, once: second copies are gone at the end. Replies are in a thread.
 */
export function toldInFull(evidence: Evidence): string[] {
  const { outbox, remediations, lines } = evidence;
  const { there } = channelOf(evidence);
  const [byKey, promised] = [Map.groupBy(there, ({ key }) => key), new Set(outbox.map(({ key }) => key))];
  const numbers = new Map(remediations.map(({ id, number }) => [id, number]));
  const ofEvents = new Set(outbox.flatMap(({ key }) => ofEvent.exec(key)?.[0] ?? []));
  const cardless = remediations.filter(({ id }) => !promised.has(`card:${id}`));
  const silent = lines.filter(
    ({ kind, event, remediation_id, version }) =>
      kind === 'move' &&
      replies[event] !== undefined &&
      !ofEvents.has(`reply:${remediation_id}:${version}:${replies[event]}`),
  );
  return [
    ...cardless.map(({ number }) => `remediation ${number} has no card`),
    ...silent.map(
      ({ event, remediation_id }) =>
        `remediation ${numbers.get(remediation_id ?? '')}: nothing was promised to the thread about ${event}`,
    ),
    ...outbox
      .filter(({ sent, status }) => !sent || status !== 'open')
      .map(({ key, status }) => `the message ${key} is ${status} and was not brought up to date`),
    ...outbox.flatMap((message) => {
      const { key, kind } = message;
      const [copy, ...others] = byKey.get(key) ?? [];
      if (copy === undefined || others.length > 0)
        return [`the message ${key} is there ${copy === undefined ? 0 : others.length + 1} times`];
      return isInPlace(message, copy) ? [] : [`the ${kind} ${key} is in the wrong place`];
    }),
    ...there
      .filter(({ key }) => !promised.has(key))
      .map(({ ts, key }) => `nobody promised the message ${ts} (${key})`),
  ];
}

/** A reply is in a thread; a card that belongs to the thread of its incident is there, or where that took none, in the channel. */
function isInPlace({ kind, root_ts: root }: Evidence['outbox'][number], { thread }: Posted): boolean {
  if (kind === 'reply' || kind === 'part') return thread !== undefined;
  return thread === undefined || thread === root;
}

/** Which remediation a reply is about, and at which version of it. What was seen when it came is told once it was gathered. */
const about = /reply:([0-9a-f-]{36}):(\d+):(?!evidence$)[a-z]+$/;

/** What is told of a remediation stands in its thread in the order in which it happened; what was seen names its time itself. */
export function toldInOrder(evidence: Evidence): string[] {
  const { there } = channelOf(evidence);
  const replied = there
    .toSorted((one, other) => Number(one.ts) - Number(other.ts))
    .flatMap(({ key }) => {
      const [, id, version] = about.exec(key) ?? [];
      return id === undefined ? [] : [{ id, version: Number(version) }];
    });
  return [...Map.groupBy(replied, ({ id }) => id)].flatMap(([id, own]) => {
    const versions = own.map(({ version }) => version);
    const sorted = versions.toSorted((one, other) => one - other);
    return versions.join() === sorted.join()
      ? []
      : [`the thread of ${id} tells of versions ${versions.join(', ')} in this order`];
  });
}

/** How often something was taken out of what was sent to Slack. */
export const redactionsOf = ({ slack }: Evidence): number =>
  slack.filter((line) => line.kind === 'call' && JSON.stringify(line.params).includes('[redacted')).length;

/**
 * No secret of the corpus is in what was sent to Slack, in the operation log, in the audit chain, in the evidence, in the
 * outbox or in what replicas logged. Where nothing was ever taken out, the secrets lie where nobody looks.
 */
export function keptSecrets(evidence: Evidence): string[] {
  const { slack, texts, secrets } = evidence;
  const sent = slack.flatMap((line) =>
    line.kind === 'call' ? [{ where: `Slack (${line.method})`, text: JSON.stringify(line.params) }] : [],
  );
  const read = secrets.flatMap((secret) =>
    [...sent, ...texts]
      .filter(({ text }) => text.includes(secret))
      .map(({ where }) => `the secret ${secret.slice(0, 6)}... is in ${where}`),
  );
  return secrets.length > 0 && evidence.expected.length > 0 && redactionsOf(evidence) === 0
    ? [...read, 'nothing was ever taken out of a message: the secrets were not met with']
    : read;
}

/** What the run is there to bring about has come about: a run in which nothing was tried shows nothing. */
export function wentDownEveryRoad({ remediations, expected, slack }: Evidence): string[] {
  const refusals = slack.filter((line) => line.kind !== 'call' && line.status !== 200);
  const seen = new Set([
    ...(refusals.length === 0 ? ['no refusal'] : []),
    ...remediations.flatMap(({ applied, verb, state, verdict, requested_by: by }) => [
      `state ${state}`,
      ...(applied ? [`verb ${verb}`] : []),
      ...(verdict === null ? [] : [`verdict ${verdict}`]),
      ...(by.startsWith('playbook ') ? ['asked for by a playbook'] : []),
      ...(by.startsWith('rollback ') && applied ? ['asked for as a rollback'] : []),
    ]),
  ]);
  return expected
    .filter((what) => !seen.has(what))
    .map((what) =>
      what === 'no refusal' ? `${refusals.length} requests were refused` : `there was no "${what}"`,
    );
}
