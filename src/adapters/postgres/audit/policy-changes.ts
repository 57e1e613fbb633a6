import type { Knex } from 'knex';
import { z } from 'zod';
import { canonicalJson, type Json, json, leafChanges } from '../../../domain/text/json.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { jsonText, rows } from '../sql.ts';
import { transact } from '../transact.ts';
import { appendEvents } from './audit.ts';
import { policyEntry, policyRow } from './records.ts';

/** "FBpo": one policy at a time. */
const policyLock = 0x4642706f;

const latest = z.object({ digest: z.string(), policy: json });

/** What a recorded change came to. `changed` is false when this policy is the one recorded last. */
export interface PolicyChange {
  readonly changed: boolean;
  readonly digest: string;
  /** One line for each leaf that differs; empty for the first policy of all. */
  readonly diff: readonly string[];
}

/**
 * Writes down that a policy is in force, with what is different from the last one. All replicas may say so: the first
 * writes, the others find it written.
 */
export async function recordPolicy(knex: Knex, policy: Json, sha256: Sha256): Promise<PolicyChange> {
  // As PostgreSQL will hold it: the digest must fit what is read back.
  const stored = json.parse(JSON.parse(jsonText(policy)));
  const digest = sha256(canonicalJson(stored));
  return transact(knex, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [policyLock]);
    // Version 0.1.0 locks the table itself, so that nobody may write to it meanwhile.
    await trx.raw('lock table policy_changes in row exclusive mode');
    const [before] = await rows(
      trx,
      latest,
      'select digest, policy from policy_changes order by number desc limit 1',
    );
    if (before?.digest === digest) return { changed: false, digest, diff: [] };
    const diff = before === undefined ? [] : leafChanges(before.policy, stored);
    const sql = `insert into policy_changes (digest, previous, diff, policy) values (?, ?, ?, ?::jsonb)
      returning number, at, digest, previous, diff`;
    const written = await rows(trx, policyRow, sql, [digest, before?.digest ?? null, diff, jsonText(stored)]);
    const lines = written.map((each) => policyEntry(each, sha256));
    await appendEvents(trx, lines);
    return { changed: true, digest, diff };
  });
}
