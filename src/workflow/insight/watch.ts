import type { Playbook } from '../../domain/incidents/playbook.ts';
import { type BlindSpotKind, blindSpotKinds, blindSpots, type Gap } from '../../domain/insight/blind-spot.ts';
import { faultOf } from '../../domain/insight/exported.ts';
import { type Watched, watched } from '../../domain/insight/watched.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { asJson, type Json } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { after, secondsBetween } from '../../domain/text/time.ts';
import { matchedBy } from '../../stages/intake/unmatched.ts';
import type { Clock, Log } from '../ports.ts';
import type { Chain } from './insight-port.ts';
import type { Line, Ran, Routine } from './routine.ts';

const hour = 3600;
const day = 24 * hour;

/** How often the chain is looked at, and how far back alerts are compared with the playbooks. Seconds. */
const every = hour;
const window = 7 * day;

/** Seconds without a match after which a playbook is named: alerts that are rarer than once a month have no routine. */
const unmatchedFor = 30 * day;

/** Alerts that are compared; and how often one must have come in the window without a playbook to be named. */
const mostAlerts = 5_000;
const oftenEnough = 5;

/** Breaks of one kind that a line names; the others are counted. */
const named = 5;

export interface WatchOptions {
  readonly chain: Chain;
  readonly clock: Clock;
  readonly playbooks: () => readonly Playbook[];
  readonly policy: () => Policy;
  readonly log: Log;
}

/** Looks over every link of the chain, and says each break once. */
export function watchChain(options: WatchOptions): Routine {
  return {
    name: 'watch',
    everySeconds: every,
    firstAfterSeconds: 0,
    run: (last) => look(options, last),
  };
}

async function look(options: WatchOptions, last: Json | undefined): Promise<Ran> {
  const { chain, clock, policy, log } = options;
  const now = clock();
  const before = watched.safeParse(last).data ?? { since: now, playbooks: {} };
  const { since } = before;
  const shown = await chain.gaps({ now, since, patience: patienceOf(policy()) });
  const { gaps, playbooks } = await compare(options, before, now);
  const found = [...shown, ...gaps, ...(await exportGaps(chain, now))];
  const fresh = await chain.keep(found, now);
  for (const { kind, subject, sentence } of fresh) log.error({ kind, subject }, sentence);
  const counts = Object.fromEntries(
    blindSpotKinds.map((kind) => [kind, found.filter((gap) => gap.kind === kind).length]),
  );
  return { result: asJson({ since, playbooks, at: now, counts }), lines: linesOf(fresh, now) };
}

/** A verification moves its row at each look; two hours are given to whatever else is slow. */
function patienceOf({ verification, evictionPatienceSeconds }: Policy): number {
  const { initialDelaySeconds, intervalSeconds } = verification;
  return 2 * (hour + Math.max(initialDelaySeconds, intervalSeconds, evictionPatienceSeconds));
}

type Known = Watched['playbooks'];

/** Alerts of late without a playbook, and playbooks that have been there for long without an alert. */
async function compare(
  { chain, playbooks }: WatchOptions,
  before: Pick<Watched, 'playbooks'>,
  now: string,
): Promise<{ readonly gaps: readonly Gap[]; readonly playbooks: Known }> {
  const alerts = await chain.alerts({ since: after(now, -window), limit: mostAlerts });
  const loaded = playbooks();
  const matched = matchedBy(alerts, loaded);
  const known: Known = Object.fromEntries(
    loaded.map(({ name }) => [name, matched.playbooks.has(name) ? now : (before.playbooks[name] ?? now)]),
  );
  const unmatched = [...matched.unmatched].filter(([, count]) => count >= oftenEnough);
  return {
    playbooks: known,
    gaps: [
      ...unmatched.map(([name, count]) => ({
        kind: 'alert-without-playbook' as const,
        subject: cut(name, 200),
        sentence: `The alert ${cut(redact(name), 200)} came ${count} times in 7 days, and no playbook matches it.`,
      })),
      ...(alerts.length === 0 ? [] : idle(known, now)),
    ],
  };
}

const idle = (known: Known, now: string): readonly Gap[] =>
  Object.entries(known)
    .filter(([, since]) => secondsBetween(since, now) >= unmatchedFor)
    .map(([name, since]) => ({
      kind: 'playbook-without-match',
      subject: name,
      sentence: `The playbook ${name} has matched no alert since ${since.slice(0, 10)}.`,
    }));

async function exportGaps(chain: Chain, now: string): Promise<readonly Gap[]> {
  const { last, isLate } = await chain.exported(now);
  const wrong = last === undefined ? undefined : faultOf(last);
  // A week in which nothing was done has nothing to teach, and that is said where it is exported.
  const isGap = last !== undefined && (last.failure !== null || last.executions > 0);
  const gap = (subject: string, sentence: string): Gap => ({
    kind: 'export-without-rows',
    subject,
    sentence,
  });
  return [
    ...(wrong === undefined || !isGap ? [] : [gap('rows', wrong)]),
    ...(isLate ? [gap('late', 'The weekly export is late by more than a day.')] : []),
  ];
}

/** One line for each kind of which something is new. */
function linesOf(fresh: readonly Gap[], now: string): readonly Line[] {
  return blindSpotKinds.flatMap((kind) => {
    const sentences = fresh.filter((gap) => gap.kind === kind).map(({ sentence }) => sentence);
    return sentences.length === 0 ? [] : [lineOf(kind, sentences, now)];
  });
}

function lineOf(kind: BlindSpotKind, sentences: readonly string[], now: string): Line {
  const { means, cure } = blindSpots[kind];
  const rest = sentences.length - named;
  const shown = [...sentences.slice(0, named), ...(rest > 0 ? [`And ${rest} more.`] : []), `-> ${cure}`];
  return { key: `watch:${kind}:${now}`, headline: `Blind spot: ${means}`, preformatted: shown.join('\n') };
}
