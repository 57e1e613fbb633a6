import { z } from 'zod';
import { clusterInKey } from '../../../domain/action.ts';
import { measured } from '../../../domain/incidents/chart.ts';
import { endReason } from '../../../domain/incidents/ending.ts';
import { evidence } from '../../../domain/incidents/evidence.ts';
import type { Chapter, Place, Story } from '../../../domain/incidents/story.ts';
import { OtherVersion } from '../../../workflow/other-version.ts';
import { headOfThread } from '../outbox/threads.ts';
import { remediationsWhere } from '../remediations/remediations.ts';
import { findApprovals } from '../remediations/votes.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import { joinedWords } from './engaged.ts';
import { actingKinOf, kinOf, rootOf } from './kin.ts';
import { findOverview } from './overview.ts';

/** Remediations of one incident that are told, the last ones. */
const mostChapters = 20;

const root = z.object({
  id: z.string(),
  number: z.number().nullable(),
  title: z.string(),
  owner_key: z.string().nullable(),
  began_at: timestamp,
  closed_at: timestamp.nullable(),
  closed_why: endReason.nullable().catch(null),
  reopened: z.number(),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
  evidence: z.unknown(),
  measured: z.unknown(),
});

const rootSql = (
  which: string,
): string => `select root.id, root.number, root.title, root.owner_key, root.closed_at,
    root.closed_why, root.reopened, head.sent_channel as channel, head.ts,
    (select min(i.created_at) from ${kinOf('root.id')} kin join incidents i on i.id = kin.id) as began_at,
    (select payload from incident_evidence e join ${kinOf('root.id')} kin on e.incident_id = kin.id
      where e.kind = 'arrival' order by e.id limit 1) as evidence,
    (select payload from incident_evidence e join ${kinOf('root.id')} kin on e.incident_id = kin.id
      where e.kind = 'metrics' order by e.id limit 1) as measured
  from incidents root left join lateral ${headOfThread('root.id')} head on true
  where root.id = ${rootOf(which)}`;

const looked = z.object({
  id: z.string(),
  due_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  result: z.enum(['lasted', 'undone', 'came_back', 'replaced', 'unknown']).nullable().catch(null),
  sentence: z.string().nullable(),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
});

const lookedSql = `select r.id, look.due_at, look.ended_at, look.result, look.sentence, card.sent_channel as channel, card.ts
  from remediations r left join second_looks look on look.remediation_id = r.id
    left join slack_outbox card on card.key = 'card:' || r.id
  where r.id = any (?)`;

const held = z.object({ at: timestamp, name: z.string(), reason: z.string() });

/** What joined a remediation says nothing by itself, and neither does a message about many. */
const heldSql = `select min(i.created_at) as at, i.title as name, i.no_action as reason
  from ${kinOf('?')} kin join incidents i on i.id = kin.id
  where i.no_action is not null and i.grouped is null and i.no_action not like '${joinedWords}%'
  group by 2, 3 order by 1, 2 limit 5`;

const placed = ({ channel, ts }: { channel: string | null; ts: string | null }): Place | undefined =>
  channel === null || ts === null ? undefined : { channel, ts };

/**
 * An incident with all that joined it: by the id of any of them, or by a number. Undefined where there is none.
 *
 * @param namesCluster whether its cluster is named, as where there are several
 */
export async function findStory(
  db: Db,
  incident: string | number,
  namesCluster: boolean,
): Promise<Story | undefined> {
  const isNumber = typeof incident === 'number';
  if (isNumber ? incident > 2_147_483_647 : !z.uuid().safeParse(incident).success) return undefined;
  const which = isNumber ? '(select id from incidents where number = ?)' : '?';
  const [found] = await rows(db, root, rootSql(which), [incident]);
  if (found === undefined) return undefined;
  const { id, owner_key } = found;
  const [overview, { chapters, others }, withheld] = await Promise.all([
    findOverview(db, id),
    findChapters(db, id),
    rows(db, held, heldSql, [id, id]),
  ]);
  const seen = evidence.safeParse(found.evidence).data;
  const metrics = measured.safeParse(found.measured).data;
  const thread = placed(found);
  const cluster = namesCluster ? clusterOf(chapters, owner_key) : undefined;
  return {
    id,
    title: found.title,
    beganAt: found.began_at,
    reopened: found.reopened,
    signals: overview?.signals ?? [],
    chapters,
    ...(found.number === null ? {} : { number: found.number }),
    ...(owner_key === null ? {} : { ownerKey: owner_key }),
    ...(cluster === undefined ? {} : { cluster }),
    ...closedIn(found),
    ...(seen === undefined ? {} : { evidence: seen }),
    ...(metrics === undefined ? {} : { measured: metrics }),
    ...(thread === undefined ? {} : { thread }),
    ...(others.length === 0 ? {} : { others }),
    ...(withheld.length === 0 ? {} : { withheld }),
  };
}

function closedIn({ closed_at: at, closed_why: why }: z.infer<typeof root>): Pick<Story, 'closed'> {
  return at === null ? {} : { closed: { at, ...(why === null ? {} : { why }) } };
}

/** The key of several objects may have more slashes than that of one; what was done names its cluster. */
function clusterOf([first]: readonly Chapter[], key: string | null): string | undefined {
  return first?.remediation.cluster ?? (key === null ? undefined : clusterInKey(key));
}

async function findChapters(
  db: Db,
  id: string,
): Promise<Pick<Story, 'chapters'> & Required<Pick<Story, 'others'>>> {
  const where = `incident_id in (select id from ${actingKinOf('?')} kin) order by number desc limit ${mostChapters}`;
  const found = (await remediationsWhere(db, where, [id, id])).toReversed();
  const remediations = found.flatMap((each) => (each instanceof OtherVersion ? [] : [each]));
  const ids = remediations.map((each) => each.id);
  const [votes, looks] = await Promise.all([
    Promise.all(ids.map((each) => findApprovals(db, each))),
    rows(db, looked, lookedSql, [ids]),
  ]);
  const chapters = remediations.map((remediation, index): Chapter => {
    const own = looks.find((each) => each.id === remediation.id);
    const card = own === undefined ? undefined : placed(own);
    const look = own === undefined || own.due_at === null ? undefined : lookOf(own, own.due_at);
    return {
      remediation,
      approvals: votes[index] ?? [],
      ...(look === undefined ? {} : { look }),
      ...(card === undefined ? {} : { card }),
    };
  });
  const others = found.filter((each) => each instanceof OtherVersion);
  return { chapters, others: others.map(({ number, state, at }) => ({ number, state, at })) };
}

const lookOf = (
  { ended_at: endedAt, result, sentence }: z.infer<typeof looked>,
  due: string,
): NonNullable<Chapter['look']> => ({
  due,
  ...(endedAt === null ? {} : { endedAt }),
  ...(result === null ? {} : { result }),
  ...(sentence === null ? {} : { sentence }),
});
