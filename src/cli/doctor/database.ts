import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { verifyAudit } from '../../adapters/postgres/audit/audit.ts';
import { type Examined, examine } from '../../adapters/postgres/examine.ts';
import { withDatabase } from '../database.ts';
import type { Place } from '../judging.ts';
import { about, type Finding, sentenceOf } from './finding.ts';

const { right, doubtful, wrong } = about('Database');
const audit = about('Audit chain');

/** PostgreSQL 15; what is tested. */
const oldestVersion = 150_000;

/** One replica's pools: statements, intake, the queue and the liveness connection. */
const connectionsOfOne = 25;

/** Seconds. Slack refuses requests that are older than five minutes; approvals and freezes are by this clock too. */
const mostSkew = 5;

/** What is said of a database, and of the chain in it. */
export async function examineDatabase(place: Place): Promise<readonly Finding[]> {
  try {
    return await withDatabase(place, async (knex) => [
      ...findingsOf(await examine(knex)),
      ...(await examineChain(knex)),
    ]);
  } catch (fault) {
    return [wrong(sentenceOf(fault), 'Set DATABASE_URL to a PostgreSQL 15 or newer that answers.')];
  }
}

/** The findings about what was read; a table of cases in test/cli/doctor.test.ts. */
export function findingsOf(examined: Examined): readonly Finding[] {
  const { version, user, durable, freeConnections, clockBehind } = examined;
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

function migrationOf({ migrated, newest, mayCreate }: Examined, user: string): Finding {
  if (migrated === newest) return right(`Its schema is at ${migrated}.`);
  if (migrated !== undefined && newest !== undefined && migrated > newest)
    return doubtful(`Its schema is at ${migrated}, which is newer than this version.`, 'Update Firebreak.');
  const sentence = `Its schema is at ${migrated ?? 'nothing'}; ${newest} is the newest.`;
  return mayCreate
    ? doubtful(sentence, 'Nothing: the next replica that starts brings it up to date.')
    : wrong(`${sentence} ${user} may not create tables there.`, `grant create on schema public to ${user}`);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function examineChain(knex: Knex): Promise<readonly Finding[]> {
  if (!(await knex.schema.hasTable('audit_head'))) return [];
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
