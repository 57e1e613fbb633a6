import { z } from 'zod';
import type { Found, LookBack } from '../../../workflow/incidents-port.ts';
import type { Context } from '../context.ts';
import { clean, rows } from '../sql.ts';
import { homesOf } from './homes.ts';
import { summary, summaryColumns } from './remediations.ts';

const placed = z.looseObject({ channel: z.string().nullable(), ts: z.string().nullable() });

/** Characters of one word or text that are looked for; nobody types more. */
const longestTerm = 200;

/**
 * What was done, the newest first: of the words by the index remediations_text, in which a slash separates words, too. What
 * is in quotes stands together (PostgreSQL documentation, "Parsing Queries", websearch_to_tsquery, which takes any text).
 */
export async function findPastWith(
  context: Pick<Context, 'knex' | 'cluster' | 'clusters' | 'identity'>,
  { terms, playbook, person, since, cluster, offset, limit }: LookBack,
): Promise<readonly Found[]> {
  const conditions: readonly Condition[] = [
    ...(terms.length === 0 ? [] : [condition(matching, quoted(terms))]),
    ...(playbook === undefined ? [] : [condition('r.requested_by = ?', clean(`playbook ${playbook}`))]),
    ...(person === undefined ? [] : [condition(byPerson, clean(person), clean(person))]),
    ...(since === undefined ? [] : [condition('r.created_at >= ?', since)]),
    ...(cluster === undefined ? [] : [condition('r.cluster = ?', clean(cluster))]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.map((each) => each.sql).join(' and ')}`;
  const sql = `select found.*, card.sent_channel as channel, card.ts from (
      select ${summaryColumns} from remediations r ${where} order by number desc limit ? offset ?
    ) found left join slack_outbox card on card.key = 'card:' || found.id order by number desc`;
  const values = conditions.flatMap((each) => each.values);
  const homes = homesOf(context);
  const found = await rows(context.knex, placed, sql, [homes, homes, ...values, limit, offset]);
  return found.map((row) => ({
    ...summary.parse(row),
    ...(row.channel === null || row.ts === null ? {} : { place: { channel: row.channel, ts: row.ts } }),
  }));
}

interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

const condition = (sql: string, ...values: readonly string[]): Condition => ({ sql, values });

/** Of what a person asked for, and of what they decided, the last ones that are looked through. */
const mostOfPerson = 150;

const byPerson = `r.id in (
  (select id from remediations where requested_by = ? order by number desc limit ${mostOfPerson})
  union all (select remediation_id from approvals where user_id = ? order by at desc limit ${mostOfPerson}))`;

/** The expression of the index remediations_text. */
const matching = `to_tsvector('simple', remediation_text(r.command, r.requested_by, r.data))
  @@ websearch_to_tsquery('simple', translate(?, '/:=@,', '     '))`;

const quoted = (terms: readonly string[]): string =>
  terms.map((term) => `"${clean(term).replaceAll('"', ' ').slice(0, longestTerm)}"`).join(' ');
