import type { Case } from '../../domain/case.ts';
import type { Constraint } from '../../domain/constraints/constraint.ts';
import { asks, holds, isWatched, type Phase } from '../../domain/constraints/kinds.ts';
import { type Asked, keyOf, type LiveReadings, readingsOf } from '../../domain/constraints/readings.ts';
import type { Standing } from '../../domain/constraints/standing.ts';
import type { CallResult } from '../../domain/plan.ts';
import { planParts, type RemediationIn } from '../../domain/remediation.ts';
import type { WorkflowContext } from '../context.ts';

/** A constraint with how it stands. */
export interface Judged<S extends Standing['kind'] = Standing['kind']> {
  readonly constraint: Constraint;
  readonly standing: Extract<Standing, { kind: S }>;
}

/** The constraints that do not hold, and those of which that cannot be said. */
export interface Conditions {
  readonly broken: readonly Judged<'broken'>[];
  readonly unknown: readonly Judged<'unknown'>[];
}

export function conditionsOf(constraints: readonly Constraint[], phase: Phase): Conditions {
  const broken: Judged<'broken'>[] = [];
  const unknown: Judged<'unknown'>[] = [];
  for (const constraint of constraints) {
    const standing = holds(constraint, phase);
    if (standing.kind === 'broken') broken.push({ constraint, standing });
    if (standing.kind === 'unknown') unknown.push({ constraint, standing });
  }
  return { broken, unknown };
}

/** Each condition with what was found: "Deployment/web must keep at least 2 ready pods. Deployment/web has 1 ready pod." */
export function conditionsText(judged: readonly Judged<'broken'>[]): string {
  return judged.map(({ constraint, standing }) => `${constraint.sentence} ${standing.reason}`).join(' ');
}

/** Seconds until a constraint that does not hold is looked at once more: a pod that is replaced may dip below it. */
export const secondLook = 5;

export function unknownText([first]: readonly Judged<'unknown'>[]): string {
  if (first === undefined) return '';
  return `Whether this holds could not be seen: ${first.constraint.sentence} (${first.standing.reason.replace(/\.$/, '')})`;
}

/**
 * Reads what decides the constraints, each thing once.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function readFor(
  { cluster }: Pick<WorkflowContext, 'cluster'>,
  constraints: readonly Constraint[],
  signal: AbortSignal,
): Promise<LiveReadings> {
  const all = askedBy(constraints);
  return readingsOf(all, all.length === 0 ? [] : await cluster.read(all, signal));
}

/** What decides them, each thing once. */
export function askedBy(constraints: readonly Constraint[]): readonly Asked[] {
  const asked = new Map<string, Asked>();
  for (const constraint of constraints) for (const each of asks(constraint)) asked.set(keyOf(each), each);
  return [...asked.values()];
}

/**
 * How the constraints stand that are watched while a change takes.
 *
 * @param results the answers so far: what an object must keep after its own change is asked once that has begun
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function conditionsDuring(
  context: Pick<WorkflowContext, 'cluster'>,
  row: RemediationIn<'executing' | 'verifying'>,
  results: readonly CallResult[],
  signal: AbortSignal,
): Promise<Conditions> {
  const begun = planParts(row, results).filter((part) => part.results.length > 0);
  const watched = row.spec.constraints.filter(
    (each) => isWatched(each) && (each.kind !== 'minimum_replicas' || isOf(each, begun)),
  );
  const readings = await readFor(context, watched, signal);
  return conditionsOf(watched, { name: 'during', readings });
}

function isOf(
  { owner, namespace }: Extract<Constraint, { kind: 'minimum_replicas' }>,
  parts: readonly Case[],
) {
  return parts.some(
    ({ action: { target } }) =>
      `${target.kind}/${target.name}` === owner && 'namespace' in target && target.namespace === namespace,
  );
}
