import type { Counted, Outcomes, Statistics, Times } from '../../domain/insight/statistics.ts';
import { tableText } from '../../domain/text/table.ts';

/** Lines of one table, and of what waits; a message has no room for more. */
const most = 10;
const mostWaiting = 5;

/** Who may approve, in words, by the number of a remediation. */
export type Awaited = ReadonlyMap<number, string>;

/** The statistics as lines of plain text in columns. */
export function statisticsText(statistics: Statistics, awaited: Awaited): readonly string[] {
  const { all, actions, playbooks, tiers, waiting, times } = statistics;
  const parts = [
    summary(all),
    timesText(times),
    outcomesText('Action', actions),
    outcomesText('Playbook', playbooks),
    tableOf(
      ['Tier', 'asked', 'done', 'rejected', 'unanswered', 'waiting'],
      tiers.map(({ tier, asked, carriedOut, rejected, unanswered, waiting: open }) =>
        [tier, asked, carriedOut, rejected, unanswered, open].map(String),
      ),
    ),
    waitingText(waiting, awaited),
  ];
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .split('\n');
}

function summary({
  asked,
  carriedOut,
  verified,
  notVerified,
  inconclusive,
  lasted,
  didNotLast,
}: Outcomes): string {
  const proven = lasted + didNotLast;
  return [
    `${asked} asked for, ${carriedOut} carried out: ${verified} verified, ${notVerified} not verified, ${inconclusive} inconclusive.`,
    proven === 0
      ? 'None of the verified ones is old enough to say whether it lasted.'
      : `Of ${proven} verified ones that are old enough ${lasted} lasted.`,
  ].join('\n');
}

function timesText({ card, approval, verdict }: Statistics['times']): string {
  const row = (name: string, times: Times | undefined) =>
    times === undefined
      ? []
      : [[name, durationText(times.half), durationText(times.most), String(times.count)]];
  const lines = [
    ...row('request to card', card),
    ...row('card to approval', approval),
    ...row('start to verdict', verdict),
  ];
  return tableOf(['Time', 'p50', 'p95', 'of'], lines);
}

function outcomesText(title: string, all: readonly Outcomes[]): string {
  const lines = all
    .slice(0, most)
    .map(({ name, asked, carriedOut, verified, notVerified, lasted, didNotLast }) => [
      name,
      ...[asked, carriedOut, verified, notVerified].map(String),
      lasted + didNotLast === 0 ? '-' : `${lasted} of ${lasted + didNotLast}`,
    ]);
  const rest = all.length - lines.length;
  const table = tableOf([title, 'asked', 'done', 'verified', 'not', 'lasted'], lines);
  return rest > 0 ? `${table}\n... and ${rest} more` : table;
}

function waitingText(waiting: readonly Counted[], awaited: Awaited): string {
  const lines = waiting.slice(0, mostWaiting).map(({ number, tier, waitingSeconds = 0, approvals }) => {
    const given = approvals === 0 ? '' : `, ${approvals} approved`;
    const who = awaited.get(number);
    return `Remediation ${number} (${tier ?? 'unknown'}${given}) has waited ${durationText(waitingSeconds)}${who === undefined ? '' : `; ${who}`}`;
  });
  const rest = waiting.length - lines.length;
  return [...lines, ...(rest > 0 ? [`... and ${rest} more wait`] : [])].join('\n');
}

const tableOf = (heading: readonly string[], lines: readonly (readonly string[])[]): string =>
  lines.length === 0 ? '' : tableText(heading, lines);

/** `4 s`, `12 min`, `3.5 h`, `2.1 d`: two digits are what a look needs. */
export function durationText(seconds: number): string {
  if (seconds < 99.5) return `${seconds < 9.95 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 99.5) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Number(hours.toFixed(1))} h` : `${Number((hours / 24).toFixed(1))} d`;
}
