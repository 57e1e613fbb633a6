import type { DriftedField } from '../../domain/incidents/drift.ts';
import { placeIn } from '../../domain/plan.ts';
import { membersOf, type Remediation, type RemediationIn } from '../../domain/remediation.ts';
import type { WorkflowContext } from '../context.ts';
import { OtherVersion, orOther } from '../other-version.ts';

type Succeeded = RemediationIn<'succeeded'>;
type Records = Pick<WorkflowContext, 'store'>;

/** What of it later remediations have written, whoever has changed it since: that is watched with them. */
export interface Overwritten {
  readonly isAll: boolean;
  /** Whether nothing of a field, or of an object, that is something else now is left to be watched. */
  has(field: DriftedField): boolean;
}

export async function overwritten({ store }: Records, row: Succeeded): Promise<Overwritten> {
  const all = await Promise.all(
    membersOf(row).map(({ action }) => store.past(row.cluster, action.target, row.appliedAt)),
  );
  const later = all
    .flat()
    .flatMap((each) => (each instanceof OtherVersion ? [] : [each]))
    .filter((each) => each.id !== row.id && isLater(each, row))
    .flatMap(placesWritten);
  const own = placesWritten(row);
  const isTaken = (place: string) => later.some((each) => isWithin(place, each));
  return {
    isAll: own.length > 0 && own.every(isTaken),
    has: ({ place }) => {
      if (place === undefined) return own.some(isTaken);
      const touched = own.filter((each) => isWithin(each, place) || isWithin(place, each));
      return (touched.length === 0 ? [place] : touched).every(isTaken);
    },
  };
}

/** The same place, or a part of it, as the image is of a template. */
const isWithin = (place: string, whole: string): boolean => place === whole || place.startsWith(`${whole}/`);

/** Begun after the other's writes were answered, and at least one of its own was. */
const isLater = (each: Remediation, { appliedAt }: Succeeded): boolean =>
  'startedAt' in each && each.startedAt !== undefined && each.startedAt >= appliedAt && hasWritten(each);

/** More than a pause before it. */
const hasWritten = (each: Remediation): boolean => {
  const before = ('plan' in each ? each.plan?.before : undefined) ?? 0;
  return 'results' in each && each.results !== undefined && each.results.length > before;
};

function placesWritten(row: Remediation): readonly string[] {
  const calls = 'plan' in row && row.plan !== undefined ? row.plan.calls.slice(row.plan.before ?? 0) : [];
  return calls.flatMap(({ ref, recognise }) =>
    recognise.kind === 'fields' ? recognise.fields.map(({ path }) => placeIn(ref, path)) : [],
  );
}

const ours = /^firebreak\/([0-9a-f-]{36})$/;

/**
 * Without what a remediation of ours has written. The name alone proves nothing: there must be such a remediation of this
 * cluster. One that another version has written counts as it is: what it wrote is not known here.
 */
export async function withoutOwnWrites(
  { store }: Records,
  row: Succeeded,
  fields: readonly DriftedField[],
): Promise<readonly DriftedField[]> {
  const ids = new Set(fields.flatMap(({ by }) => ours.exec(by?.manager ?? '')?.[1] ?? []));
  const known = new Set<string>();
  for (const id of ids) {
    const other = id === row.id ? row : await orOther(store.load(id));
    if (other === undefined) continue;
    if (other instanceof OtherVersion || (other.cluster === row.cluster && hasWritten(other)))
      known.add(`firebreak/${id}`);
  }
  return fields.filter(({ by }) => by === undefined || !known.has(by.manager));
}
