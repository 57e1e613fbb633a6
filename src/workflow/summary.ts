import type { Stop } from '../domain/incidents/stop.ts';
import { clockTime } from '../domain/text/clock-time.ts';
import { stateText } from '../domain/text/states.ts';

/** A line of /remediate status and history. */
export interface Summary {
  readonly number: number;
  readonly id: string;
  /** One of ours, or of a newer version's. */
  readonly state: string;
  readonly command: string;
  readonly tier?: string;
  readonly score?: number;
  readonly verdict?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The name of the cluster that it is for, where that is another than the one at hand. */
  readonly elsewhere?: string;
  /** The name of its cluster, where there are several at hand. */
  readonly cluster?: string;
}

/** One remediation in a line: its number, how it stands, what was asked for and when. */
export function summaryLine(row: Summary): string {
  const judged = row.tier === undefined ? '' : `, ${row.tier} (score ${row.score ?? 0})`;
  const verdict = row.verdict === undefined ? '' : `, ${row.verdict.replace('_', ' ')}`;
  const elsewhere = row.elsewhere === undefined ? inCluster(row) : `  (${otherCluster(row, row.elsewhere)})`;
  return `${row.number}  ${stateText(row.state)}${judged}${verdict}  ${row.command}  ${row.createdAt.slice(0, 16).replace('T', ' ')} UTC${elsewhere}`;
}

/** When it was asked for and changed last. */
export const timesLine = (
  { createdAt, updatedAt }: Pick<Summary, 'createdAt' | 'updatedAt'>,
  now: string,
): string => `Requested ${clockTime(createdAt, now)}, last change ${clockTime(updatedAt, now)}`;

/** Before what is listed: that nothing goes on at the moment, and why. */
export const heldBy = (stop: Stop | undefined, now: string): string =>
  stop === undefined ? '' : `Firebreak is stopped since ${clockTime(stop.at, now)}: ${stop.reason}. `;

const inCluster = ({ cluster }: Summary): string => (cluster === undefined ? '' : `  in ${cluster}`);

const otherCluster = ({ cluster }: Summary, elsewhere: string): string =>
  cluster === undefined
    ? `of another cluster, ${elsewhere}: left to the Firebreak there`
    : `of the cluster ${elsewhere}, which is not configured here or is another one by now: it waits`;
