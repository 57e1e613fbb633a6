import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { verifyAudit } from '../../adapters/postgres/audit/audit.ts';
import { findStop } from '../../adapters/postgres/brakes/stops.ts';
import { findStormNow } from '../../adapters/postgres/brakes/storms.ts';
import {
  type ChainStanding,
  chainStanding,
  type Examined,
  examine,
  type Overdue,
  overdue,
} from '../../adapters/postgres/examine.ts';
import { findInsight } from '../../adapters/postgres/insight/insight-standing.ts';
import { findUnusable, type Unusable, unusable } from '../../adapters/postgres/room.ts';
import { shareText } from '../../domain/incidents/storm.ts';
import type { Retention } from '../../domain/policy/retention.ts';
import { withDatabase } from '../database.ts';
import type { Place } from '../judging.ts';
import { about, type Finding, sentenceOf } from './finding.ts';
import { insightFindings } from './insight.ts';

const { right, doubtful, wrong } = about('Database');
const audit = about('Audit chain');
const kept = about('Retention');
const brake = about('Stop');
const storm = about('Storm');

/** PostgreSQL 15; what is tested. */
const oldestVersion = 150_000;

/** One replica's pools: statements, intake, the queue and the liveness connection. */
const connectionsOfOne = 25;

/** Seconds. Slack refuses requests that are older than five minutes; approvals and freezes are by this clock too. */
const mostSkew = 5;

/** What is said of a database, and of the chain in it. */
export async function examineDatabase(
  place: Place,
  retention: Retention | undefined,
  exportFolder?: string,
): Promise<readonly Finding[]> {
  try {
    return await withDatabase(place, async (knex) => [
      ...findingsOf(await examine(knex)),
      ...unusableFindings(await findUnusable(knex)),
      ...(await examineChain(knex)),
      ...(await examineStop(knex)),
      ...(await examineStorm(knex)),
      ...(retention === undefined || !(await knex.schema.hasTable('object_history'))
        ? []
        : retentionFindings(await overdue(knex, retention))),
      ...((await knex.schema.hasTable('blind_spots'))
        ? insightFindings(await findInsight(knex), exportFolder)
        : []),
    ]);
  } catch (fault) {
    return [wrong(sentenceOf(fault), 'Set DATABASE_URL to a PostgreSQL 15 or newer that answers.')];
  }
}

/** The findings about what was read; a table of cases in test/cli/doctor.test.ts. */
export function findingsOf(examined: Examined): readonly Finding[] {
  const { version, user, durable, freeConnections, clockBehind, standbys, isSynchronous } = examined;
  const release = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  const lossy = Object.entries(durable).filter(([, value]) => value === 'off');
  return [
    version < oldestVersion
      ? wrong(`PostgreSQL ${release} is too old.`, 'Use 15 or newer.')
      : right(`PostgreSQL ${release} answers.`),
    ...lossy.map(([name]) =>
      wrong(
        `${name} is off: what was acknowledged can be lost when the server crashes.`,
        `Set ${name} to on for this database.`,
      ),
    ),
    ...(standbys > 0 && !isSynchronous
      ? [
          doubtful(
            'Its standby is asynchronous: what was acknowledged last is lost when it is promoted, and Firebreak then stops itself.',
            'Set synchronous_standby_names, where waiting for the standby is better than that.',
          ),
        ]
      : []),
    ...(freeConnections < 2 * connectionsOfOne
      ? [
          doubtful(
            `Only ${freeConnections} connections are free; two replicas take up to ${2 * connectionsOfOne}.`,
            'Raise max_connections, or put a pooler in session mode before it.',
          ),
        ]
      : []),
    Math.abs(clockBehind) > mostSkew
      ? wrong(
          `Its clock is ${Math.abs(clockBehind).toFixed(0)} s ${clockBehind > 0 ? 'behind' : 'ahead of'} this machine's.`,
          'Synchronise both clocks by NTP: expiry, freezes and signatures are judged by them.',
        )
      : right('Its clock and ours agree.'),
    migrationOf(examined, user),
  ];
}

/** What is said of one in which nothing can be recorded; a table of cases in test/cli/doctor.test.ts. */
export function unusableFindings(found: Unusable | undefined): readonly Finding[] {
  return found === undefined ? [] : [wrong(unusable[found], cures[found])];
}

const cures = {
  away: 'Look at the log of the server.',
  full: 'Give its disk more room. Firebreak goes on by itself; alerts of the time between are sent again by their sender.',
  'read-only': 'Point DATABASE_URL at the primary, or end default_transaction_read_only.',
} as const satisfies Record<Unusable, string>;

