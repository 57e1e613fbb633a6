import { stoppedText } from '../../domain/incidents/stop.ts';
import type { PullRequest, RequestedChange } from '../../domain/manifest/git-change.ts';
import { membersOf } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import type { WorkflowContext } from '../context.ts';
import { HeldBack } from '../lifecycle/held-back.ts';
import type { Repositories } from '../repositories-port.ts';
import { placesOf } from './git-change.ts';
import { type Requested, requestTexts } from './request-text.ts';

type Open = Extract<PullRequest, { step: 'open' }>;

/** What becomes of a request whose base has changed the same file. `told`: for the thread, once each. */
export interface Rebased {
  readonly request: Open;
  readonly told?: { readonly headline: string; readonly body: string; readonly isForPeople: boolean };
}

/** Why one is not merged that a step before has found to conflict. */
export const toRebase = 'it is rebased first';

/** One that was never rebased is to be, in a step of its own; any other is left to people, who are told once. */
export function conflicting(request: Open, waitsFor: string, { place }: RequestedChange): Rebased {
  if (request.rebase === undefined)
    return { request: { ...request, waitsFor: `a rebase on ${place.branch}`, rebase: 'wanted' } };
  if (request.rebase === 'told') return { request: { ...request, waitsFor } };
  return leftToPeople(request, `${place.branch} has changed the same file again since it was rebased.`);
}

function leftToPeople(request: Open, reason: string): Rebased {
  const body = `${redact(reason)} Firebreak does not rebase it: rebase it by hand, or close it and ask for the change again.`;
  const waitsFor = `people, who rebase or close it: ${redact(reason)}`;
  return {
    request: { ...request, waitsFor, rebase: 'told' },
    told: { headline: 'The request is left to people', body, isForPeople: true },
  };
}

/**
 * Makes the approved change anew on the newest of the followed branch, as the same commit on the same branch but for what it
 * stands on. What was approved is the text of the lines, before and after: where the base has other text there by now, nothing is
 * pushed, and people decide. May be done twice.
 *
 * @throws RepositoryFault when the repository cannot be asked, HeldBack while Firebreak is stopped
 */
export async function rebase(
  context: WorkflowContext,
  repositories: Repositories,
  row: Requested & { readonly startedAt: string },
  { change, request }: { readonly change: RequestedChange; readonly request: Open },
  signal: AbortSignal,
): Promise<Rebased> {
  const located = placesOf(context, membersOf(row));
  if (located === undefined || 'reason' in located)
    return leftToPeople(request, located?.reason ?? 'No repository has a say in it any more.');
  const stop = await context.store.stopped();
  if (stop !== undefined) throw new HeldBack(stoppedText(stop));
  const { branch, commit: before } = request;
  const { place, lines } = change;
  const asked = { place, wanted: located.wanted, lines, branch, at: row.startedAt, commit: before };
  const texts = requestTexts(row, await context.store.approvals(row.id));
  await context.probe('before-rebase');
  const answer = await repositories.rebase({ ...asked, ...texts }, signal, context.fence);
  await context.probe('after-rebase');
  if (answer.kind === 'late') throw new HeldBack(answer.reason);
  if (answer.kind !== 'open') return leftToPeople(request, answer.reason);
  const { commit } = answer;
  const { waitsFor: _waitsFor, ...rest } = request;
  return {
    request: { ...rest, commit, rebase: 'done' },
    told: {
      headline: `Rebased on ${place.branch}, which has changed the same file`,
      body: `It is ${commit.slice(0, 12)} now, in the place of ${before.slice(0, 12)}: the same lines as were approved.`,
      isForPeople: false,
    },
  };
}
