import { needsOf, writesOf } from '../../actions/needs.ts';
import { undoRevision } from '../../actions/rollout/undo/revision.ts';
import { workloadOf } from '../../actions/subject.ts';
import { type Target, targetKey } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { RevisionRecord } from '../../domain/circumstances.ts';
import type { FactNeeds } from '../../domain/facts/needs.ts';
import type { CallResult } from '../../domain/plan.ts';
import { planParts, type Remediation } from '../../domain/remediation.ts';
import { after } from '../../domain/text/time.ts';
import { OtherVersion } from '../other-version.ts';
import type { Store } from '../ports.ts';
import type { Written } from '../records-port.ts';

/** Seconds for which what a remediation came to is remembered of a revision: 30 days. */
const memory = 30 * 86_400;

/** What earlier remediations say of the revisions that these may bring back; nothing is asked where none does. */
export async function recordsFor(
  past: Store['past'],
  cluster: string,
  members: readonly Case[],
  now: string,
): Promise<readonly RevisionRecord[] | undefined> {
  const targets = members
    .filter(({ action }) => bringsBack(needsOf(action)))
    .map(({ action }) => action.target);
  if (targets.length === 0) return undefined;
  const rows = await Promise.all(targets.map((target) => past(cluster, target, after(now, -memory))));
  return targets.flatMap((target, index) => recordsOf(target, cluster, rows[index] ?? []));
}

const bringsBack = ({ undo, newTemplate }: FactNeeds): boolean => undo !== undefined || newTemplate === true;

type Way = Pick<RevisionRecord, 'revision' | 'source'>;

/**
 * What these remediations, the oldest first, say of a target's revisions; the latest first. One that was verified clears the
 * revision that it brought.
 */
export function recordsOf(
  target: Target,
  cluster: string,
  rows: readonly Written[],
): readonly RevisionRecord[] {
  let records: readonly RevisionRecord[] = [];
  for (const row of rows) {
    const key = targetKey(cluster, target);
    if (row instanceof OtherVersion) {
      const { number: remediation, at } = row;
      records = [{ remediation, target: key, became: 'not known', at }, ...records];
      continue;
    }
    const part = writtenBy(row).find(({ action }) => targetKey(row.cluster, action.target) === key);
    const ways = part && waysOf(part);
    if (ways === undefined) continue;
    const verdict = 'verdict' in row ? row.verdict : undefined;
    const about = { remediation: row.number, target: key };
    if (verdict?.result === 'verified') records = records.filter((record) => !isSame(record, ways.brought));
    if (verdict?.result === 'not_verified')
      records = [{ ...about, ...ways.brought, became: 'not verified', at: verdict.decidedAt }, ...records];
    if (ways.left !== undefined)
      records = [{ ...about, ...ways.left, became: 'undone', at: row.updatedAt }, ...records];
  }
  return records;
}

const isSame = (record: Way, way: Way): boolean =>
  (record.source !== undefined && record.source === way.source) || record.revision === way.revision;

/** The objects of a remediation that it has written to. */
function writtenBy(row: Remediation): readonly Case[] {
  if (!('plan' in row) || row.plan === undefined || !('facts' in row) || row.facts === undefined) return [];
  const results: readonly CallResult[] = ('results' in row ? row.results : undefined) ?? [];
  const { plan, action, facts, members } = row;
  return planParts({ plan, action, facts, members }, results).filter((part) => part.results.length > 0);
}

/**
 * The revision that an action brought, and the one that it went back from. A new template is numbered one higher than the
 * live one, also where an earlier one comes back (deployment/util, SetNewReplicaSetAnnotations; history, NextRevision).
 */
function waysOf(judged: Case): { readonly brought: Way; readonly left?: Way } | undefined {
  const { action } = judged;
  const workload = workloadOf(judged);
  const live = workload?.liveRevision;
  const writes = writesOf(action).some(([spec, template]) => spec === 'spec' && template === 'template');
  if (workload === undefined || live === undefined || !writes) return undefined;
  const { undo } = needsOf(action);
  const found = undo === undefined ? undefined : undoRevision(undo, workload);
  const brought = { revision: live + 1 };
  if (found?.kind !== 'revision') return { brought };
  const source = workload.revisions.find(({ revision }) => revision === live)?.source;
  return {
    brought: { ...brought, source: found.revision.source },
    left: { revision: live, ...(source === undefined ? {} : { source }) },
  };
}