function migrationOf({ migrated, newest, mayCreate }: Examined, user: string): Finding {
  if (migrated === newest) return right(`Its schema is at ${migrated}.`);
  if (migrated !== undefined && newest !== undefined && migrated > newest)
    return doubtful(`Its schema is at ${migrated}, which is newer than this version.`, 'Update Firebreak.');
  const sentence = `Its schema is at ${migrated ?? 'nothing'}; ${newest} is the newest.`;
  return mayCreate
    ? doubtful(sentence, 'Nothing: the next replica that starts brings it up to date.')
    : wrong(`${sentence} ${user} may not create tables there.`, `grant create on schema public to ${user}`);
}

async function examineStop(knex: Knex): Promise<readonly Finding[]> {
  if (!(await knex.schema.hasTable('stops'))) return [];
  const found = await findStop(knex);
  if (found === undefined) return [brake.right('Firebreak is not stopped.')];
  const who = found.by === undefined ? 'itself' : found.by;
  return [
    brake.doubtful(
      `Firebreak is stopped since ${found.at}, by ${who}: ${found.reason}. Nothing is sent to a cluster.`,
      'When the reason is gone: /remediate start <reason>',
    ),
  ];
}

async function examineStorm(knex: Knex): Promise<readonly Finding[]> {
  if (!(await knex.schema.hasTable('storms'))) return [];
  const found = await findStormNow(knex);
  if (found === undefined) return [];
  return [
    storm.doubtful(
      `A storm holds since ${found.since}: ${[...(found.share === undefined ? [] : [shareText(found.share)]), `${found.incidents} incidents`].join(', ')}. Nothing runs by itself.`,
      'Look for their one cause; it ends when it has been quiet for storm.quietMinutes.',
    ),
  ];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Lines up to which the whole chain is checked here: some seconds. */
const mostChecked = 500_000;

async function examineChain(knex: Knex): Promise<readonly Finding[]> {
  if (!(await knex.schema.hasTable('audit_anchors'))) return [];
  const standing = await chainStanding(knex);
  return [...(await checkChain(knex, standing)), ...anchorFindings(standing)];
}

async function checkChain(knex: Knex, { lines }: ChainStanding): Promise<readonly Finding[]> {
  if (lines > mostChecked)
    return [
      audit.doubtful(
        `It has ${lines} lines, which takes longer to check than is waited for here.`,
        'Run: firebreak audit verify',
      ),
    ];
  const verified = await verifyAudit(knex, sha256);
  if (verified.kind === 'intact')
    return [audit.right(`Intact: ${verified.head.seq} lines. Compare with a head that was kept elsewhere.`)];
  return [
    audit.wrong(
      `Broken at line ${verified.seq}: ${verified.sentence}.`,
      'Somebody wrote past Firebreak. Keep the database as it is, and find out who may write to it.',
    ),
  ];
}

/** An anchor is due each hour, or as the policy says; replicas that stood still have a day. */
const latestAnchor = 1;

/** What is said of the anchors; a table of cases in test/cli/doctor.test.ts. */
export function anchorFindings({ headAge, anchorAge, unanchored }: ChainStanding): readonly Finding[] {
  if (headAge === undefined) return [];
  const head = `Its newest line is ${ageText(headAge)} old`;
  if (unanchored === 0) return [audit.right(`${head}, and anchored.`)];
  const last =
    anchorAge === undefined ? 'no anchor was ever noted' : `the last anchor is ${ageText(anchorAge)} old`;
  const sentence = `${head}, and ${last}: ${unanchored} lines could be cut off unseen.`;
  const isLate = headAge > latestAnchor && (anchorAge ?? Number.POSITIVE_INFINITY) > latestAnchor;
  return isLate
    ? [
        audit.wrong(
          sentence,
          'Look at the log of the replicas for "upkeep"; one of them must run for an anchor.',
        ),
      ]
    : [audit.right(`${head}, and ${last}.`)];
}

function ageText(days: number): string {
  if (days >= 2) return `${Math.floor(days)} days`;
  const minutes = Math.max(0, Math.round(days * 1440));
  return minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : `${minutes} minutes`;
}

/** What is said of what should be gone; a table of cases in test/cli/doctor.test.ts. */
export function retentionFindings(found: readonly Overdue[]): readonly Finding[] {
  if (found.length === 0) return [kept.right('Nothing is older than the policy keeps it.')];
  return found.map(({ table, days }) =>
    kept.doubtful(
      `${table} has what should be gone since ${ageText(days)}.`,
      table === 'remediation_events'
        ? 'Lines stay while what they vouch for does, and at least as long as --audit-days of "firebreak schema" says.'
        : 'Look at the log of the replicas for "upkeep". What is open, or was changed past Firebreak, stays on purpose.',
    ),
  );
}
