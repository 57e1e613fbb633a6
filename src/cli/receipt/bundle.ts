import type { Knex } from 'knex';
import { z } from 'zod';
import { printAction } from '../../actions/print.ts';
import { unshowable } from '../../actions/secret-texts.ts';
import { anchorsAfter } from '../../adapters/postgres/audit/anchors.ts';
import { readChain } from '../../adapters/postgres/audit/audit.ts';
import type { ChainedEntry, Head } from '../../adapters/postgres/audit/chain.ts';
import { voteRow } from '../../adapters/postgres/audit/records.ts';
import { findByNumber } from '../../adapters/postgres/remediations/remediations.ts';
import { rows } from '../../adapters/postgres/sql.ts';
import type { Request } from '../../domain/action.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { type Remediation, specOf } from '../../domain/remediation.ts';
import { asJson, canonicalJson, type Json, json } from '../../domain/text/json.ts';
import { withhold } from '../../stages/learn/withheld.ts';
import { boundTo } from '../../stages/locate/bound.ts';
import { approvedBinding } from '../../workflow/approval/drift.ts';
import type { Sha256 } from '../../workflow/ports.ts';

export interface BundleOptions {
  readonly knex: Knex;
  readonly number: number;
  readonly policy: Policy;
  readonly sha256: Sha256;
  /** A head that the lines are to lead to; the first anchor after the remediation's last line where there is none. */
  readonly head?: Head | undefined;
  /** With what is otherwise left out of everything that leaves the process. */
  readonly values: boolean;
}

/** A receipt, or why there is none. `anchored`: its last line was noted outside, or is the head that was asked for. */
export type Bundled =
  | { readonly kind: 'bundle'; readonly bundle: Json; readonly head: Head; readonly anchored: boolean }
  | { readonly kind: 'none'; readonly reason: string };

/** Everything about one remediation, with the part of the audit chain that seals it; the same again gives the same. */
export function bundleOf(options: BundleOptions): Promise<Bundled> {
  return options.knex.transaction((trx) => collect({ ...options, knex: trx }), {
    isolationLevel: 'repeatable read',
    readOnly: true,
  });
}

async function collect({ knex, number, policy, sha256, head, values }: BundleOptions): Promise<Bundled> {
  const row = await findByNumber(knex, number);
  if (row === undefined) return { kind: 'none', reason: `remediation ${number} is not known` };
  const span = await spanOf(knex, row.id, head);
  if ('reason' in span) return { kind: 'none', reason: span.reason };
  const votes = await rows(
    knex,
    voteRow,
    'select * from approvals where remediation_id = ? order by at, user_id',
    [row.id],
  );
  const sealed = {
    remediation: { id: row.id, state: row.state, version: row.version, data: await dataOf(knex, row.id) },
    binding: bindingIn(row, policy, sha256),
    votes,
    lines: await linesOf(knex, span),
  };
  const requests = requestsIn(row);
  const { value, paths } = values ? { value: asJson(sealed), paths: [] } : withhold(asJson(sealed), requests);
  const notSealed = {
    number,
    incident: row.incidentId,
    command: values || unshowable(row.action) === undefined ? printAction(row.action) : null,
  };
  const bundle = asJson({ format: 'firebreak-receipt/1', notSealed, withheld: paths, sealed: value });
  return { kind: 'bundle', bundle, head: span.to, anchored: span.anchored };
}

/** What the database holds, to the byte: the digest of the last line is over it. */
async function dataOf(db: Knex, id: string): Promise<Json> {
  const [found] = await rows(db, z.object({ data: json }), 'select data from remediations where id = ?', [
    id,
  ]);
  return found?.data ?? null;
}

/** Null where nothing was judged, or where this version works it out differently than the one that judged it. */
function bindingIn(row: Remediation, policy: Policy, sha256: Sha256): Json {
  if (!('digest' in row) || row.digest === undefined || row.spec === undefined || row.facts === undefined)
    return null;
  const binding = boundTo(approvedBinding({ ...row, spec: row.spec, facts: row.facts }, policy), row.git);
  return sha256(canonicalJson(binding)) === row.digest ? binding : null;
}

function requestsIn(row: Remediation): readonly Request[] {
  const plan = specOf(row)?.rollbackPlan;
  const back = plan?.kind === 'action' ? [plan.action] : plan?.kind === 'actions' ? plan.actions : [];
  return [row.action, ...back];
}

interface Span {
  readonly from: number;
  readonly to: Head;
  readonly anchored: boolean;
}

const own = z.object({ from: z.coerce.number(), to: z.coerce.number(), hash: z.string() });
const line = z.object({ hash: z.string() });

/** From the first line of a remediation to a head after its last: the one asked for, an anchor, or that line itself. */
async function spanOf(db: Knex, id: string, head: Head | undefined): Promise<Span | { reason: string }> {
  const sql = `select min(seq) over () as "from", seq as "to", hash from remediation_events
    where remediation_id = ? and kind = 'move' order by seq desc limit 1`;
  const [found] = await rows(db, own, sql, [id]);
  if (found === undefined) return { reason: 'the audit chain has no line of it' };
  const { from, to, hash } = found;
  if (head === undefined) {
    const [anchor] = await anchorsAfter(db, to - 1, 1);
    const last = anchor === undefined ? { seq: to, hash } : { seq: anchor.seq, hash: anchor.hash };
    return { from, to: last, anchored: anchor !== undefined };
  }
  const [named] = await rows(db, line, 'select hash from remediation_events where seq = ?', [head.seq]);
  if (head.seq < to) return { reason: `its last line is ${to}: give a head of that line or a later one` };
  if (named?.hash !== head.hash)
    return { reason: `line ${head.seq} of the audit chain is not the one that the head names` };
  return { from, to: head, anchored: true };
}

const page = 5_000;

async function linesOf(db: Knex, { from, to }: Span): Promise<readonly ChainedEntry[]> {
  const lines: ChainedEntry[] = [];
  for (let after = from - 1; after < to.seq; after += page)
    lines.push(...(await readChain(db, after, Math.min(page, to.seq - after))));
  return lines;
}
