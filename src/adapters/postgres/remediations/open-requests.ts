import { z } from 'zod';
import { targetKey } from '../../../domain/action.ts';
import type { OpenRequest } from '../../../domain/manifest/open-request.ts';
import { membersOf, type Remediation } from '../../../domain/remediation.ts';
import type { RequestedOf } from '../../../workflow/lasting/open-request-port.ts';
import { lockedThreads } from '../outbox/threads.ts';
import { type Db, jsonText, rows, type Statement } from '../sql.ts';

/* Requests that are followed: those by which a change is carried out, and those that follow an emergency. */

/** Another version may write them otherwise: what cannot be read is not told. */
const found = z.object({
  remediation: z.number(),
  request: z.object({
    branch: z.string(),
    number: z.number().optional(),
    url: z.string().optional(),
  }),
  lines: z.array(z.object({ file: z.string() })),
});

/** More than these nobody reads. */
const most = 20;

const place = (of: string): string => `${of}.cluster = ? and ${of}.data #>> '{git,kind}' = 'request'
  and ${of}.data #>> '{git,place,repository}' = ? and ${of}.data #>> '{git,place,branch}' = ?`;

const sql = `select r.number as remediation, open.request, r.data #> '{git,lines}' as lines
  from (
    select id, data -> 'request' as request from remediations where state = 'pr_open'
    union all
    select remediation_id, data -> 'request' from aftermaths where due_at is not null
  ) open join remediations r on r.id = open.id
  where open.request ->> 'step' = 'open' and r.id <> ?::uuid and ${place('r')}
    and exists (
      select from jsonb_array_elements(coalesce(r.data -> 'members', jsonb_build_array(r.data))) member
      join jsonb_array_elements(?::jsonb) own on own = member #> '{action,target}'
    )
  order by r.number limit ${most}`;

/** See OpenRequests. */
export async function findOpenRequests(db: Db, of: RequestedOf): Promise<readonly OpenRequest[]> {
  const bindings = [of.id, of.cluster, of.place.repository, of.place.branch, jsonText(of.targets)];
  const all = await rows(db, z.unknown(), sql, bindings);
  return all.flatMap((each) => {
    const read = found.safeParse(each);
    if (!read.success) return [];
    const { remediation, request, lines } = read.data;
    return [{ remediation, ...request, files: lines.map(({ file }) => file) }];
  });
}

/** Seconds between two edits of a card for this. */
const betweenEdits = 5;

/** Rows that wait which are looked at, the newest: in a storm there are thousands, and those of the same object are asked for. */
const looked = 200;

/** Rows that wait for people and whose change goes to the same branch. */
const waitsBeside = `with waits as (
      (select id, incident_id, cluster, data from remediations where state = 'waiting' order by moved_at desc limit ${looked})
      union all
      (select id, incident_id, cluster, data from remediations where state = 'waiting' and target_key = any (?)
        order by number desc limit ${most})
    )`;

function besideOf(of: Remediation): Statement['bindings'] | undefined {
  if (!('git' in of) || of.git?.kind !== 'request' || of.facts === undefined) return undefined;
  const { action, cluster, facts, members, git } = of;
  const keys = membersOf({ action, facts, members }).map((each) => targetKey(cluster, each.action.target));
  const { repository, branch } = git.place;
  return [keys, of.id, cluster, repository, branch];
}

/** Locks the threads of these cards, and its own: to be sent before anything is promised in any of them. */
export function lockedBeside(of: Remediation): readonly Statement[] {
  const bindings = besideOf(of);
  if (bindings === undefined) return [];
  const roots = `${waitsBeside} select coalesce(i.joined, i.id) from incidents i
    where i.id in (select r.incident_id from waits r where r.id <> ?::uuid and ${place('r')}) or i.id = ?::uuid`;
  return [lockedThreads(roots, [...bindings, of.incidentId])];
}

/**
 * Brings these cards up to date: they name the request of this remediation while it is open. A card that began to wait since their
 * threads were locked may be held by whoever moves it, who may wait for this one: PostgreSQL ends one of the two, and it is repeated.
 */
export function promisedBeside(of: Remediation): readonly Statement[] {
  const bindings = besideOf(of);
  if (bindings === undefined) return [];
  const waiting = `${waitsBeside}, beside as (
      select o.id from slack_outbox o
      where o.status = 'open' and o.kind = 'card' and o.key in (
        select 'card:' || r.id from waits r where r.id <> ?::uuid and ${place('r')}
      ) order by o.seq desc limit ${most} for update of o
    )
    update slack_outbox o set desired_revision = o.desired_revision + 1,
      next_attempt_at = case when o.ts is null or o.sent_revision < o.desired_revision then o.next_attempt_at
        else greatest(now(), o.sent_at + interval '${betweenEdits} seconds') end
    from beside where o.id = beside.id`;
  return [{ sql: waiting, bindings }];
}

/** Whether a move opens a request that is followed, or ends that it is open. */
export const opensOrCloses = (from: Remediation, next: Remediation): boolean =>
  from.state === 'pr_open' && (next.state !== 'pr_open' || next.request.step !== from.request.step);
