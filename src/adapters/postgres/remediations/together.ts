import { z } from 'zod';
import type { Spent, SpentBy } from '../../../domain/incidents/together.ts';
import type { FoundTogether, Standing, TogetherPlace } from '../../../workflow/approval/together-port.ts';
import type { Answer, Store } from '../../../workflow/ports.ts';
import { appending } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { promiseDigest } from '../brakes/storms.ts';
import type { Context } from '../context.ts';
import { promisedReply } from '../outbox/messages.ts';
import { lockedThreads } from '../outbox/threads.ts';
import { type Db, rows } from '../sql.ts';
import { transact } from '../transact.ts';
import { findById } from './remediations.ts';
import { applyLocked } from './transition.ts';
import { holding, lockBudget } from './usage.ts';
import { findApprovals, recordVote } from './votes.ts';

/**
 * See TogetherVotes. The rows are locked in the order of their ids, so that no two of these wait for each other; the chain has
 * all lines at the end, and its head is locked last of all.
 */
export async function voteTogether(
  context: Context,
  place: TogetherPlace,
  judge: Parameters<Store['voteTogether']>[1],
): Promise<Answer> {
  return transact(context.knex, async (trx): Promise<Answer> => {
    await lockBudget(trx, place.cluster);
    const found = await findTogether(trx, place);
    if (found === undefined) return { kind: 'refused', sentence: 'This storm is not known here.' };
    const { answer, votes, told } = judge(found);
    trx.last(lockedThreads(rootsOf, [votes.map(({ row }) => row.incidentId)]));
    const lines: Entry[] = [];
    for (const { row, approval, transition } of votes) {
      const before = recordVote(context, trx, row, approval);
      await applyLocked(context, trx, row, transition, { before, adopted: undefined, lines });
    }
    if (votes.length > 0) await promiseDigest(context, trx, place.storm);
    if (told !== undefined) {
      const { key, ...said } = told;
      const rootKey = `storm:${place.storm}`;
      const notice = { kind: 'reply', broadcast: false, ...said } as const;
      trx.last(
        promisedReply(context, { key: `${rootKey}:together:${key}`, rootKey, incidentId: null, notice }),
      );
    }
    if (lines.length > 0) trx.last(appending(lines));
    return answer;
  });
}

/** Of all incidents whose cards these votes move, before the first of them. */
const rootsOf = 'select coalesce(of.joined, of.id) from incidents of where of.id = any (?)';

async function findTogether(trx: Db, place: TogetherPlace): Promise<FoundTogether | undefined> {
  const [storm] = await rows(trx, z.unknown(), 'select 1 from storms where number = ?', [place.storm]);
  if (storm === undefined) return undefined;
  const standings: Standing[] = [];
  for (const id of place.ids.toSorted()) {
    const [row, approvals] = await Promise.all([findById(trx, id, true), findApprovals(trx, id)]);
    if (row !== undefined) standings.push({ row, approvals });
  }
  const byNumber = standings.toSorted((a, b) => a.row.number - b.row.number);
  return { standings: byNumber, spent: await findSpent(trx, place) };
}

const count = z.coerce.number();
const spentRow = z.object({ namespace: z.string().nullable(), score: count, running: count });

/** What was started since, what is approved and will be, and what runs for longer already, as a drain may: its score is spent. */
async function findSpent(trx: Db, { cluster, since }: TogetherPlace): Promise<SpentBy> {
  const sql = `select data #>> '{action,target,namespace}' as namespace, coalesce(sum(score), 0) as score,
      count(*) filter (where state = 'approved' or state in (${holding})) as running
    from (
      select data, score, state from remediations where cluster = ? and started_at >= ?
      union all
      select data, score, state from remediations where cluster = ? and state = 'approved'
      union all
      select data, 0, state from remediations where cluster = ? and state in (${holding}) and started_at < ?
    ) counted group by 1`;
  const found = await rows(trx, spentRow, sql, [cluster, since, cluster, cluster, since]);
  const sum = (of: (spent: Spent) => number) => found.reduce((total, each) => total + of(each), 0);
  return {
    cluster: { score: sum(({ score }) => score), running: sum(({ running }) => running) },
    namespaces: new Map(
      found.flatMap(({ namespace, ...spent }) => (namespace === null ? [] : [[namespace, spent] as const])),
    ),
  };
}
