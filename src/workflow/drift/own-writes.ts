import type { DriftedField } from '../../domain/incidents/drift.ts';
import { membersOf, type Remediation, type RemediationIn } from '../../domain/remediation.ts';
import type { WorkflowContext } from '../context.ts';

type Succeeded = RemediationIn<'succeeded'>;
type Records = Pick<WorkflowContext, 'store'>;

/**
 * Whether a later remediation has written one of the fields that are something else now: what it made of them is watched with
 * that one, whoever has changed it since.
 */
export async function isOverwritten(
  { store }: Records,
  row: Succeeded,
  fields: readonly DriftedField[],
): Promise<boolean> {
  if (fields.length === 0) return false;
  const own = placesWritten(row);
  const all = await Promise.all(
    membersOf(row).map(({ action }) => store.past(row.cluster, action.target, row.appliedAt)),
  );
  return all
    .flat()
    .filter((each) => each.id !== row.id && isLater(each, row))
    .some((each) => [...placesWritten(each)].some((place) => own.has(place)));
}

/** Begun after the other's writes were answered, and at least one of its own was. */
const isLater = (each: Remediation, { appliedAt }: Succeeded): boolean =>
  'startedAt' in each && each.startedAt !== undefined && each.startedAt >= appliedAt && hasWritten(each);

const hasWritten = (each: Remediation): boolean =>
  'results' in each && each.results !== undefined && each.results.length > 0;

function placesWritten(row: Remediation): ReadonlySet<string> {
  const calls = 'plan' in row && row.plan !== undefined ? row.plan.calls : [];
  return new Set(
    calls.flatMap(({ ref, recognise }) =>
      recognise.kind === 'fields'
        ? recognise.fields.map(({ path }) => [ref.resource, ref.namespace, ref.name, path].join(' '))
        : [],
    ),
  );
}

const ours = /^firebreak\/([0-9a-f-]{36})$/;

/** Without what a remediation of ours has written. The name alone proves nothing: there must be such a remediation of this cluster. */
export async function withoutOwnWrites(
  { store }: Records,
  row: Succeeded,
  fields: readonly DriftedField[],
): Promise<readonly DriftedField[]> {
  const ids = new Set(fields.flatMap(({ by }) => ours.exec(by?.manager ?? '')?.[1] ?? []));
  const known = new Set<string>();
  for (const id of ids) {
    const other = id === row.id ? row : await store.load(id);
    if (other !== undefined && other.cluster === row.cluster && hasWritten(other))
      known.add(`firebreak/${id}`);
  }
  return fields.filter(({ by }) => by === undefined || !known.has(by.manager));
}
